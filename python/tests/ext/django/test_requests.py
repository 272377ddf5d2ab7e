"""What the segment of a request says."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from aws_xray_sdk.ext.django.middleware import XRayMiddleware
from support.daemon import FakeDaemon

ROOT = '1-5e1b4151-5ac6c58f5ac6c58f5ac6c58f'
PARENT = '53995c3f42cd8ad8'
HEADER = f'Root={ROOT};Parent={PARENT};Sampled=1'


def test_a_request_is_a_segment(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/plain/', HTTP_USER_AGENT='pytest')
    trace = daemon.trace()
    assert trace.name == 'test'
    assert trace['http'] == {
        'request': {
            'method': 'GET',
            'url': 'http://testserver/plain/',
            'user_agent': 'pytest',
            'client_ip': '127.0.0.1',
        },
        'response': {'status': 200, 'content_length': len(response.content)},
    }
    assert not trace.get('fault') and not trace.get('error')
    assert not trace.in_progress


def test_the_view_sees_its_segment(client: Client, daemon: FakeDaemon) -> None:
    seen = client.get('/echo/').json()
    trace = daemon.trace()
    assert seen == {'trace_id': trace.trace_id, 'id': trace.id, 'name': 'test'}


def test_a_request_continues_the_trace_of_its_header(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/plain/', HTTP_X_AMZN_TRACE_ID=HEADER)
    trace = daemon.trace()
    assert (trace.trace_id, trace['parent_id']) == (ROOT, PARENT)
    assert response['X-Amzn-Trace-Id'] == f'Root={ROOT}'


def test_the_response_names_the_trace(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/plain/')
    assert response['X-Amzn-Trace-Id'] == f'Root={daemon.trace().trace_id}'


def test_the_decision_is_told_to_those_who_ask(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/plain/', HTTP_X_AMZN_TRACE_ID=f'Root={ROOT};Sampled=?')
    assert response['X-Amzn-Trace-Id'] == f'Root={ROOT};Sampled=1'


def test_an_unsampled_request_sends_nothing(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/shelf/', HTTP_X_AMZN_TRACE_ID=f'Root={ROOT};Sampled=0').status_code == 200
    assert daemon.documents() == []


@pytest.mark.improvement('D8')
def test_an_unsampled_request_keeps_its_trace_id(client: Client) -> None:
    response = client.get('/echo/', HTTP_X_AMZN_TRACE_ID=f'Root={ROOT};Sampled=0')
    assert response.json()['trace_id'] == ROOT
    assert response['X-Amzn-Trace-Id'] == f'Root={ROOT}'


@pytest.mark.parametrize('header', ['', 'evil', 'Root=;;;=', '\x00', ';' * 10_000])
def test_a_malformed_header_starts_a_trace(client: Client, daemon: FakeDaemon, header: str) -> None:
    assert client.get('/plain/', HTTP_X_AMZN_TRACE_ID=header).status_code == 200
    assert 'parent_id' not in daemon.trace().document


@pytest.mark.improvement('S9')
@pytest.mark.parametrize('header', ['Root=evil;Parent=evil', f'Root=x{ROOT};Parent={PARENT}', 'Root=' + 'x' * 5000])
def test_an_invalid_trace_id_starts_a_trace(client: Client, daemon: FakeDaemon, header: str) -> None:
    assert client.get('/plain/', HTTP_X_AMZN_TRACE_ID=header).status_code == 200
    assert 'parent_id' not in daemon.trace().document


@pytest.mark.improvement('D7')
def test_a_header_is_read_as_load_balancers_write_it(client: Client, daemon: FakeDaemon) -> None:
    header = f'Self=1-67891234-12456789abcdef012345678; Root={ROOT}; Parent={PARENT};'
    client.get('/plain/', HTTP_X_AMZN_TRACE_ID=header)
    assert (daemon.trace().trace_id, daemon.trace()['parent_id']) == (ROOT, PARENT)


def test_the_method_and_path_are_recorded(client: Client, daemon: FakeDaemon) -> None:
    client.post('/grüße/a b/', {'secret': 'x'})
    request = daemon.trace()['http']['request']
    assert request['method'] == 'POST'
    assert request['url'] == 'http://testserver/gr%C3%BC%C3%9Fe/a%20b/'


@pytest.mark.improvement('S7')
def test_the_query_string_is_not_recorded(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/plain/?token=swordfish').status_code == 200
    assert daemon.trace()['http']['request']['url'] == 'http://testserver/plain/'
    assert b'swordfish' not in b''.join(daemon.datagrams())


def test_a_secure_request_is_recorded_as_such(client: Client, daemon: FakeDaemon) -> None:
    client.get('/plain/', secure=True)
    assert daemon.trace()['http']['request']['url'] == 'https://testserver/plain/'


def test_what_a_request_leaves_empty_is_left_out(client: Client, daemon: FakeDaemon) -> None:
    # The peer of a server that listens on a Unix socket has an empty address.
    client.get('/plain/', REMOTE_ADDR='', HTTP_USER_AGENT='')
    assert daemon.trace()['http']['request'] == {'method': 'GET', 'url': 'http://testserver/plain/'}


@pytest.mark.improvement('one request, one segment')
def test_the_outer_of_two_middlewares_records(client: Client, daemon: FakeDaemon) -> None:
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, *settings.MIDDLEWARE]):
        twice = Client(raise_request_exception=False)
        assert (twice.get('/plain/').status_code, twice.get('/broken/').status_code) == (200, 500)
    plain, broken = daemon.traces()
    assert plain['http']['response'] == {'status': 200, 'content_length': 5}
    assert broken['cause']['exceptions'][0]['type']


def test_a_request_object_is_traced_each_time(global_recorder: Any, daemon: FakeDaemon) -> None:
    middleware = XRayMiddleware(lambda request: HttpResponse('ok'))
    request = RequestFactory().get('/plain/')
    middleware(request)
    middleware(request)
    assert len(daemon.traces()) == 2


def test_a_request_can_be_copied(global_recorder: Any, daemon: FakeDaemon) -> None:
    copies = []

    def view(request: Any) -> HttpResponse:
        # What newer versions of Django pickle of a request.
        state = {name: value for name, value in vars(request).items() if name not in ('resolver_match', '_stream')}
        copies.extend([copy.deepcopy(request), pickle.loads(pickle.dumps(state))])
        return HttpResponse('ok')

    XRayMiddleware(view)(RequestFactory().get('/plain/'))
    assert copies[0].path == copies[1]['path'] == '/plain/'
    assert daemon.trace()['http']['response'] == {'status': 200}


def test_a_forwarded_address_is_marked_as_such(client: Client, daemon: FakeDaemon) -> None:
    client.get('/plain/', HTTP_X_FORWARDED_FOR='203.0.113.7')
    request = daemon.trace()['http']['request']
    assert (request['client_ip'], request['x_forwarded_for']) == ('203.0.113.7', True)


@pytest.mark.improvement('S8')
def test_the_first_forwarded_address_is_the_client(client: Client, daemon: FakeDaemon) -> None:
    client.get('/plain/', HTTP_X_FORWARDED_FOR='203.0.113.7, 10.0.0.1, 10.0.0.2')
    assert daemon.trace()['http']['request']['client_ip'] == '203.0.113.7'


@pytest.mark.improvement('B6')
@pytest.mark.parametrize(
    'host', ['10.1.2.3', 'evil.example', 'two words', '[::1', 'user:swordfish@shop.example', 'a' * 5000]
)
def test_a_host_that_is_not_allowed_is_left_to_the_views(client: Client, daemon: FakeDaemon, host: str) -> None:
    # CommonMiddleware asks for the host, so this is about a stack without it.
    with override_settings(MIDDLEWARE=['aws_xray_sdk.ext.django.middleware.XRayMiddleware']):
        response = Client().get('/plain/', HTTP_HOST=host)
    assert response.status_code == 200
    assert daemon.trace()['http']['response']['status'] == 200
    assert b'swordfish' not in b''.join(daemon.datagrams())


@pytest.mark.improvement('B6')
def test_a_refused_host_is_an_error_in_the_trace(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/plain/', HTTP_HOST='10.1.2.3').status_code == 400
    trace = daemon.trace()
    assert trace['http']['response']['status'] == 400
    assert trace['http']['request']['url'] == 'http://10.1.2.3/plain/'
    assert trace['error'] and not trace.get('fault')


def test_a_forwarded_host_is_used_where_the_settings_say_so(client: Client, daemon: FakeDaemon) -> None:
    with override_settings(USE_X_FORWARDED_HOST=True):
        client.get('/plain/', HTTP_X_FORWARDED_HOST='shop.example')
    assert daemon.trace()['http']['request']['url'] == 'http://shop.example/plain/'


def test_without_a_host_the_server_is_named(client: Client, daemon: FakeDaemon) -> None:
    # Django's test client sends no Host header unless told to.
    client.get('/plain/', SERVER_NAME='shop.example', SERVER_PORT='8080')
    assert daemon.trace()['http']['request']['url'] == 'http://shop.example:8080/plain/'


def test_dynamic_naming_names_segments_by_host(client: Client, daemon: FakeDaemon, global_recorder: Any) -> None:
    global_recorder.configure(dynamic_naming='*.example')
    client.get('/plain/', HTTP_HOST='shop.example')
    client.get('/plain/', HTTP_HOST='127.0.0.1')
    assert [trace.name for trace in daemon.traces()] == ['shop.example', 'test']


@pytest.mark.parametrize('code', [200, 204, 301, 304])
def test_a_status_below_400_sets_no_flag(client: Client, daemon: FakeDaemon, code: int) -> None:
    client.get(f'/status/{code}/')
    trace = daemon.trace()
    assert trace['http']['response']['status'] == code
    assert not any(trace.get(flag) for flag in ('error', 'fault', 'throttle'))


@pytest.mark.parametrize(
    'code, flags',
    [(400, {'error'}), (404, {'error'}), (429, {'error', 'throttle'}), (500, {'fault'}), (503, {'fault'})],
)
def test_a_status_sets_its_flags(client: Client, daemon: FakeDaemon, code: int, flags: Any) -> None:
    client.get(f'/status/{code}/')
    trace = daemon.trace()
    assert {flag for flag in ('error', 'fault', 'throttle') if trace.get(flag)} == flags


def test_the_sampler_is_asked_about_the_request(client: Client, global_recorder: Any) -> None:
    from support.doubles import StubSampler

    sampler = StubSampler(False)
    global_recorder.configure(sampling=True, sampler=sampler)
    client.get('/plain/?a=1', HTTP_HOST='shop.example')
    assert sampler.requests == [{'host': 'shop.example', 'method': 'GET', 'path': '/plain/', 'service': 'test'}]


def test_annotations_of_the_view_are_in_the_document(client: Client, daemon: FakeDaemon, global_recorder: Any) -> None:
    from django.http import HttpRequest, HttpResponse

    from aws_xray_sdk.ext.django.middleware import XRayMiddleware

    def view(request: HttpRequest) -> HttpResponse:
        global_recorder.put_annotation('user', 'Ada')
        global_recorder.put_metadata('basket', ['Dune'])
        return HttpResponse()

    request = HttpRequest()
    request.META = {'SERVER_NAME': 'testserver', 'SERVER_PORT': '80'}
    request.method = 'GET'
    with override_settings(ALLOWED_HOSTS=['*']):
        XRayMiddleware(view)(request)
    trace = daemon.trace()
    assert trace['annotations'] == {'user': 'Ada'}
    assert json.loads(json.dumps(trace['metadata'])) == {'default': {'basket': ['Dune']}}
