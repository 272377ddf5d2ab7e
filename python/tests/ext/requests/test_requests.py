"""Calls made with requests become subsegments."""

from __future__ import annotations

import socket
import threading

import pytest
import requests

from aws_xray_sdk.core import patcher
from aws_xray_sdk.ext.requests import patch

ORIGINALS = {name: requests.Session.__dict__[name] for name in ('request', 'send', 'prepare_request')}


@pytest.fixture
def recorder(global_recorder, monkeypatch):
    """The process-wide recorder, with the library patched until the test ends."""
    for name, method in ORIGINALS.items():
        monkeypatch.setattr(requests.Session, name, method)
    patch()
    return global_recorder


@pytest.fixture
def session():
    """A session without the machine's proxies."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


def call_of(daemon):
    (call,) = daemon.trace().children
    return call


def test_one_call_is_one_subsegment(recorder, session, server, daemon):
    with recorder.in_segment('web') as segment:
        answer = session.get(f'{server.url}/items?token=secret')

    call = call_of(daemon)
    assert (call.name, call['namespace']) == ('127.0.0.1', 'remote')
    assert call['http']['request'] == {'method': 'GET', 'url': f'{server.url}/items'}
    assert call['http']['response']['status'] == 200
    assert answer.json()['x-amzn-trace-id'] == f'Root={segment.trace_id};Parent={call.id};Sampled=1'


def test_arguments_by_name(recorder, session, server, daemon):
    with recorder.in_segment('web'):
        session.request(method='POST', url=f'{server.url}/items', data={'a': 1})
    assert call_of(daemon)['http']['request']['method'] == 'POST'


@pytest.mark.improvement('B8')
def test_url_as_bytes(recorder, session, server, daemon):
    with recorder.in_segment('web'):
        assert session.get(f'{server.url}/items'.encode()).status_code == 200
    assert call_of(daemon)['http']['request']['url'] == f'{server.url}/items'


@pytest.mark.improvement('S7')
def test_user_and_password_stay_out(recorder, session, server, daemon):
    with recorder.in_segment('web'):
        session.get(f'http://ann:secret@127.0.0.1:{server.port}/items')
    assert call_of(daemon)['http']['request']['url'] == f'{server.url}/items'
    assert all(b'secret' not in datagram for datagram in daemon.datagrams())


@pytest.mark.improvement('S7')
@pytest.mark.parametrize('scheme', ['http', 'unknown'])
def test_a_failed_call_quotes_no_secrets(recorder, session, daemon, scheme):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        url = f'{scheme}://ann:s3cret@127.0.0.1:{unused.getsockname()[1]}/items?token=s3cret'
        with recorder.in_segment('web'), pytest.raises(requests.RequestException) as raised:
            session.get(url, params={'more': 's3cret'})
    assert 's3cret' in str(raised.value)
    assert '/items' in call_of(daemon)['cause']['exceptions'][0]['message']
    assert all(b's3cret' not in datagram for datagram in daemon.datagrams())


@pytest.mark.improvement('S3')
def test_headers_of_the_caller_are_left_alone(recorder, session, server, daemon):
    request = requests.Request('GET', server.url, headers={'Accept': '*/*'})
    with recorder.in_segment('web'), recorder.in_subsegment('work'):
        session.send(session.prepare_request(request))
    session.send(session.prepare_request(request))
    assert request.headers == {'Accept': '*/*'}
    assert server.trace_headers()[1] is None


@pytest.mark.improvement('D17')
def test_prepared_request(recorder, session, server, daemon):
    prepared = session.prepare_request(requests.Request('PUT', f'{server.url}/items'))
    with recorder.in_segment('web'):
        assert session.send(prepared).status_code == 200
    call = call_of(daemon)
    assert call['http']['request'] == {'method': 'PUT', 'url': f'{server.url}/items'}
    assert f'Parent={call.id}' in server.trace_headers()[0]
    assert 'X-Amzn-Trace-Id' not in prepared.headers


def test_prepared_request_stays_what_it_is(recorder, session, server, daemon):
    class Signed(requests.PreparedRequest):
        pass

    prepared = Signed()
    prepared.prepare(
        'GET', f'{server.url}/items', auth=lambda request: setattr(request, 'signature', 'ours') or request
    )
    with recorder.in_segment('web'):
        sent = session.send(prepared).request
    assert (type(sent), sent.signature) == (Signed, 'ours')
    assert 'X-Amzn-Trace-Id' in sent.headers


@pytest.mark.parametrize('hops', [1, 3])
def test_redirects_belong_to_the_call(recorder, session, server, daemon, hops):
    with recorder.in_segment('web'):
        assert session.get(f'{server.url}/redirect/{hops}').status_code == 200
    call = call_of(daemon)
    assert call['http']['response']['status'] == 200
    assert [f'Parent={call.id}' in header for header in server.trace_headers()] == [True] * (hops + 1)


def test_call_made_by_a_hook_of_the_same_session(recorder, session, server, daemon):
    def fetch_more(response, **kwargs):
        if response.request.path_url == '/first':
            session.get(f'{server.url}/second')

    session.hooks['response'].append(fetch_more)
    with recorder.in_segment('web'):
        session.get(f'{server.url}/first')

    first = call_of(daemon)
    (second,) = first.children
    assert second['http']['request']['url'].endswith('/second')
    assert [header.split(';')[1] for header in server.trace_headers()] == [f'Parent={first.id}', f'Parent={second.id}']


@pytest.mark.parametrize(('status', 'flag'), [(404, 'error'), (503, 'fault')])
def test_flags_follow_the_status(recorder, session, server, daemon, status, flag):
    with recorder.in_segment('web'):
        session.get(f'{server.url}/status/{status}')
    assert call_of(daemon)[flag] is True


def test_failed_call_is_a_fault(recorder, session, daemon):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        with recorder.in_segment('web'), pytest.raises(requests.ConnectionError):
            session.get(f'http://127.0.0.1:{unused.getsockname()[1]}/')
    call = call_of(daemon)
    assert call['fault'] is True
    assert call['cause']['exceptions'][0]['type'] == 'ConnectionError'


def test_url_that_is_none(recorder, session, daemon):
    with recorder.in_segment('web'), pytest.raises(requests.exceptions.MissingSchema):
        session.get('nonsense')
    call = call_of(daemon)
    assert call.name == 'UNKNOWN HOST'
    assert call['cause']['exceptions'][0]['type'] == 'MissingSchema'


@pytest.mark.improvement('instrumentation outside a segment is silent')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR'])
def test_outside_a_segment_nothing_happens(recorder, session, server, daemon, caplog, strategy):
    recorder.configure(context_missing=strategy)
    assert session.get(server.url).status_code == 200
    assert server.trace_headers() == [None]
    assert caplog.records == []


def test_session_shared_by_threads(recorder, session, server, daemon):
    def work(number):
        with recorder.in_segment(f'web-{number}'):
            for _ in range(5):
                session.get(f'{server.url}/{number}')

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    for trace in daemon.traces():
        number = trace.name.partition('-')[2]
        assert [call['http']['request']['url'] for call in trace.children] == [f'{server.url}/{number}'] * 5


@pytest.mark.improvement('S3')
def test_patching_twice_records_once(recorder, session, server, daemon):
    patch()
    with recorder.in_segment('web'):
        session.get(server.url)
    assert call_of(daemon).children == []


@pytest.mark.improvement('D16')
def test_with_the_client_underneath_patched_too(recorder, session, server, daemon, monkeypatch):
    monkeypatch.setattr(patcher, '_PATCHED_MODULES', set())
    patcher.patch(['httplib'])
    try:
        with recorder.in_segment('web'):
            session.get(server.url)
    finally:
        from aws_xray_sdk.ext.httplib import unpatch

        unpatch()
    call = call_of(daemon)
    assert len(call.children) >= 1
    assert f'Parent={call.id}' in server.trace_headers()[0]
