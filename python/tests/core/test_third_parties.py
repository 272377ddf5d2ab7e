"""The SDK as other libraries hold it: mocks that replace its parts, wrappers that build on its names."""

from __future__ import annotations

import contextlib
import functools
import json

import pytest

import aws_xray_sdk.core
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.models.segment import Segment


class StoringEmitter(UDPEmitter):
    """As mocks of the service build it: parses the address itself, stores texts, never sends."""

    def __init__(self, daemon_address='127.0.0.1:2000'):
        self._ip, self._port = self._parse_address(daemon_address)
        self.texts = []

    def send_entity(self, entity):
        """Stores the document."""
        self.texts.append(entity.serialize())

    def _send_data(self, data):
        raise RuntimeError('nothing may be sent')


class MockedService:
    """Replaces parts of the process-wide recorder for the length of a block."""

    def __enter__(self):
        recorder = aws_xray_sdk.core.xray_recorder
        self.before = (recorder._context, recorder._emitter)
        recorder._context = Context()
        recorder._emitter = self.emitter = StoringEmitter()
        recorder.begin_segment(name='mock', traceid=None, parent_id=None, sampling=1)
        return self.emitter

    def __exit__(self, *exception):
        recorder = aws_xray_sdk.core.xray_recorder
        recorder.end_segment()
        recorder.clear_trace_entities()
        recorder._context, recorder._emitter = self.before


def test_a_mock_of_the_service(global_recorder, daemon):
    with MockedService() as emitter:
        assert (emitter.ip, emitter.port) == ('127.0.0.1', 2000)
        with xray_recorder.in_subsegment('load'):
            pass
    (text,) = emitter.texts
    document = json.loads(text)
    assert document['name'] == 'mock'
    assert [child['name'] for child in document['subsegments']] == ['load']
    assert daemon.documents() == []
    with global_recorder.in_segment('real'):
        pass
    assert daemon.trace().name == 'real'


class Tracer:
    """As wrappers for serverless functions build it: everything through a provider, by keyword."""

    def __init__(self, provider):
        self.provider = provider

    def put_annotation(self, key, value):
        """Annotates what is current."""
        self.provider.put_annotation(key=key, value=value)

    def capture(self, method):
        """Decorates with a subsegment that keeps the response."""

        @functools.wraps(method)
        def decorate(*arguments, **keywords):
            with self.provider.in_subsegment(name=f'## {method.__name__}') as subsegment:
                try:
                    response = method(*arguments, **keywords)
                    subsegment.put_metadata(key=f'{method.__name__} response', value=response, namespace='shop')
                except Exception as error:
                    subsegment.put_metadata(key=f'{method.__name__} error', value=error, namespace='shop')
                    raise
            return response

        return decorate

    @contextlib.asynccontextmanager
    async def opened(self, name):
        """An asynchronous block."""
        async with self.provider.in_subsegment_async(name=f'## {name}') as subsegment:
            yield subsegment


def test_a_wrapper(recorder, daemon):
    tracer = Tracer(recorder)

    @tracer.capture
    def handler(event):
        tracer.put_annotation('ColdStart', True)
        return {'status': event}

    with recorder.in_segment('web'):
        assert handler(200) == {'status': 200}
    handled = daemon.trace().find('## handler')
    assert handled['annotations'] == {'ColdStart': True}
    assert handled['metadata'] == {'shop': {'handler response': {'status': 200}}}


def test_a_wrapper_around_a_failure(recorder, daemon):
    @Tracer(recorder).capture
    def handler():
        raise ValueError('bad')

    with recorder.in_segment('web'):
        with pytest.raises(ValueError):
            handler()
    handled = daemon.trace().find('## handler')
    assert handled['fault'] is True
    assert 'handler error' in handled['metadata']['shop']
    assert handled['cause']['exceptions'][0]['message'] == 'bad'


async def test_a_wrapper_of_coroutines(recorder, daemon):
    async with recorder.in_segment_async('web'):
        async with Tracer(recorder).opened('work') as subsegment:
            subsegment.put_annotation(key='a', value=1)
    assert daemon.trace().find('## work')['annotations'] == {'a': 1}


def test_a_recorder_of_ones_own(daemon):
    class Recorder(type(xray_recorder)):
        """Names every segment in capitals and counts subsegments."""

        def __init__(self):
            super().__init__()
            self.begun = 0

        def begin_segment(self, name=None, traceid=None, parent_id=None, sampling=None):
            return super().begin_segment(name.upper(), traceid, parent_id, sampling)

        def begin_subsegment(self, name, namespace='local'):
            self.begun += 1
            return super().begin_subsegment(name, namespace)

    recorder = Recorder()
    recorder.configure(sampling=False, daemon_address=daemon.address)

    @recorder.capture('captured')
    def captured():
        pass

    with recorder.in_segment('web') as segment:
        assert type(segment) is Segment
        with recorder.in_subsegment('load'):
            captured()
    assert recorder.begun == 2
    assert daemon.trace().render() == 'WEB\n  load\n    captured'
