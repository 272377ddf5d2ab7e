"""Django settings of the shop."""

import os

SECRET_KEY = "only-an-example"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "shop.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "aws_xray_sdk.ext.django.middleware.XRayMiddleware",
    "django.middleware.common.CommonMiddleware",
]
INSTALLED_APPS = [
    "aws_xray_sdk.ext.django",
    "shop",
]

XRAY_RECORDER = {
    "AWS_XRAY_TRACING_NAME": "shop",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AUTO_INSTRUMENT": True,  # database queries and templates become subsegments
    "SAMPLING": False,  # keep every request; a busy shop would leave sampling on
}

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SHOP_DATABASE", "shop.sqlite3"),
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    }
]

INVENTORY_URL = os.environ.get("INVENTORY_URL", "http://127.0.0.1:8081")
