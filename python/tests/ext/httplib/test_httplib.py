"""Requests of the standard library's HTTP client become subsegments."""

from __future__ import annotations

import gc
import http.client
import json
import socket
import urllib.request

import pytest
import urllib3

from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.ext import httplib


@pytest.fixture
def recorder(global_recorder):
    """The process-wide recorder, with the client patched until the test ends."""
    httplib.patch()
    yield global_recorder
    httplib.unpatch()
    httplib.reset_ignored()


def exchange(server, method='GET', path='/', **arguments):
    connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
    try:
        connection.request(method, path, **arguments)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def calls(daemon):
    return [child for child in daemon.trace().children]


@pytest.mark.improvement('D16')
def test_one_request_is_one_subsegment(recorder, server, daemon):
    with recorder.in_segment('web'):
        assert exchange(server, path='/items?token=secret')[0] == 200

    (call,) = calls(daemon)
    assert (call.name, call['namespace']) == ('127.0.0.1', 'remote')
    assert call['http'] == {
        'request': {'method': 'GET', 'url': f'{server.url}/items'},
        'response': {'status': 200},
    }


@pytest.mark.improvement('D16')
def test_body_read_in_pieces_is_one_subsegment(recorder, server, daemon):
    with recorder.in_segment('web'):
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
        connection.request('GET', '/large')
        response = connection.getresponse()
        while response.read(4096):
            pass
        connection.close()
    assert len(calls(daemon)) == 1


@pytest.mark.improvement('D16')
def test_called_service_hangs_below_the_call(recorder, server, daemon):
    with recorder.in_segment('web') as segment:
        exchange(server)
    (call,) = calls(daemon)
    assert server.trace_headers() == [f'Root={segment.trace_id};Parent={call.id};Sampled=1']


@pytest.mark.improvement('S2')
def test_later_requests_outside_a_trace_carry_no_header(recorder, server, daemon):
    with recorder.in_segment('web'), recorder.in_subsegment('work'):
        exchange(server)
    exchange(server)
    assert server.trace_headers()[1] is None


@pytest.mark.improvement('S2')
def test_headers_of_the_caller_are_left_alone(recorder, server, daemon):
    headers = {'Accept': '*/*'}
    with recorder.in_segment('web'), recorder.in_subsegment('work'):
        exchange(server, headers=headers)
    assert headers == {'Accept': '*/*'}
    assert server.trace_headers()[0] is not None


@pytest.mark.improvement('D16')
def test_header_set_by_the_caller_is_kept(recorder, server, daemon):
    with recorder.in_segment('web'):
        exchange(server, headers={'x-amzn-trace-id': 'Root=own'})
    assert server.trace_headers() == ['Root=own']


@pytest.mark.improvement('D16')
@pytest.mark.parametrize(('status', 'flags'), [(404, {'error'}), (429, {'error', 'throttle'}), (503, {'fault'})])
def test_flags_follow_the_status(recorder, server, daemon, status, flags):
    with recorder.in_segment('web'):
        exchange(server, path=f'/status/{status}')
    (call,) = calls(daemon)
    assert {flag for flag in ('error', 'fault', 'throttle') if call.get(flag)} == flags


@pytest.mark.improvement('D16')
def test_refused_connection_is_a_fault(recorder, daemon):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        with recorder.in_segment('web'):
            connection = http.client.HTTPConnection('127.0.0.1', unused.getsockname()[1], timeout=20)
            with pytest.raises(ConnectionRefusedError):
                connection.request('GET', '/')
    (call,) = calls(daemon)
    assert call['fault'] is True
    (exception,) = call['cause']['exceptions']
    assert exception['type'] == 'ConnectionRefusedError'


@pytest.mark.improvement('D16')
def test_dropped_connection_is_a_fault(recorder, server, daemon):
    with recorder.in_segment('web'), pytest.raises(http.client.RemoteDisconnected):
        exchange(server, path='/drop')
    (call,) = calls(daemon)
    assert call['fault'] is True
    assert call['cause']['exceptions'][0]['type'] == 'RemoteDisconnected'


def test_request_that_is_given_up_ends(recorder, server, daemon):
    with recorder.in_segment('web'):
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
        connection.request('GET', '/')
        connection.close()
    (call,) = calls(daemon)
    assert not {'fault', 'in_progress'} & {key for key, value in call.document.items() if value}


@pytest.mark.filterwarnings('ignore::ResourceWarning')
def test_connection_that_is_dropped_does_not_hold_the_segment_back(recorder, server, daemon):
    with recorder.in_segment('web'):
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
        connection.request('GET', '/')
        del connection
        gc.collect()
    assert len(calls(daemon)) == 1


@pytest.mark.improvement('D16')
def test_connection_that_is_kept_open(recorder, server, daemon):
    with recorder.in_segment('web'):
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
        for number in range(3):
            connection.request('POST', f'/{number}', body=b'data')
            connection.getresponse().read()
        connection.close()
    urls = [call['http']['request']['url'] for call in calls(daemon)]
    assert urls == [f'{server.url}/{number}' for number in range(3)]
    assert len(set(server.trace_headers())) == 3


@pytest.mark.improvement('D16')
@pytest.mark.parametrize('library', ['urllib', 'urllib3'])
def test_what_is_built_on_it_is_recorded(recorder, server, daemon, library):
    with recorder.in_segment('web'):
        if library == 'urllib':
            with urllib.request.urlopen(f'{server.url}/items', timeout=20) as answer:
                echoed = json.load(answer)
        else:
            with urllib3.PoolManager() as pool:
                echoed = json.loads(pool.request('GET', f'{server.url}/items', timeout=20).data)
    (call,) = calls(daemon)
    assert call['http']['request']['url'] == f'{server.url}/items'
    assert f'Parent={call.id}' in echoed['x-amzn-trace-id']


@pytest.mark.improvement('instrumentation outside a segment is silent')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR'])
def test_outside_a_segment_nothing_happens(recorder, server, daemon, caplog, strategy):
    recorder.configure(context_missing=strategy)
    assert exchange(server)[0] == 200
    assert server.trace_headers() == [None]
    assert caplog.records == []


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(recorder, server):
    recorder.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    with pytest.raises(SegmentNotFoundException):
        exchange(server)
    assert server.trace_headers() == []


@pytest.mark.improvement('S2')
def test_ignored_hosts_and_paths(recorder, server, daemon):
    httplib.add_ignored(hostname='127.*', urls=['/health'])
    with recorder.in_segment('web'):
        exchange(server, path='/health')
    assert daemon.trace().children == []
    assert server.trace_headers() == [None]


@pytest.mark.improvement('D16')
def test_ignored_class(recorder, server, daemon):
    httplib.add_ignored(subclass='http.client.HTTPConnection')
    with recorder.in_segment('web'):
        exchange(server)
    httplib.reset_ignored()
    with recorder.in_segment('again'):
        exchange(server)
    assert [len(trace.children) for trace in daemon.traces()] == [0, 1]


@pytest.mark.improvement('S2')
def test_unpatch_puts_the_methods_back(server):
    before = {name: http.client.HTTPConnection.__dict__[name] for name in ('putrequest', 'getresponse', 'close')}
    httplib.patch()
    httplib.patch()
    assert http.client.HTTPConnection.getresponse is not before['getresponse']
    httplib.unpatch()
    httplib.unpatch()
    for name, method in before.items():
        assert http.client.HTTPConnection.__dict__[name] is method
    assert exchange(server)[0] == 200
