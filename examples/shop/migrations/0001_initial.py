"""The first tables of the shop."""

from django.db import migrations, models


def identifier():
    """The primary key every table has."""
    return ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    """Create categories, products, reviews and orders."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[identifier(), ("name", models.CharField(max_length=100))],
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                identifier(),
                ("sku", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=100)),
                ("category", models.ForeignKey("shop.Category", models.CASCADE, related_name="products")),
                ("price", models.DecimalField(max_digits=8, decimal_places=2)),
                ("cost", models.DecimalField(max_digits=8, decimal_places=2)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                identifier(),
                ("product", models.ForeignKey("shop.Product", models.CASCADE, related_name="reviews")),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                identifier(),
                ("product", models.ForeignKey("shop.Product", models.PROTECT)),
                ("quantity", models.PositiveIntegerField()),
            ],
        ),
    ]
