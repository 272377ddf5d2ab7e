"""Failing views, hooks and handlers: what the trace says, and that the answer stays what it was."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask, abort, g
from werkzeug.exceptions import InternalServerError

from aws_xray_sdk.ext.flask.middleware import XRayMiddleware


class ShelfEmpty(Exception):
    """What the views here raise."""


def take_from_shelf():
    raise ShelfEmpty('no item left')


def descend(levels):
    if levels:
        descend(levels - 1)
    take_from_shelf()


def labels(exception):
    return [row['label'] for row in exception['stack']]


def recorded(segment):
    (exception,) = segment['cause']['exceptions']
    return exception


def test_unhandled_exception_is_a_fault_with_its_cause(app, client, daemon):
    app.get('/')(take_from_shelf)

    answer = client.get('/')

    assert answer.status == 500
    segment = daemon.document()
    assert segment['fault'] is True
    assert 'error' not in segment
    assert segment['http']['response']['status'] == 500
    exception = recorded(segment)
    assert (exception['type'], exception['message'], exception['remote']) == ('ShelfEmpty', 'no item left', False)


def test_answer_to_a_failed_request_carries_the_trace(app, client, daemon):
    app.get('/')(take_from_shelf)
    assert client.get('/').headers['X-Amzn-Trace-Id'] == 'Root=' + daemon.document()['trace_id']


@pytest.mark.improvement('D2')
def test_stack_shows_where_the_view_raised(app, client, daemon):
    @app.get('/')
    def view():
        take_from_shelf()

    client.get('/')

    exception = recorded(daemon.document())
    assert labels(exception)[-2:] == ['view', 'take_from_shelf']
    assert exception['stack'][-1]['path'] == 'test_errors.py'
    assert exception['stack'][-1]['line'] == take_from_shelf.__code__.co_firstlineno + 1


@pytest.mark.improvement('D2', 'D4')
def test_deep_stack_keeps_the_raising_frame(app, client, daemon):
    app.get('/')(lambda: descend(40))
    client.get('/')
    assert labels(recorded(daemon.document()))[-2:] == ['descend', 'take_from_shelf']


def test_exception_seen_by_a_subsegment_is_recorded_once(app, client, daemon, recorder):
    @app.get('/')
    def view():
        with recorder.in_subsegment('shelf'):
            take_from_shelf()

    client.get('/')

    segment = daemon.document()
    (subsegment,) = segment['subsegments']
    assert subsegment['fault'] is True
    assert segment['cause'] == recorded(subsegment)['id']


@pytest.mark.improvement('D2')
def test_handler_for_every_exception_keeps_the_cause(app, client, daemon):
    app.get('/')(take_from_shelf)

    @app.errorhandler(Exception)
    def apologise(error):
        return 'sorry', 500

    assert client.get('/').body == b'sorry'
    segment = daemon.document()
    assert segment['fault'] is True
    assert labels(recorded(segment))[-1] == 'take_from_shelf'


def test_exception_handled_as_client_error_is_no_fault(app, client, daemon):
    app.get('/')(take_from_shelf)
    app.register_error_handler(ShelfEmpty, lambda error: ('nothing here', 404))
    assert client.get('/').status == 404
    segment = daemon.document()
    assert segment['error'] is True
    assert 'fault' not in segment and 'cause' not in segment


def test_exception_handled_as_success_is_none(app, client, daemon):
    app.get('/')(take_from_shelf)
    app.register_error_handler(ShelfEmpty, lambda error: 'restocked')
    assert client.get('/').body == b'restocked'
    segment = daemon.document()
    assert not {'error', 'fault', 'cause'} & set(segment)


def test_handler_for_status_500_keeps_the_cause(app, client, daemon):
    app.get('/')(take_from_shelf)
    app.register_error_handler(InternalServerError, lambda error: ('custom page', 500))
    assert client.get('/').body == b'custom page'
    assert recorded(daemon.document())['type'] == 'ShelfEmpty'


def test_handler_that_fails_itself(app, client, daemon):
    app.get('/')(take_from_shelf)

    @app.errorhandler(ShelfEmpty)
    def broken(error):
        raise RuntimeError('handler broken')

    assert client.get('/').status == 500
    segment = daemon.document()
    assert segment['fault'] is True
    assert recorded(segment)['type'] == 'RuntimeError'


def test_aborting_with_a_server_error_is_a_fault(app, client, daemon):
    app.get('/')(lambda: abort(503))
    assert client.get('/').status == 503
    assert daemon.document()['fault'] is True


def test_exception_that_is_propagated_reaches_the_server(app, daemon):
    app.config['PROPAGATE_EXCEPTIONS'] = True
    app.get('/')(take_from_shelf)
    with pytest.raises(ShelfEmpty):
        app.test_client().get('/')
    segment = daemon.document()
    assert segment['fault'] is True
    assert segment['http']['response']['status'] == 500
    assert recorded(segment)['type'] == 'ShelfEmpty'


def test_exit_from_a_view_ends_the_segment(app, daemon, recorder):
    @app.get('/')
    def view():
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        app.test_client().get('/')
    segment = daemon.document()
    assert segment['fault'] is True
    assert recorded(segment)['type'] == 'SystemExit'
    assert recorder.get_trace_entity() is None


@pytest.mark.improvement('B5')
def test_earlier_hook_that_refuses_keeps_its_answer(recorder, serve, daemon):
    app = Flask('shop')
    app.before_request(lambda: abort(401))
    XRayMiddleware(app, recorder)
    app.get('/')(lambda: 'ok')

    assert serve(app).get('/').status == 401

    segment = daemon.document()
    assert segment['http']['response']['status'] == 401
    assert segment['error'] is True and 'fault' not in segment


@pytest.mark.improvement('B5')
def test_earlier_hook_that_answers_is_traced(recorder, serve, daemon):
    app = Flask('shop')
    app.before_request(lambda: 'from the cache')
    XRayMiddleware(app, recorder)

    assert serve(app).get('/').body == b'from the cache'
    assert daemon.document()['http']['response']['status'] == 200


@pytest.mark.improvement('B5')
def test_earlier_hook_that_fails_is_recorded(recorder, serve, daemon):
    app = Flask('shop')
    app.before_request(take_from_shelf)
    XRayMiddleware(app, recorder)

    assert serve(app).get('/').status == 500
    assert labels(recorded(daemon.document()))[-1] == 'take_from_shelf'


@pytest.mark.parametrize('install_first', [True, False])
def test_failing_after_request_hook(recorder, serve, daemon, install_first):
    app = Flask('shop')
    if install_first:
        XRayMiddleware(app, recorder)

    @app.after_request
    def broken(response):
        g.runs = g.get('runs', 0) + 1
        if g.runs == 1:
            take_from_shelf()
        return response

    if not install_first:
        XRayMiddleware(app, recorder)
    app.get('/')(lambda: 'ok')

    assert serve(app).get('/').status == 500
    segment = daemon.document()
    assert segment['fault'] is True
    assert recorded(segment)['type'] == 'ShelfEmpty'


@pytest.mark.improvement('B5')
def test_failing_teardown_hook_does_not_lose_the_segment(app, daemon, recorder):
    @app.teardown_request
    def broken(error):
        take_from_shelf()

    app.get('/')(lambda: 'ok')
    with pytest.raises(ShelfEmpty):
        app.test_client().get('/')

    assert daemon.document()['http']['response']['status'] == 200
    assert recorder.get_trace_entity() is None


@pytest.mark.improvement('B3')
def test_frozen_exception_reaches_its_handler(app, client, daemon):
    @dataclass(frozen=True)
    class Frozen(Exception):
        code: int

    @app.get('/')
    def view():
        raise Frozen(7)

    @app.errorhandler(InternalServerError)
    def show(error):
        return type(error.original_exception).__name__, 500

    assert client.get('/').body == b'Frozen'
    assert recorded(daemon.document())['type'] == 'Frozen'


@pytest.mark.improvement('D5')
def test_exception_object_raised_in_two_requests_is_recorded_in_both(app, client, daemon):
    reused = ShelfEmpty('always the same object')

    @app.get('/')
    def view():
        raise reused

    client.get('/')
    client.get('/')

    assert [recorded(segment)['message'] for segment in daemon.documents()] == ['always the same object'] * 2
