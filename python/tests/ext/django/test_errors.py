"""What the segment says about exceptions."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest
from django.test import Client, override_settings

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
    assert any(frame['path'].endswith('views.py') and frame['label'] == '_deep' for frame in stack)
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
    assert exception['stack'][-1]['label'] == '_refuse' or exception['stack'][0]['label'] == '_refuse'


@pytest.mark.improvement('row 16: the final status does not win')
def test_an_exception_that_middleware_answers_is_no_fault(client: Client, daemon: FakeDaemon) -> None:
    # Django asks the middleware nearest to the view first, here the one under test.
    with override_settings(MIDDLEWARE=['traced_site.middleware.ApologizingMiddleware', _XRAY]):
        assert Client().get('/broken/').content == b'sorry'
    trace = daemon.trace()
    assert trace['http']['response']['status'] == 200
    assert not trace.get('fault') and not trace.get('error')


def test_an_exception_that_leaves_the_middleware_is_recorded(global_recorder: Any, daemon: FakeDaemon) -> None:
    from django.test import RequestFactory

    from aws_xray_sdk.ext.django.middleware import XRayMiddleware

    def view(request: Any) -> Any:
        raise SystemExit('the worker is told to stop')

    with pytest.raises(SystemExit):
        XRayMiddleware(view)(RequestFactory().get('/'))
    if daemon.documents():
        assert exceptions(daemon.trace())[0]['type'] == 'SystemExit'


@pytest.mark.improvement('row 16: the segment is lost and stays current')
def test_an_exception_that_leaves_the_middleware_ends_the_segment(global_recorder: Any, daemon: FakeDaemon) -> None:
    from django.test import RequestFactory

    from aws_xray_sdk.ext.django.middleware import XRayMiddleware

    def view(request: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        XRayMiddleware(view)(RequestFactory().get('/'))
    trace = daemon.trace()
    assert trace['fault']
    assert exceptions(trace)[0]['type'] == 'KeyboardInterrupt'
    global_recorder.configure(context_missing='IGNORE_ERROR')
    assert global_recorder.get_trace_entity() is None


def test_the_cause_of_an_exception_is_told(client: Client, daemon: FakeDaemon, global_recorder: Any) -> None:
    from django.test import RequestFactory

    from aws_xray_sdk.ext.django.middleware import XRayMiddleware

    middleware = XRayMiddleware(lambda request: None)
    request = RequestFactory().get('/')

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        try:
            raise ValueError('outer') from KeyError('inner')
        except ValueError as error:
            middleware.process_exception(request, error)
        return HttpResponse(status=500)

    middleware.get_response = view
    middleware(request)
    assert exceptions(daemon.trace())[0]['type'] == 'ValueError'


def test_a_failing_query_marks_its_subsegment_alone(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/failing_query/').content == b'recovered'
    trace = daemon.trace()
    assert not trace.get('fault')
    (query,) = trace.children
    assert query['fault'] and exceptions(query)[0]['type'] == 'OperationalError'
