"""Requests inside an AWS Lambda function, where the segment is not ours to send."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

from support.daemon import FakeDaemon

_ROOT = '1-5e1b4151-5ac6c58f5ac6c58f5ac6c58f'
_PARENT = '53995c3f42cd8ad8'
_LAMBDA = {'LAMBDA_TASK_ROOT': '/var/task', '_X_AMZN_TRACE_ID': f'Root={_ROOT};Parent={_PARENT};Sampled=1'}

_PROGRAM = '''
import json
from django.conf import settings
settings.configure(
    SECRET_KEY='not a secret',
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=['aws_xray_sdk.ext.django'],
    MIDDLEWARE=['aws_xray_sdk.ext.django.middleware.XRayMiddleware'],
    ALLOWED_HOSTS=['*'],
    XRAY_RECORDER=%s,
)
import django
django.setup()
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path
from aws_xray_sdk.core import xray_recorder

def work(request):
    with xray_recorder.in_subsegment('work'):
        return HttpResponse('done')

def broken(request):
    raise ValueError('raised by the view')

def missing(request):
    raise Http404

urlpatterns = [path('task/', work), path('broken/', broken), path('missing/', missing)]
client = Client(raise_request_exception=False)
for request in %r:
    response = client.get(request, HTTP_USER_AGENT='pytest')
    print(response.status_code, response.headers.get('X-Amzn-Trace-Id'))
'''


@pytest.fixture
def invoke(run_program: Callable[..., Any], daemon: FakeDaemon) -> Callable[..., str]:
    """Runs a Django application as a Lambda function would, for the given paths, and returns what it prints."""
    daemon.external_parents.add(_PARENT)

    def run(*paths: str, **settings: Any) -> str:
        recorder = {'AWS_XRAY_TRACING_NAME': 'shop', **settings}
        environment = {**_LAMBDA, 'AWS_XRAY_DAEMON_ADDRESS': daemon.address}
        return run_program(_PROGRAM % (json.dumps(recorder), paths), **environment).stdout

    return run


def test_a_request_is_a_subsegment_of_the_invocation(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    assert invoke('/task/') == f'200 Root={_ROOT}\n'
    trace = daemon.trace()
    assert (trace.name, trace['type'], trace['parent_id'], trace.trace_id) == ('shop', 'subsegment', _PARENT, _ROOT)
    assert trace['http']['request']['url'] == 'http://testserver/task/'
    assert trace['http']['response']['status'] == 200
    assert [child.name for child in trace.children] == ['work']


def test_urls_are_annotations_there(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    invoke('/task/')
    assert daemon.trace()['annotations'] == {
        'url': 'http://testserver/task/',
        'method': 'GET',
        'user_agent': 'pytest',
        'client_ip': '127.0.0.1',
        'status': 200,
    }


def test_urls_are_no_annotations_when_the_settings_say_so(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    invoke('/task/', URLS_AS_ANNOTATION='NONE')
    assert 'annotations' not in daemon.trace().document


def test_an_exception_is_a_fault(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    assert invoke('/broken/').startswith('500 ')
    trace = daemon.trace()
    assert trace['fault'] and trace['cause']['exceptions'][0]['message'] == 'raised by the view'


@pytest.mark.improvement('D1')
def test_not_found_is_an_error(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    assert invoke('/missing/').startswith('404 ')
    assert daemon.trace()['error'] and not daemon.trace().get('fault')


def test_requests_of_one_process_are_apart(invoke: Callable[..., str], daemon: FakeDaemon) -> None:
    invoke('/task/', '/broken/', '/task/')
    assert [len(trace.children) for trace in daemon.traces()] == [1, 0, 1]
