"""Requests to a Bottle application become segments."""

from __future__ import annotations

import bottle
import pytest
from bottle import Bottle, HTTPResponse, SimpleTemplate, abort, redirect, request, response

from aws_xray_sdk.ext.bottle.middleware import XRayMiddleware

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'


@pytest.fixture
def app(recorder, monkeypatch):
    """An application whose routes are traced by ``recorder``."""
    monkeypatch.setattr(SimpleTemplate, 'render', SimpleTemplate.__dict__['render'])
    recorder.configure(service='shop')
    application = Bottle()
    application.install(XRayMiddleware(recorder))
    return application


@pytest.fixture
def client(app, serve):
    """A client of ``app``."""
    return serve(app)


@pytest.mark.improvement('S7', 'S8')
def test_request_and_response_are_described(app, client, daemon):
    app.get('/items/<number>')(lambda number: f'item {number}')

    answer = client.get('/items/7?token=secret', {'User-Agent': 'probe/1', 'Host': 'shop.example'})

    assert answer.body == b'item 7'
    segment = daemon.document()
    assert segment['name'] == 'shop'
    assert segment['http'] == {
        'request': {
            'method': 'GET',
            'url': 'http://shop.example/items/7',
            'user_agent': 'probe/1',
            'client_ip': '127.0.0.1',
        },
        'response': {'status': 200},
    }
    assert answer.headers['X-Amzn-Trace-Id'] == 'Root=' + segment['trace_id']


def test_incoming_trace_is_continued(app, client, daemon, recorder):
    @app.get('/')
    def view():
        with recorder.in_subsegment('work'):
            return 'ok'

    answer = client.get('/', {'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=?'})

    segment = daemon.document()
    assert (segment['trace_id'], segment['parent_id']) == (ROOT, PARENT)
    assert [child['name'] for child in segment['subsegments']] == ['work']
    assert answer.headers['X-Amzn-Trace-Id'] == f'Root={ROOT};Sampled=1'


def test_unsampled_request_sends_nothing(app, client, daemon):
    app.get('/')(lambda: 'ok')
    assert client.get('/', {'X-Amzn-Trace-Id': 'Sampled=0'}).body == b'ok'
    assert daemon.documents() == []


@pytest.mark.improvement('S8')
def test_first_forwarded_address_is_the_client(app, client, daemon):
    app.get('/')(lambda: request.remote_addr)
    client.get('/', {'X-Forwarded-For': '203.0.113.7, 10.0.0.1'})
    described = daemon.document()['http']['request']
    assert (described['client_ip'], described['x_forwarded_for']) == ('203.0.113.7', True)


def test_status_set_by_the_view(app, client, daemon):
    @app.post('/')
    def view():
        response.status = 202
        return {'queued': True}

    assert client.request('POST', '/').status == 202
    assert daemon.document()['http']['response']['status'] == 202


@pytest.mark.improvement('4xx is an error, not a fault')
@pytest.mark.parametrize(('status', 'flags'), [(404, {'error'}), (429, {'error', 'throttle'}), (503, {'fault'})])
def test_aborted_request(app, client, daemon, status, flags):
    app.get('/')(lambda: abort(status))
    answer = client.get('/')
    assert answer.status == status
    segment = daemon.document()
    assert {flag for flag in ('error', 'fault', 'throttle') if segment.get(flag)} == flags
    assert 'cause' not in segment
    assert answer.headers['X-Amzn-Trace-Id'] == 'Root=' + segment['trace_id']


@pytest.mark.improvement('a redirect is no failure')
def test_redirect(app, client, daemon):
    app.get('/')(lambda: redirect('/elsewhere'))
    status = client.get('/').status
    segment = daemon.document()
    assert segment['http']['response']['status'] == status
    assert not {'fault', 'error', 'cause'} & set(segment)


@pytest.mark.improvement('the status of a returned response')
def test_returned_response(app, client, daemon):
    app.get('/')(lambda: HTTPResponse('teapot', status=418))
    answer = client.get('/')
    segment = daemon.document()
    assert (answer.status, segment['http']['response']['status']) == (418, 418)
    assert answer.headers['X-Amzn-Trace-Id'] == 'Root=' + segment['trace_id']


def test_failing_view(app, client, daemon, capsys):
    def take_from_shelf():
        raise LookupError('no item left')

    app.get('/')(take_from_shelf)
    assert client.get('/').status == 500
    segment = daemon.document()
    assert segment['fault'] is True
    (exception,) = segment['cause']['exceptions']
    assert (exception['type'], exception['message']) == ('LookupError', 'no item left')
    assert exception['stack'][-1]['label'] == 'take_from_shelf'


@pytest.mark.improvement('D20')
def test_generator_runs_inside_the_segment(app, client, daemon, recorder):
    @app.get('/')
    def view():
        for number in range(3):
            with recorder.in_subsegment(f'piece-{number}'):
                pass
            yield f'{number},'

    assert client.get('/').body == b'0,1,2,'
    (segment,) = daemon.wait_for_documents(1)
    assert [child['name'] for child in segment['subsegments']] == ['piece-0', 'piece-1', 'piece-2']


def test_template(app, client, daemon, tmp_path):
    (tmp_path / 'page.tpl').write_text('Hello {{name}}')
    app.get('/')(lambda: bottle.template('page', name='Ann', template_lookup=[str(tmp_path)]))
    assert client.get('/').body == b'Hello Ann'
    (template,) = daemon.document()['subsegments']
    assert template['name'] == str(tmp_path / 'page.tpl')


@pytest.mark.improvement('B4')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR'])
def test_rendering_outside_requests_is_left_alone(app, daemon, recorder, tmp_path, caplog, strategy):
    recorder.configure(context_missing=strategy)
    (tmp_path / 'mail.tpl').write_text('Dear {{name}}')
    assert bottle.template('mail', name='Bo', template_lookup=[str(tmp_path)]) == 'Dear Bo'
    assert caplog.records == []
    assert daemon.documents() == []


def test_nothing_is_left_open_after_a_request(app, client, daemon, recorder):
    app.get('/')(lambda: 'ok')
    for _ in range(3):
        client.get('/')
    assert len(daemon.documents()) == 3
