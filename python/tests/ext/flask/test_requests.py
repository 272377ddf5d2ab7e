"""Requests to a Flask application become segments."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
from flask import Blueprint, Flask, abort, copy_current_request_context, g, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'


def test_request_and_response_are_described(app, client, daemon):
    app.get('/items/<int:number>')(lambda number: f'item {number}')

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
        'response': {'status': 200, 'content_length': 6},
    }
    assert not {'error', 'fault', 'throttle', 'parent_id'} & {key for key, value in segment.items() if value}
    assert answer.headers['X-Amzn-Trace-Id'] == 'Root=' + segment['trace_id']


def test_current_segment_is_that_of_the_request(app, client, daemon, recorder):
    @app.post('/orders')
    def order():
        recorder.current_segment().set_user('ann')
        recorder.put_annotation('total', 12)
        with recorder.in_subsegment('charge'):
            recorder.put_metadata('currency', 'EUR')
        return 'done', 201

    assert client.request('POST', '/orders').status == 201

    segment = daemon.document()
    assert segment['user'] == 'ann'
    assert segment['annotations'] == {'total': 12}
    assert segment['http']['response']['status'] == 201
    (charge,) = segment['subsegments']
    assert charge['name'] == 'charge'
    assert charge['metadata'] == {'default': {'currency': 'EUR'}}


def test_incoming_trace_is_continued(app, client, daemon):
    app.get('/')(lambda: 'ok')

    answer = client.get('/', {'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=1'})

    segment = daemon.document()
    assert (segment['trace_id'], segment['parent_id']) == (ROOT, PARENT)
    assert answer.headers['X-Amzn-Trace-Id'] == f'Root={ROOT}'


def test_unsampled_request_sends_nothing(app, client, daemon):
    app.get('/')(lambda: 'ok')
    assert client.get('/', {'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=0'}).body == b'ok'
    assert daemon.documents() == []


def test_caller_that_asks_is_told_the_decision(app, client, daemon):
    app.get('/')(lambda: 'ok')
    answer = client.get('/', {'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=?'})
    assert answer.headers['X-Amzn-Trace-Id'] == f'Root={ROOT};Sampled=1'
    assert daemon.document()['trace_id'] == ROOT


def test_trace_header_of_another_service_is_replaced(app, client, daemon):
    other = {'x-amzn-trace-id': 'Root=1-00000000-000000000000000000000000', 'X-Other': 'kept'}
    app.get('/')(lambda: ('ok', other))
    answer = client.get('/')
    assert answer.headers.get_all('X-Amzn-Trace-Id') == ['Root=' + daemon.document()['trace_id']]
    assert answer.headers['X-Other'] == 'kept'


def test_sampling_rules_see_the_request(app, client, daemon, recorder):
    rules = {
        'version': 2,
        'rules': [{'host': '*', 'http_method': 'GET', 'url_path': '/ping', 'fixed_target': 0, 'rate': 0}],
        'default': {'fixed_target': 1, 'rate': 1},
    }
    recorder.configure(sampling=True, sampler=_local_sampler(), sampling_rules=rules)
    app.get('/ping', endpoint='ping')(lambda: 'pong')
    app.get('/work', endpoint='work')(lambda: 'done')

    client.get('/ping')
    client.get('/work')

    assert daemon.document()['http']['request']['url'].endswith('/work')


def _local_sampler() -> Any:
    from aws_xray_sdk.core.sampling.local.sampler import LocalSampler

    return LocalSampler()


@pytest.mark.parametrize(
    ('status', 'flags'),
    [
        (302, set()),
        (400, {'error'}),
        (403, {'error'}),
        (429, {'error', 'throttle'}),
        (500, {'fault'}),
        (503, {'fault'}),
    ],
)
def test_flags_follow_the_status(app, client, daemon, status, flags):
    app.get('/')(lambda: flask.Response(status=status))
    assert client.get('/').status == status
    segment = daemon.document()
    assert {flag for flag in ('error', 'fault', 'throttle') if segment.get(flag)} == flags


@pytest.mark.parametrize('status', [401, 404, 405, 410])
def test_aborted_request_is_an_error_without_cause(app, client, daemon, status):
    app.get('/')(lambda: abort(status))
    assert client.get('/').status == status
    segment = daemon.document()
    assert segment['error'] is True
    assert 'fault' not in segment and 'cause' not in segment


def test_unknown_path_is_traced(client, daemon):
    assert client.get('/nothing/here').status == 404
    segment = daemon.document()
    assert segment['http']['response']['status'] == 404
    assert segment['error'] is True


def test_head_request(app, client, daemon):
    app.get('/')(lambda: 'text')
    answer = client.request('HEAD', '/')
    assert (answer.status, answer.body) == (200, b'')
    assert daemon.document()['http']['request']['method'] == 'HEAD'


@pytest.mark.parametrize('path', ['/caf%C3%A9', '/a%20b', '/x;v=1/@me', '/bad%FF', '/50%25', '/?q=%3Cb%3E'])
def test_url_is_what_the_framework_calls_base_url(app, client, daemon, path):
    @app.get('/')
    @app.get('/<path:rest>')
    def view(rest=''):
        return request.base_url

    answer = client.get(path)

    assert daemon.document()['http']['request']['url'] == answer.body.decode()


def test_mounted_application_keeps_its_prefix_in_the_url(app, serve, daemon):
    app.get('/list')(lambda: request.base_url)
    client = serve(DispatcherMiddleware(Response('outside'), {'/store': app}))
    assert client.get('/store/list').body.decode() == daemon.document()['http']['request']['url']
    assert '/store/list' in daemon.document()['http']['request']['url']


@pytest.mark.parametrize('fixed_first', [True, False])
def test_proxy_headers_are_honoured_wherever_they_are_applied(recorder, serve, daemon, fixed_first):
    app = Flask('shop')
    app.get('/')(lambda: 'ok')
    if fixed_first:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)
    XRayMiddleware(app, recorder)
    if not fixed_first:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)

    serve(app).get('/', {'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'shop.example:443'})

    assert daemon.document()['http']['request']['url'] == 'https://shop.example/'


def test_blueprint_views_and_handlers(app, client, daemon, recorder):
    blueprint = Blueprint('admin', 'admin', url_prefix='/admin')

    @blueprint.before_request
    def note():
        recorder.put_annotation('area', 'admin')

    @blueprint.errorhandler(LookupError)
    def missing(error):
        return 'no such user', 404

    @blueprint.get('/users/<name>')
    def user(name):
        raise LookupError(name)

    app.register_blueprint(blueprint)
    assert client.get('/admin/users/bob').body == b'no such user'

    segment = daemon.document()
    assert segment['annotations'] == {'area': 'admin'}
    assert segment['http']['request']['url'].endswith('/admin/users/bob')
    assert segment['error'] is True and 'fault' not in segment


def test_forwarded_address_is_the_client(app, client, daemon):
    app.get('/')(lambda: 'ok')
    client.get('/', {'X-Forwarded-For': '203.0.113.7'})
    described = daemon.document()['http']['request']
    assert (described['client_ip'], described['x_forwarded_for']) == ('203.0.113.7', True)


@pytest.mark.improvement('S8')
def test_only_the_first_forwarded_address_is_the_client(app, client, daemon):
    app.get('/')(lambda: 'ok')
    client.get('/', {'X-Forwarded-For': '203.0.113.7, 10.0.0.1, 10.0.0.2'})
    described = daemon.document()['http']['request']
    assert (described['client_ip'], described['x_forwarded_for']) == ('203.0.113.7', True)


def test_dynamic_naming_takes_the_host(app, client, daemon, recorder):
    recorder.configure(dynamic_naming='*.example')
    app.get('/')(lambda: 'ok')
    client.get('/', {'Host': 'tenant.example'})
    client.get('/', {'Host': 'elsewhere.test'})
    assert [segment['name'] for segment in daemon.documents()] == ['tenant.example', 'shop']
    recorder.dynamic_naming = None


def test_request_without_host(app, client, daemon):
    app.get('/')(lambda: 'ok')
    with socket.create_connection(('127.0.0.1', client.port), timeout=20) as connection:
        connection.sendall(b'GET / HTTP/1.0\r\n\r\n')
        answer = b''.join(iter(lambda: connection.recv(4096), b''))
    assert answer.split(b'\r\n')[0].endswith(b'200 OK')
    assert daemon.document()['http']['request']['url'] == f'http://127.0.0.1:{client.port}/'


def test_hooks_of_the_application_are_inside_the_segment(app, client, daemon, recorder):
    def hook(name):
        def run(argument=None):
            with recorder.in_subsegment(name):
                return argument

        return run

    app.before_request(hook('before'))
    app.after_request(hook('after'))

    @app.teardown_request
    def teardown(error):
        with recorder.in_subsegment('teardown'):
            pass

    app.get('/')(lambda: 'ok')
    client.get('/')

    names = [subsegment['name'] for subsegment in daemon.document()['subsegments']]
    assert names == ['before', 'after', 'teardown']


def test_concurrent_requests_do_not_mix(app, client, daemon, recorder):
    everyone_is_inside = threading.Barrier(16, timeout=20)

    @app.get('/<int:number>')
    def view(number):
        recorder.put_annotation('number', number)
        everyone_is_inside.wait()
        with recorder.in_subsegment(f'work-{number}'):
            everyone_is_inside.wait()
        return str(number)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: client.get(f'/{number}').body, range(64)))

    assert answers == [str(number).encode() for number in range(64)]
    segments = daemon.documents()
    assert sorted(segment['annotations']['number'] for segment in segments) == list(range(64))
    for segment in segments:
        number = segment['annotations']['number']
        assert segment['http']['request']['url'].endswith(f'/{number}')
        assert [child['name'] for child in segment['subsegments']] == [f'work-{number}']


def test_nothing_is_left_open_after_a_request(app, daemon, recorder):
    app.get('/')(lambda: 'ok')
    assert app.test_client().get('/').status_code == 200
    assert recorder.get_trace_entity() is None
    assert len(daemon.documents()) == 1


def test_client_that_keeps_the_context(app, daemon):
    @app.get('/')
    def view():
        g.seen = 'yes'
        return 'ok'

    with app.test_client() as client:
        for _ in range(3):
            client.get('/')
            assert g.seen == 'yes'

    assert len(daemon.documents()) == 3


def test_copied_context_in_a_thread_does_not_end_the_segment(app, client, daemon, recorder):
    @app.get('/')
    def view():
        @copy_current_request_context
        def work():
            assert request.path == '/'

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with recorder.in_subsegment('afterwards'):
            pass
        return 'ok'

    assert client.get('/').body == b'ok'
    assert [child['name'] for child in daemon.document()['subsegments']] == ['afterwards']


def test_request_dispatched_within_a_request(app, client, daemon, recorder):
    app.get('/inner')(lambda: 'inner')
    second = AsyncAWSXRayRecorder()
    second.configure(service='second', sampling=False, context=Context(), daemon_address=daemon.address)
    outer = Flask('outer')
    XRayMiddleware(outer, second)

    @outer.get('/')
    def view():
        return app.test_client().get('/inner').text

    assert outer.test_client().get('/').text == 'inner'
    assert [segment['name'] for segment in daemon.documents()] == ['shop', 'second']


def test_disabled_sdk_leaves_requests_alone(app, client, daemon, monkeypatch):
    monkeypatch.setenv('AWS_XRAY_SDK_ENABLED', 'false')
    global_sdk_config.set_sdk_enabled(False)
    app.get('/')(lambda: 'ok')
    assert client.get('/').body == b'ok'
    assert daemon.documents() == []


def test_two_recorders_on_one_application(app, client, daemon):
    second = AsyncAWSXRayRecorder()
    second.configure(service='second', sampling=False, context=Context(), daemon_address=daemon.address)
    XRayMiddleware(app, second)
    app.get('/')(lambda: 'ok')

    for _ in range(2):
        assert client.get('/').body == b'ok'

    assert sorted(segment['name'] for segment in daemon.documents()) == ['second', 'second', 'shop', 'shop']


@pytest.mark.improvement('one request, one segment')
def test_second_middleware_of_the_same_recorder_does_nothing(app, client, daemon, recorder):
    XRayMiddleware(app, recorder)
    app.get('/')(lambda: flask.render_template_string('ok'))
    client.get('/')
    assert [child['name'] for child in daemon.document()['subsegments']] == ['template_render']


@pytest.mark.improvement('a request never fails for lack of a name')
def test_missing_service_name_does_not_fail_requests(recorder, serve, daemon):
    recorder.configure(service='')
    recorder.service = None
    app = Flask('nameless')
    XRayMiddleware(app, recorder)
    app.get('/')(lambda: 'ok')
    assert serve(app).get('/').body == b'ok'


@pytest.mark.improvement('row 16: the application fails with the SDK')
def test_failure_that_repeats_is_logged_once(app, client, recorder, caplog):
    class NamingFailed(Exception):
        pass

    class Naming:
        def get_name(self, host):
            raise NamingFailed(host)

    recorder.dynamic_naming = Naming()
    app.get('/')(lambda: 'ok')
    assert [client.get('/').body for _ in range(3)] == [b'ok'] * 3
    (record,) = [record for record in caplog.records if record.name == 'aws_xray_sdk.core']
    assert record.exc_info[0] is NamingFailed


@pytest.mark.improvement('B5')
def test_subclass_that_hooks_in(recorder, serve, daemon):
    seen = []

    class Middleware(XRayMiddleware):
        def _before_request(self):
            if flask.request.path != '/health':
                super()._before_request()

        def _after_request(self, response):
            seen.append(response.status_code)
            return super()._after_request(response)

        def _teardown_request(self, exception):
            seen.append(type(exception))
            super()._teardown_request(exception)

    app = Flask('shop')
    Middleware(app, recorder)
    app.get('/health', endpoint='health')(lambda: 'ok')
    app.get('/broken', endpoint='broken')(lambda: {}['missing'])
    client = serve(app)
    client.get('/health')
    client.get('/broken')
    assert seen == [200, type(None), 500, KeyError]
    assert daemon.document()['http']['response']['status'] == 500


@pytest.mark.parametrize('header', ['', ';;;', 'Root=', '\u00ff' * 50, '=' * 5000])
def test_empty_trace_header_starts_a_new_trace(app, client, daemon, header):
    app.get('/')(lambda: 'ok')
    assert client.get('/', {'X-Amzn-Trace-Id': header}).body == b'ok'
    (trace,) = daemon.traces()
    assert 'parent_id' not in trace.document


@pytest.mark.improvement('S9')
@pytest.mark.parametrize('header', ['Root=nonsense', 'Root=1-x-y;Parent=z;Sampled=9', f'Root={ROOT}x'])
def test_malformed_trace_header_starts_a_new_trace(app, client, lenient_daemon, recorder, header):
    recorder.configure(daemon_address=lenient_daemon.address)
    app.get('/')(lambda: 'ok')
    assert client.get('/', {'X-Amzn-Trace-Id': header}).body == b'ok'
    (trace,) = lenient_daemon.traces()
    assert 'parent_id' not in trace.document
    assert trace.trace_id != ROOT


@pytest.mark.improvement('5')
def test_asynchronous_view_is_inside_the_segment(app, client, daemon, recorder):
    @app.get('/')
    async def view():
        async def work(number):
            async with recorder.in_subsegment_async(f'work-{number}'):
                await asyncio.sleep(0)

        await asyncio.gather(*(work(number) for number in range(3)))
        return 'ok'

    assert client.get('/').body == b'ok'
    assert sorted(child['name'] for child in daemon.document()['subsegments']) == ['work-0', 'work-1', 'work-2']


ODD_REQUESTS = [
    b'GET / HTTP/1.1\r\nHost: \r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: bad<host>\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: [::1]:8080\r\nX-Forwarded-For: nonsense,,;\r\n\r\n',
    b'GET //double//slash HTTP/1.1\r\nHost: shop\r\n\r\n',
    b'GET /\xc3\xa9\xff%ff%00 HTTP/1.1\r\nHost: shop\r\nUser-Agent: \xff\xfe\r\n\r\n',
    b'GET http://elsewhere.example/absolute HTTP/1.1\r\nHost: shop\r\n\r\n',
    b'OPTIONS * HTTP/1.1\r\nHost: shop\r\n\r\n',
    b'BREW / HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: shop\r\nX-Amzn-Trace-Id: \xff;=;;Root\r\nX-Amzn-Trace-Id: Root=2\r\n\r\n',
]


def status_line(port, raw):
    with socket.create_connection(('127.0.0.1', port), timeout=20) as connection:
        connection.sendall(raw.replace(b'\r\n\r\n', b'\r\nConnection: close\r\n\r\n'))
        return b''.join(iter(lambda: connection.recv(65536), b'')).split(b'\r\n')[0]


def assert_answered_as_without_tracing(app, serve, raw, **config):
    plain = Flask('plain')
    for application in (app, plain):
        application.config.update(config)
        application.route('/', defaults={'rest': ''}, endpoint='root')(lambda rest: 'root')
        application.route('/<path:rest>', endpoint='rest')(lambda rest: 'rest')
    assert status_line(serve(app).port, raw) == status_line(serve(plain).port, raw)


@pytest.mark.parametrize('raw', ODD_REQUESTS)
def test_odd_requests_are_answered_as_without_tracing(app, serve, lenient_daemon, recorder, raw):
    recorder.configure(daemon_address=lenient_daemon.address)
    assert_answered_as_without_tracing(app, serve, raw)
    assert len(lenient_daemon.documents()) == 1


@pytest.mark.improvement('B6')
@pytest.mark.parametrize('host', [b'elsewhere.example', b'10.0.0.1:80', b'bad<host>', b''])
@pytest.mark.parametrize('path', [b'/', b'/caf%C3%A9'])
def test_host_that_is_not_trusted_is_refused_as_without_tracing(app, serve, daemon, host, path):
    raw = b'GET ' + path + b' HTTP/1.1\r\nHost: ' + host + b'\r\n\r\n'
    assert_answered_as_without_tracing(app, serve, raw, TRUSTED_HOSTS=['shop'])
    assert len(daemon.documents()) == 1
