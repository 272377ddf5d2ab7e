"""What the shop sells."""

from django.db import models


class Category(models.Model):
    """A shelf of the shop."""

    name = models.CharField(max_length=100)


class Product(models.Model):
    """Something to buy, known to the other services by its ``sku``."""

    sku = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="products")
    price = models.DecimalField(max_digits=8, decimal_places=2)
    cost = models.DecimalField(max_digits=8, decimal_places=2)


class Review(models.Model):
    """What a customer said about a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    text = models.TextField()


class Order(models.Model):
    """A product a customer bought."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()
