"""What the segment says about exceptions."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest
from django.test import Client, RequestFactory, override_settings

from aws_xray_sdk.ext.django.middleware import XRayMiddleware
from support.daemon import FakeDaemon
from support.documents import Node

_XRAY = 'aws_xray_sdk.ext.django.middleware.XRayMiddleware'


def exceptions(node: Node) -> List[Dict[str, Any]]:
    """The exceptions in the cause of a node."""
    return node['cause']['exceptions']


def test_an_exception_of_a_view_is_a_fault(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/broken/').status_code == 500
    trace = daemon.trace()
    assert trace['fault'] and trace['http']['response']['status'] == 500
    (exception,) = exceptions(trace)
    assert (exception['type'], exception['message']) == ('ValueError', 'raised by the view')
    assert not exception.get('remote')


def test_the_raising_frame_is_in_the_stack(client: Client, daemon: FakeDaemon) -> None:
    client.get('/broken/')
    stack = exceptions(daemon.trace())[0]['stack']
    assert stack[-1]['path'].endswith('views.py') and stack[-1]['label'] == '_deep'
    assert len(stack) <= 10


@pytest.mark.improvement('D1')
@pytest.mark.parametrize(
    'path, status, name',
    [
        ('/missing/', 404, 'Http404'),
        ('/forbidden/', 403, 'PermissionDenied'),
        ('/suspicious/', 400, 'SuspiciousOperation'),
        ('/async_missing/', 404, 'Http404'),
    ],
)
def test_what_django_answers_with_4xx_is_an_error(
    client: Client, daemon: FakeDaemon, path: str, status: int, name: str
) -> None:
    assert client.get(path).status_code == status
    trace = daemon.trace()
    assert trace['http']['response']['status'] == status
    assert trace['error'] and not trace.get('fault')
    assert exceptions(trace)[0]['type'] == name


def test_an_unknown_path_is_an_error(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/nowhere/').status_code == 404
    trace = daemon.trace()
    assert trace['error'] and not trace.get('fault')


@pytest.mark.improvement('row 16: only exceptions of views are recorded')
def test_an_exception_of_middleware_is_a_fault_with_its_cause(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/plain/', HTTP_X_FAULTY_MIDDLEWARE='1').status_code == 500
    trace = daemon.trace()
    assert trace['fault']
    (exception,) = exceptions(trace)
    assert (exception['type'], exception['message']) == ('LookupError', 'raised by middleware')
    assert exception['stack'][-1]['label'] == '_refuse'


@pytest.mark.improvement('row 16: the final status does not win')
def test_an_exception_that_middleware_answers_is_no_fault(client: Client, daemon: FakeDaemon) -> None:
    # Django asks the middleware nearest to the view first, here the one under test.
    with override_settings(MIDDLEWARE=['traced_site.middleware.ApologizingMiddleware', _XRAY]):
        assert Client().get('/broken/').content == b'sorry'
    trace = daemon.trace()
    assert trace['http']['response']['status'] == 200
    assert not trace.get('fault') and not trace.get('error')


@pytest.mark.improvement('row 16: the segment is lost and stays current')
def test_an_exception_that_leaves_the_middleware_ends_the_segment(global_recorder: Any, daemon: FakeDaemon) -> None:
    def view(request: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        XRayMiddleware(view)(RequestFactory().get('/'))
    trace = daemon.trace()
    assert trace['fault']
    assert exceptions(trace)[0]['type'] == 'KeyboardInterrupt'
    global_recorder.configure(context_missing='IGNORE_ERROR')
    assert global_recorder.get_trace_entity() is None


def test_the_exception_hook_takes_any_request(global_recorder: Any) -> None:
    request = RequestFactory().get('/')
    with global_recorder.in_segment('web') as segment:
        # A request that came past the middleware is none of its business, and nothing to fail over.
        assert XRayMiddleware(lambda request: None).process_exception(request, ValueError('x')) is None
        assert segment.in_progress


def test_a_failing_query_marks_its_subsegment_alone(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/failing_query/').content == b'recovered'
    trace = daemon.trace()
    assert not trace.get('fault')
    (query,) = trace.children
    assert query['fault'] and exceptions(query)[0]['type'] == 'OperationalError'
