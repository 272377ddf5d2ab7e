"""On AWS Lambda a request is a subsegment of the segment that Lambda itself sends."""

from __future__ import annotations

from typing import Any

import pytest

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
FUNCTION_SEGMENT = '53995c3f42cd8ad8'

PROGRAM = """
from flask import Flask

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

xray_recorder.configure(service='shop')
app = Flask('shop')
middleware = XRayMiddleware(app, xray_recorder)
assert middleware.in_lambda_ctx

@app.get('/')
def index():
    with xray_recorder.in_subsegment('work'):
        return 'ok'

@app.get('/broken')
def broken():
    raise LookupError('gone')

@app.get('/header')
def header():
    kept = xray_recorder.current_subsegment().get_origin_trace_header()
    return '', 204 if kept.data == {{'k1': 'v1'}} else 500

client = app.test_client()
answer = client.get({path!r}, headers={{'X-Amzn-Trace-Id': 'k1=v1'}})
print(answer.status_code, answer.headers.get('X-Amzn-Trace-Id'))
"""


def run(run_program: Any, daemon: Any, path: str, header: str) -> str:
    environment = {
        'LAMBDA_TASK_ROOT': '/var/task',
        '_X_AMZN_TRACE_ID': header,
        'AWS_XRAY_DAEMON_ADDRESS': daemon.address,
    }
    output: str = run_program(PROGRAM.format(path=path), **environment).stdout
    return output.strip()


def test_request_is_a_subsegment(run_program, lenient_daemon):
    header = f'Root={ROOT};Parent={FUNCTION_SEGMENT};Sampled=1'

    assert run(run_program, lenient_daemon, '/?q=1', header) == f'200 Root={ROOT}'

    lenient_daemon.external_parents.add(FUNCTION_SEGMENT)
    (request,) = lenient_daemon.traces()
    assert (request.name, request['type'], request['parent_id']) == ('shop', 'subsegment', FUNCTION_SEGMENT)
    assert request.trace_id == ROOT
    assert request['http']['request']['url'] == 'http://localhost/'
    assert request['http']['response']['status'] == 200
    assert [child.name for child in request.children] == ['work']


def test_failed_request(run_program, lenient_daemon):
    header = f'Root={ROOT};Parent={FUNCTION_SEGMENT};Sampled=1'

    assert run(run_program, lenient_daemon, '/broken', header) == f'500 Root={ROOT}'

    lenient_daemon.external_parents.add(FUNCTION_SEGMENT)
    (request,) = lenient_daemon.traces()
    assert request['fault'] is True
    (exception,) = request['cause']['exceptions']
    assert (exception['type'], exception['message']) == ('LookupError', 'gone')


def test_subsegment_keeps_the_header_of_the_request(run_program, lenient_daemon):
    header = f'Root={ROOT};Parent={FUNCTION_SEGMENT};Sampled=1'
    assert run(run_program, lenient_daemon, '/header', header).startswith('204')


def test_unsampled_invocation_sends_nothing(run_program, lenient_daemon):
    header = f'Root={ROOT};Parent={FUNCTION_SEGMENT};Sampled=0'
    assert run(run_program, lenient_daemon, '/', header).startswith('200')
    assert lenient_daemon.documents() == []


@pytest.mark.improvement('the middleware never raises on Lambda')
def test_incomplete_header_does_not_fail_the_request(run_program, lenient_daemon):
    assert run(run_program, lenient_daemon, '/', f'Root={ROOT}').startswith('200')
    assert lenient_daemon.documents() == []
