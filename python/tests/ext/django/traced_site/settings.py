"""Settings of the test project; what differs between runs comes from the environment."""

import os
from pathlib import Path

_DIRECTORY = Path(__file__).parent
_DATABASES = Path(os.environ['TRACED_SITE_DATABASES'])

SECRET_KEY = 'not a secret'
ALLOWED_HOSTS = ['testserver', 'shop.example', '127.0.0.1']
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
ROOT_URLCONF = 'traced_site.urls'
INSTALLED_APPS = ['aws_xray_sdk.ext.django', 'traced_site']
MIDDLEWARE = [
    'aws_xray_sdk.ext.django.middleware.XRayMiddleware',
    'traced_site.middleware.FaultyMiddleware',
    'django.middleware.common.CommonMiddleware',
]
USE_TZ = True
DATABASES = {
    # SQLite makes nothing of a host or a user, so one alias can have them and the other not.
    'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': str(_DATABASES / 'default.sqlite3')},
    'replica': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': str(_DATABASES / 'replica.sqlite3'),
        'HOST': 'replica.example',
        'USER': 'reader',
        'PASSWORD': 'swordfish',
    },
}
TEMPLATES = [
    {'BACKEND': 'django.template.backends.django.DjangoTemplates', 'DIRS': [_DIRECTORY / 'templates']},
    {'BACKEND': 'django.template.backends.jinja2.Jinja2', 'DIRS': [_DIRECTORY / 'jinja2'], 'NAME': 'jinja2'},
]
LOGGING_CONFIG = None
XRAY_RECORDER = {
    'AWS_XRAY_TRACING_NAME': 'traced-site',
    'SAMPLING': False,
}
if 'TRACED_SITE_MIDDLEWARE' in os.environ:
    MIDDLEWARE = os.environ['TRACED_SITE_MIDDLEWARE'].split(',')
