"""The UDP emitter: what is on the wire, where it goes, and that the application never notices a daemon that is away."""

from __future__ import annotations

import contextlib
import logging
import socket
from unittest.mock import patch

import pytest

from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException
from aws_xray_sdk.core.models.segment import Segment
from support.daemon import FakeDaemon, unused_udp_port
from support.doubles import FailingEmitter


def closed_segment(name='web'):
    """A segment ready to be sent."""
    segment = Segment(name)
    segment.close()
    return segment


def test_default_address():
    emitter = UDPEmitter()
    assert (emitter.ip, emitter.port) == ('127.0.0.1', 2000)


def test_address_given(daemon):
    emitter = UDPEmitter(daemon.address)
    assert (emitter.ip, emitter.port) == ('127.0.0.1', daemon.port)


def test_address_from_the_environment(monkeypatch, daemon):
    monkeypatch.setenv('AWS_XRAY_DAEMON_ADDRESS', daemon.address)
    emitter = UDPEmitter('127.0.0.2:2000')
    assert (emitter.ip, emitter.port) == ('127.0.0.1', daemon.port)
    emitter.send_entity(closed_segment())
    assert daemon.trace().name == 'web'


def test_the_udp_half_of_a_double_address(daemon):
    emitter = UDPEmitter(f'tcp:127.0.0.2:2000 udp:{daemon.address}')
    emitter.send_entity(closed_segment())
    assert daemon.trace().name == 'web'


def test_a_bad_address_raises():
    with pytest.raises(InvalidDaemonAddressException):
        UDPEmitter('127.0.0.')
    with pytest.raises(InvalidDaemonAddressException):
        UDPEmitter().set_daemon_address('nonsense')


def test_the_address_can_be_changed(daemon):
    emitter = UDPEmitter()
    emitter.set_daemon_address(daemon.address)
    emitter.set_daemon_address(None)
    emitter.set_daemon_address('')
    emitter.send_entity(closed_segment())
    assert daemon.trace().name == 'web'


def test_the_datagram(daemon):
    segment = closed_segment('福')
    UDPEmitter(daemon.address).send_entity(segment)
    (datagram,) = daemon.datagrams()
    header, _, body = datagram.partition(b'\n')
    assert header == b'{"format":"json","version":1}'
    assert daemon.document() == segment.to_dict()
    assert b'\n' not in body


def test_one_datagram_an_entity(daemon):
    emitter = UDPEmitter(daemon.address)
    for number in range(3):
        emitter.send_entity(closed_segment(f'segment {number}'))
    assert [trace.name for trace in daemon.traces()] == ['segment 0', 'segment 1', 'segment 2']


def test_an_open_entity_can_be_sent_as_a_preview(daemon):
    segment = Segment('long')
    emitter = UDPEmitter(daemon.address)
    emitter.send_entity(segment)
    assert daemon.trace().in_progress
    segment.close()
    emitter.send_entity(segment)
    assert not daemon.trace().in_progress


def test_a_user_object_with_serialize_is_sent(daemon):
    class Document:
        sampled = True

        def serialize(self):
            return closed_segment('by hand').serialize()

    UDPEmitter(daemon.address).send_entity(Document())
    assert daemon.trace().name == 'by hand'


def test_an_overridden_serialize_is_used(daemon):
    class Renamed(Segment):
        def serialize(self):
            return super().serialize().replace('secret', 'public')

    segment = Renamed('secret')
    segment.close()
    UDPEmitter(daemon.address).send_entity(segment)
    assert daemon.trace().name == 'public'


def test_an_entity_that_cannot_be_serialized_is_logged(caplog):
    class Broken:
        def serialize(self):
            raise RuntimeError('broken')

    with caplog.at_level(logging.DEBUG):
        UDPEmitter().send_entity(Broken())
    assert [record.levelname for record in caplog.records] == ['ERROR']


def test_subclasses_may_send_elsewhere():
    sent = []

    class Elsewhere(UDPEmitter):
        def _send_data(self, data):
            sent.append(data)

    Elsewhere().send_entity(closed_segment())
    (data,) = sent
    assert data.startswith('{"format":"json","version":1}\n{')


def test_parse_address_for_mocks():
    assert UDPEmitter()._parse_address('127.0.0.2:3000') == ('127.0.0.2', 3000)


def test_a_daemon_that_is_away(recorder, caplog):
    recorder.configure(daemon_address=f'127.0.0.1:{unused_udp_port()}')
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            with recorder.in_segment('web'), recorder.in_subsegment('load'):
                pass
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_daemon_that_comes_later(recorder):
    port = unused_udp_port()
    recorder.configure(daemon_address=f'127.0.0.1:{port}')
    with recorder.in_segment('lost'):
        pass
    late = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with late:
        late.bind(('127.0.0.1', port))
        late.settimeout(10)
        # A closed port is reported back once, on a later call: that call is allowed to be lost.
        for number in range(3):
            with recorder.in_segment(f'try {number}'):
                pass
        assert b'"try ' in late.recv(65_536)


