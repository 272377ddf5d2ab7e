"""An application that is traced, and a client of it."""

from __future__ import annotations

from typing import Any

import flask.templating
import pytest
from flask import Flask

from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from support.wsgi_server import Client, Serve


@pytest.fixture(autouse=True)
def original_templating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering is patched for the whole process; each test starts and ends without that."""
    for name in ('_render', '_stream'):
        monkeypatch.setattr(flask.templating, name, getattr(flask.templating, name))


@pytest.fixture
def app(recorder: Any) -> Flask:
    """An application without routes, traced by ``recorder``."""
    recorder.configure(service='shop')
    application = Flask('shop')
    XRayMiddleware(application, recorder)
    return application


@pytest.fixture
def client(app: Flask, serve: Serve) -> Client:
    """A client of ``app``."""
    return serve(app)
