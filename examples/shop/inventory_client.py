"""Calls to the inventory service from synchronous views, with nothing but the standard library."""

import json
from urllib.request import Request, urlopen

from django.conf import settings

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models import http
from aws_xray_sdk.ext.util import inject_trace_header


def stock_of(sku):
    """Tell how many of a product are in stock, and its price tag."""
    return _call("GET", f"/stock/{sku}")


def reserve(sku, quantity):
    """Take a number of a product out of the stock."""
    return _call("POST", f"/stock/{sku}/reservations", {"quantity": quantity})


def _call(method, path, body=None):
    url = settings.INVENTORY_URL + path
    headers = {"Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with xray_recorder.in_subsegment("inventory", namespace="remote") as subsegment:
        # The trace goes on in the inventory service because the request carries its header.
        inject_trace_header(headers, subsegment)
        subsegment.put_http_meta(http.METHOD, method)
        subsegment.put_http_meta(http.URL, url)
        with urlopen(Request(url, data, headers, method=method), timeout=5) as response:
            subsegment.put_http_meta(http.STATUS, response.status)
            return json.load(response)