def test_a_host_name(recorder, daemon):
    recorder.configure(daemon_address=f'localhost:{daemon.port}')
    assert recorder.emitter.ip == 'localhost'
    with recorder.in_segment('web'):
        pass
    assert daemon.trace().name == 'web'


@pytest.mark.improvement('C3')
def test_a_host_name_is_not_resolved_on_every_send(run_program, daemon):
    run_program(
        f"""
        import sys
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='localhost:{daemon.port}')
        asked = []

        def note(event, arguments):
            if event in ('socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):
                asked.append(event)

        for number in range(3):
            with xray_recorder.in_segment(f'segment {{number}}'):
                pass
            if number == 0:
                sys.addaudithook(note)
        assert asked == [], asked
        """
    )
    assert len(daemon.traces()) == 3


def test_a_host_that_does_not_exist_does_not_disturb(recorder, caplog):
    recorder.configure(daemon_address='no-such-host.invalid:2000')
    with caplog.at_level(logging.ERROR):
        with recorder.in_segment('web'):
            pass
    assert recorder.get_trace_entity() is None


@pytest.mark.improvement('C3')
def test_an_unknown_host_is_logged_once(recorder, caplog):
    with caplog.at_level(logging.WARNING):
        recorder.configure(daemon_address='no-such-host.invalid:2000')
        for _ in range(20):
            with recorder.in_segment('web'):
                pass
    records = [record for record in caplog.records if 'no-such-host.invalid' in record.getMessage()]
    assert len(records) == 1


@pytest.mark.improvement('D21')
def test_ipv6(recorder):
    with FakeDaemon('::1') as daemon:
        recorder.configure(daemon_address=daemon.address)
        with recorder.in_segment('web'):
            pass
        assert daemon.trace().name == 'web'
        assert (recorder.emitter.ip, recorder.emitter.port) == ('::1', daemon.port)


def test_a_failing_emitter_of_the_users_is_asked_once_and_forgotten(recorder, daemon):
    emitter = FailingEmitter()
    working, recorder.emitter = recorder.emitter, emitter
    recorder.begin_segment('lost')
    with contextlib.suppress(ConnectionError):
        recorder.end_segment()
    assert emitter.attempts == 1
    recorder.emitter = working
    with recorder.in_segment('web'):
        pass
    assert daemon.trace().name == 'web'


@pytest.mark.improvement('lost data is counted')
def test_statistics_of_what_was_sent(daemon):
    emitter = UDPEmitter(daemon.address)
    for _ in range(3):
        emitter.send_entity(closed_segment())
    statistics = emitter.statistics()
    assert statistics.pop('sent') == 3 == len(daemon.documents())
    assert set(statistics.values()) == {0}


@pytest.mark.improvement('lost data is counted')
def test_statistics_of_what_was_lost():
    emitter = UDPEmitter('no-such-host.invalid:2000')
    for _ in range(3):
        emitter.send_entity(closed_segment())
    assert emitter.statistics()['sent'] == 0
    assert emitter.statistics()['dropped_unreachable'] == 3


def test_a_mock_of_what_sends_text(daemon):
    emitter = UDPEmitter(daemon.address)
    emitter.send_entity(closed_segment('before'))
    with patch.object(emitter, '_send_data') as send:
        emitter.send_entity(closed_segment('mocked'))
    with patch.object(UDPEmitter, '_send_data') as send_of_class:
        emitter.send_entity(closed_segment('mocked'))
    for (text,) in (send.call_args[0], send_of_class.call_args[0]):
        assert text.startswith('{"format":"json","version":1}\n{')
    emitter.send_entity(closed_segment('after'))
    assert [trace.name for trace in daemon.traces()] == ['before', 'after']


def test_a_mock_of_the_socket(daemon):
    emitter = UDPEmitter(daemon.address)
    with patch.object(emitter, '_socket') as mocked:
        emitter.send_entity(closed_segment('mocked'))
    (data, address), _ = mocked.sendto.call_args
    assert data.startswith(b'{"format":"json","version":1}\n{')
    assert address == (emitter.ip, emitter.port)


def test_documents_go_through_a_socket_that_was_seen(daemon):
    emitter = UDPEmitter(daemon.address)
    with emitter._socket as seen:
        assert not seen.getblocking()
        emitter.send_entity(closed_segment())
        assert daemon.trace().name == 'web'
        assert daemon.documents()
    # A socket that fails is no reason to bother the program.
    emitter.send_entity(closed_segment('lost'))
