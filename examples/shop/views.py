"""Views of the shop: synchronous, asynchronous, and one with a bug."""

import asyncio

from aiohttp import ClientSession
from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config
from shop import inventory_client
from shop.models import Order, Product


def product_page(request, sku):
    """Show a product: three queries, a call to the inventory and a template."""
    product = get_object_or_404(Product.objects.select_related("category"), sku=sku)
    reviews = list(product.reviews.all())
    related = list(product.category.products.exclude(pk=product.pk))
    stock = inventory_client.stock_of(sku)
    context = {"product": product, "reviews": reviews, "related": related, "stock": stock}
    return render(request, "shop/product.html", context)


async def stock_overview(request):
    """Ask the inventory for all products at once."""
    skus = [sku async for sku in Product.objects.order_by("sku").values_list("sku", flat=True)]
    trace_config = aws_xray_trace_config(name="inventory")
    async with ClientSession(settings.INVENTORY_URL, trace_configs=[trace_config]) as session:

        async def available(sku):
            async with session.get(f"/stock/{sku}") as response:
                return (await response.json())["available"]

        counts = await asyncio.gather(*map(available, skus))
    return JsonResponse(dict(zip(skus, counts)))


@require_POST
def place_order(request):
    """Reserve the stock, then write the order down."""
    product = get_object_or_404(Product, sku=request.POST["sku"])
    quantity = int(request.POST["quantity"])
    inventory_client.reserve(product.sku, quantity)
    order = Order.objects.create(product=product, quantity=quantity)
    segment = xray_recorder.current_segment()
    segment.put_annotation("order", order.pk)
    segment.put_metadata("lines", [{"sku": product.sku, "quantity": quantity}], "order")
    return JsonResponse({"order": order.pk}, status=201)


def margin_report(request):
    """Compute the margin of each product; the free tea sample breaks it."""
    products = Product.objects.all()
    return JsonResponse({product.sku: (product.price - product.cost) / product.price for product in products})
