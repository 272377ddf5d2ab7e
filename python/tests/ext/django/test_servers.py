"""Requests over real HTTP, through the servers people run."""

from __future__ import annotations

import concurrent.futures
import http.client
import time
from pathlib import Path
from typing import List, Tuple

import django
import pytest
import servers

from support.daemon import FakeDaemon

_HOST = (('Host', 'shop.example'), ('User-Agent', 'pytest'))
_GUNICORN = ('-m', 'gunicorn', '--bind', '127.0.0.1:{port}', '--log-level', 'warning', 'traced_site.wsgi')
_UVICORN = (
    *('-m', 'uvicorn', '--host', '127.0.0.1', '--port', '{port}', '--log-level', 'warning', '--lifespan', 'off'),
    'traced_site.asgi:application',
)


@pytest.mark.parametrize('command', [_GUNICORN, _UVICORN], ids=['gunicorn', 'uvicorn'])
def test_a_request_over_http(daemon: FakeDaemon, tmp_path: Path, command: List[str]) -> None:
    with servers.running(tmp_path, daemon.address, *command) as server:
        assert server.get('/plain/', _HOST) == (200, b'plain')
        daemon.wait_for_documents(1)
    trace = daemon.trace()
    assert trace.name == 'traced-site'
    assert trace['http']['request'] == {
        'method': 'GET',
        'url': 'http://shop.example/plain/',
        'user_agent': 'pytest',
        'client_ip': '127.0.0.1',
    }
    assert trace['http']['response'] == {'status': 200, 'content_length': 5}


@pytest.mark.improvement('B6')
@pytest.mark.parametrize('command', [_GUNICORN, _UVICORN], ids=['gunicorn', 'uvicorn'])
@pytest.mark.parametrize('headers', [(('Host', '10.1.2.3'),), (('Host', 'a b'),)], ids=['address', 'odd'])
def test_a_health_check_by_address(
    daemon: FakeDaemon, tmp_path: Path, command: List[str], headers: Tuple[Tuple[str, str], ...]
) -> None:
    # Without CommonMiddleware nothing but a view asks for the host.
    environment = {'TRACED_SITE_MIDDLEWARE': 'aws_xray_sdk.ext.django.middleware.XRayMiddleware'}
    with servers.running(tmp_path, daemon.address, *command, **environment) as server:
        assert server.get('/plain/', headers) == (200, b'plain')
        daemon.wait_for_documents(1)
    assert daemon.trace()['http']['response']['status'] == 200


def test_a_request_without_a_host(daemon: FakeDaemon, tmp_path: Path) -> None:
    with servers.running(tmp_path, daemon.address, *_UVICORN) as server:
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
        connection._http_vsn, connection._http_vsn_str = 10, 'HTTP/1.0'  # type: ignore[attr-defined]
        connection.putrequest('GET', '/plain/', skip_host=True, skip_accept_encoding=True)
        connection.endheaders()
        assert connection.getresponse().read() == b'plain'
        connection.close()
        daemon.wait_for_documents(1)
        assert daemon.trace()['http']['request']['url'] == f'http://127.0.0.1:{server.port}/plain/'


@pytest.mark.improvement('row 5')
def test_concurrent_asynchronous_requests(daemon: FakeDaemon, tmp_path: Path) -> None:
    with servers.running(tmp_path, daemon.address, *_UVICORN) as server:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: server.get('/async_gather/', _HOST), range(200)))
        assert answers == [(200, b'gathered')] * 200
        daemon.wait_for_documents(200)
    traces = daemon.traces()
    assert len(traces) == 200
    for trace in traces:
        assert sorted(child.name for child in trace.children) == [f'work {number}' for number in range(5)]
        assert all(len(child.children) == 1 for child in trace.children)


@pytest.mark.skipif(django.VERSION < (5,), reason='Django notices that a client went away from 5.0 on')
@pytest.mark.parametrize(
    'path', [pytest.param('/async_forever/', marks=pytest.mark.improvement('row 18')), '/async_endless_stream/']
)
def test_a_client_that_goes_away_is_no_fault(daemon: FakeDaemon, tmp_path: Path, path: str) -> None:
    with servers.running(tmp_path, daemon.address, *_UVICORN) as server:
        connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
        connection.request('GET', path, headers={'Host': 'shop.example'})
        if 'stream' in path:
            assert connection.getresponse().read(5) == b'part '
        else:
            # The request has to be with the view: nothing of it shows outside before it is answered.
            assert server.get('/plain/', _HOST)[0] == 200
            time.sleep(0.2)
        connection.close()
        daemon.wait_for_documents(1 if 'stream' in path else 2)
        assert server.get('/plain/', _HOST)[0] == 200
    (trace,) = [trace for trace in daemon.traces() if trace['http']['request']['url'].endswith(path)]
    assert not trace.get('fault') and not trace.get('error')


@pytest.mark.improvement('D20')
@pytest.mark.parametrize('command, path', [(_GUNICORN, '/stream/'), (_UVICORN, '/async_stream/')])
def test_a_streamed_body_over_http(daemon: FakeDaemon, tmp_path: Path, command: List[str], path: str) -> None:
    with servers.running(tmp_path, daemon.address, *command, TRACED_SITE_PRELOAD='1') as server:
        status, body = server.get(path, _HOST)
        daemon.wait_for_documents(2)
    assert (status, body) == (200, b'traced-site body body traced-site ')
    preload, trace = daemon.traces()
    assert preload.name == 'preload'
    assert len(trace.find('body').children) == 1
