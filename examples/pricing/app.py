"""Pricing as a Flask application."""

from flask import Flask, abort, render_template

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

PRICES = {"teapot": 24.0, "mug": 8.5}

app = Flask(__name__)

xray_recorder.configure(service="pricing")
XRayMiddleware(app, xray_recorder)


@app.get("/prices/<sku>")
def price_tag(sku):
    """Render the price tag of a product; one without a price is not found."""
    if sku not in PRICES:
        abort(404, f"{sku} has no price")
    return render_template("price_tag.txt", price=PRICES[sku])
