"""A Django application behind its WSGI handler over HTTP: pages, queries, templates, errors."""

import http.client
import logging
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

TEMPLATES = {'page.html': 'hello {{ name }}'}

settings.configure(
    ALLOWED_HOSTS=['*'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'file:shop?mode=memory&cache=shared'}},
    DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
    INSTALLED_APPS=['aws_xray_sdk.ext.django'],
    LOGGING_CONFIG=None,
    MIDDLEWARE=['aws_xray_sdk.ext.django.middleware.XRayMiddleware'],
    ROOT_URLCONF=__name__,
    SECRET_KEY='differential',
    TEMPLATES=[
        {
            'BACKEND': 'django.template.backends.django.DjangoTemplates',
            'OPTIONS': {'loaders': [('django.template.loaders.locmem.Loader', TEMPLATES)]},
        }
    ],
    USE_TZ=True,
    XRAY_RECORDER={
        'AUTO_INSTRUMENT': True,
        'AWS_XRAY_CONTEXT_MISSING': 'IGNORE_ERROR',
        'AWS_XRAY_TRACING_NAME': 'shop',
        'SAMPLING': False,
    },
)
logging.disable(logging.CRITICAL)
django.setup()

from django.db import connection  # noqa: E402
from django.http import Http404, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

from aws_xray_sdk.core import xray_recorder  # noqa: E402


def ok(request):
    xray_recorder.put_annotation('seen', True)
    return HttpResponse('fine')


def query(request):
    with connection.cursor() as cursor:
        cursor.execute('select %s', ['x'])
        return HttpResponse(cursor.fetchone()[0])


def page(request):
    return render(request, 'page.html', {'name': 'you'})


def missing(request):
    raise Http404


def fail(request):
    raise ValueError('bad')


urlpatterns = [
    path('ok', ok),
    path('query', query),
    path('page', page),
    path('gone', missing),
    path('fail', fail),
]


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *arguments):
        pass


from django.core.wsgi import get_wsgi_application  # noqa: E402

server = make_server('127.0.0.1', 0, get_wsgi_application(), handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()

REQUESTS = [
    ('GET', '/ok', {}),
    ('GET', '/query', {}),
    ('GET', '/page', {}),
    ('GET', '/nowhere', {}),
    ('GET', '/gone', {}),
    ('GET', '/fail', {}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?'}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Sampled=0'}),
    ('GET', '/ok', {'X-Forwarded-For': '10.1.2.3', 'User-Agent': 'agent'}),
]
for method, target, headers in REQUESTS:
    client = http.client.HTTPConnection('127.0.0.1', server.server_port, timeout=10)
    client.request(method, target, headers=headers)
    response = client.getresponse()
    response.read()
    print(method, target, response.status, response.getheader('X-Amzn-Trace-Id'))
    client.close()
server.shutdown()
