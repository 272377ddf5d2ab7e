"""The inventory as an aiohttp application."""

import os

from aiohttp import ClientSession, web

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config
from aws_xray_sdk.ext.aiohttp.middleware import middleware

PRICING_URL = os.environ.get("PRICING_URL", "http://127.0.0.1:8082")

xray_recorder.configure(service="inventory", context=AsyncContext())

routes = web.RouteTableDef()
pricing = web.AppKey("pricing", ClientSession)
stock = {"teapot": 12, "mug": 40, "sample": 500}


@routes.get("/stock/{sku}")
async def stock_of(request):
    """Tell how many of a product are left, with its price tag."""
    sku = known_sku(request)
    async with request.app[pricing].get(f"/prices/{sku}") as response:
        price_tag = await response.text() if response.ok else None
    return web.json_response({"available": stock[sku], "price_tag": price_tag})


@routes.post("/stock/{sku}/reservations")
async def reserve(request):
    """Take a number of a product out of the stock."""
    sku = known_sku(request)
    quantity = (await request.json())["quantity"]
    if quantity > stock[sku]:
        raise web.HTTPConflict(text=f"only {stock[sku]} left")
    stock[sku] -= quantity
    xray_recorder.current_segment().put_annotation("reserved", quantity)
    return web.json_response({"available": stock[sku]})


def known_sku(request):
    """Read the product from the path; an unknown one is not found."""
    sku = request.match_info["sku"]
    if sku not in stock:
        raise web.HTTPNotFound(text=f"no product {sku}")
    return sku


async def pricing_session(app):
    """Keep one client session for as long as the service runs."""
    trace_config = aws_xray_trace_config(name="pricing")
    async with ClientSession(PRICING_URL, trace_configs=[trace_config]) as session:
        app[pricing] = session
        yield


def create_app():
    """Build the application."""
    app = web.Application(middlewares=[middleware])
    app.add_routes(routes)
    app.cleanup_ctx.append(pricing_session)
    return app
