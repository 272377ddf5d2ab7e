"""Bodies that are produced while they are sent belong to the segment of their request."""

from __future__ import annotations

import gc
import http.client
import io
import socket
import threading

import pytest
from flask import Response, g, send_file, stream_with_context

PIECES = [b'one,', b'two,', b'three']


def streamed(recorder):
    for number, piece in enumerate(PIECES):
        with recorder.in_subsegment(f'piece-{number}'):
            recorder.put_annotation('length', len(piece))
        yield piece


def names(segment):
    return [subsegment['name'] for subsegment in segment.get('subsegments', ())]


@pytest.mark.improvement('D20')
def test_generator_runs_inside_the_segment(app, client, daemon, recorder):
    app.get('/')(lambda: Response(streamed(recorder)))

    answer = client.get('/')

    assert answer.body == b'one,two,three'
    (segment,) = daemon.wait_for_documents(1)
    assert names(segment) == ['piece-0', 'piece-1', 'piece-2']
    assert segment['end_time'] >= segment['subsegments'][-1]['end_time']
    assert segment['http']['response']['status'] == 200
    assert answer.headers['X-Amzn-Trace-Id'] == 'Root=' + segment['trace_id']


@pytest.mark.improvement('D20')
def test_generator_with_the_request_context(app, client, daemon, recorder):
    @app.get('/')
    def view():
        g.greeting = b'hello '

        def produce():
            with recorder.in_subsegment('greeting'):
                yield g.greeting
            yield from streamed(recorder)

        return Response(stream_with_context(produce()))

    assert client.get('/').body == b'hello one,two,three'
    (segment,) = daemon.wait_for_documents(1)
    assert names(segment) == ['greeting', 'piece-0', 'piece-1', 'piece-2']


@pytest.mark.improvement('D20')
def test_subsegment_stays_current_from_piece_to_piece(app, client, daemon, recorder):
    @app.get('/')
    def view():
        def produce():
            with recorder.in_subsegment('whole'):
                yield from streamed(recorder)

        return Response(produce())

    assert client.get('/').body == b'one,two,three'
    (segment,) = daemon.wait_for_documents(1)
    (whole,) = segment['subsegments']
    assert (whole['name'], names(whole)) == ('whole', ['piece-0', 'piece-1', 'piece-2'])


@pytest.mark.improvement('D20')
def test_segment_is_open_until_the_body_is_exhausted(app, client, daemon, recorder):
    half_way = threading.Event()
    go_on = threading.Event()

    @app.get('/')
    def view():
        def produce():
            yield b'first'
            half_way.set()
            assert go_on.wait(20)
            yield b'second'

        return Response(produce())

    answers = []
    asking = threading.Thread(target=lambda: answers.append(client.get('/').body))
    asking.start()
    assert half_way.wait(20)
    assert daemon.documents() == []
    go_on.set()
    asking.join(20)

    assert answers == [b'firstsecond']
    assert len(daemon.wait_for_documents(1)) == 1


@pytest.mark.improvement('D20')
def test_failing_generator_is_a_fault(app, client, daemon, recorder):
    @app.get('/')
    def view():
        def produce():
            yield b'first'
            raise OSError('disk gone')

        return Response(produce())

    with pytest.raises(http.client.IncompleteRead):
        client.get('/')

    (segment,) = daemon.wait_for_documents(1)
    assert segment['fault'] is True
    (exception,) = segment['cause']['exceptions']
    assert exception['message'] == 'disk gone'
    assert exception['stack'][-1]['label'] == 'produce'


@pytest.mark.improvement('D20')
def test_client_that_leaves_closes_the_generator_inside_the_segment(app, client, daemon, recorder):
    closed = threading.Event()

    @app.get('/')
    def view():
        def produce():
            try:
                while True:
                    yield b'x' * 65536
            finally:
                with recorder.in_subsegment('clean-up'):
                    closed.set()

        return Response(produce())

    with socket.create_connection(('127.0.0.1', client.port), timeout=20) as connection:
        connection.sendall(b'GET / HTTP/1.1\r\nHost: shop\r\n\r\n')
        assert connection.recv(100)

    assert closed.wait(20)
    (segment,) = daemon.wait_for_documents(1)
    assert names(segment) == ['clean-up']
    assert not {'fault', 'error', 'cause'} & set(segment)


@pytest.mark.improvement('D20')
def test_body_closed_before_it_was_asked_for(app, daemon):
    app.get('/')(lambda: Response(iter(PIECES)))
    response = app.test_client().get('/', buffered=False)
    assert daemon.documents() == []
    response.close()
    assert len(daemon.documents()) == 1


@pytest.mark.improvement('D20')
def test_body_that_is_thrown_away(app, daemon, recorder):
    app.get('/')(lambda: Response(iter(PIECES)))
    with app.test_request_context('/'):
        response = app.full_dispatch_request()
        assert recorder.get_trace_entity() is None
    assert daemon.documents() == []
    del response
    gc.collect()
    assert len(daemon.documents()) == 1


@pytest.mark.improvement('D20')
def test_body_produced_in_another_thread(app, daemon, recorder):
    app.get('/')(lambda: Response(streamed(recorder)))
    response = app.test_client().get('/', buffered=False)
    assert recorder.get_trace_entity() is None
    bodies = []

    def consume():
        bodies.append(b''.join(response.response))
        assert recorder.get_trace_entity() is None

    thread = threading.Thread(target=consume)
    thread.start()
    thread.join(20)

    assert bodies == [b'one,two,three']
    assert names(daemon.document()) == ['piece-0', 'piece-1', 'piece-2']


@pytest.mark.improvement('D20')
def test_two_bodies_produced_in_turn_do_not_mix(app, daemon, recorder):
    app.get('/')(lambda: Response(streamed(recorder)))
    client = app.test_client()
    first = client.get('/', buffered=False)
    second = app.test_client().get('/', buffered=False)

    pairs = list(zip(first.response, second.response))

    assert [piece for piece, _ in pairs] == PIECES
    for response in (first, second):
        response.close()
    assert [names(segment) for segment in daemon.documents()] == [['piece-0', 'piece-1', 'piece-2']] * 2


def test_head_request_for_a_generator(app, client, daemon, recorder):
    app.get('/')(lambda: Response(streamed(recorder)))
    assert client.request('HEAD', '/').body == b''
    (segment,) = daemon.wait_for_documents(1)
    assert names(segment) == []


def test_file_is_passed_through(app, client, daemon):
    app.get('/')(lambda: send_file(io.BytesIO(b'a' * 100000), mimetype='text/plain'))
    assert client.get('/').body == b'a' * 100000
    assert daemon.document()['http']['response']['status'] == 200
