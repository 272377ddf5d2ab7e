"""``configure``: what it takes, that it changes nothing else, and that the environment wins."""

from __future__ import annotations

import json

import pytest

from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException
from aws_xray_sdk.core.models.default_dynamic_naming import DefaultDynamicNaming
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from aws_xray_sdk.core.streaming.default_streaming import DefaultStreaming
from support.doubles import (
    CountingSampler,
    DictionaryContext,
    EagerStreaming,
    FixedNaming,
    ListContext,
    MemoryEmitter,
    NeverStreaming,
    StubSampler,
)

NO_SAMPLING = {'version': 2, 'default': {'fixed_target': 0, 'rate': 0}, 'rules': []}
ALWAYS_SAMPLING = {'version': 2, 'default': {'fixed_target': 0, 'rate': 1}, 'rules': []}


@pytest.fixture
def fresh():
    """A recorder nobody configured."""
    return AsyncAWSXRayRecorder()


def test_defaults(fresh):
    assert fresh.sampling is True
    assert fresh.service is None
    assert fresh.dynamic_naming is None
    assert fresh.max_trace_back == 10
    assert fresh.stream_sql is True
    assert fresh.streaming_threshold == 30
    assert type(fresh.context) is Context
    assert fresh.context.context_missing == 'LOG_ERROR'
    assert type(fresh.sampler) is DefaultSampler
    assert type(fresh.streaming) is DefaultStreaming
    assert type(fresh.emitter) is UDPEmitter
    assert (fresh.emitter.ip, fresh.emitter.port) == ('127.0.0.1', 2000)


def test_everything_can_be_given_at_once(fresh):
    context, emitter, sampler, streaming, naming = (
        Context(),
        UDPEmitter(),
        LocalSampler(),
        DefaultStreaming(),
        FixedNaming(),
    )
    fresh.configure(
        sampling=False,
        plugins=('ECSPlugin',),
        context_missing='RUNTIME_ERROR',
        sampling_rules=NO_SAMPLING,
        daemon_address='127.0.0.1:3000',
        service='shop',
        context=context,
        emitter=emitter,
        streaming=streaming,
        dynamic_naming=naming,
        streaming_threshold=10,
        max_trace_back=20,
        sampler=sampler,
        stream_sql=False,
    )
    assert fresh.sampling is False
    assert fresh.service == 'shop'
    assert fresh.context is context
    assert fresh.context.context_missing == 'RUNTIME_ERROR'
    assert fresh.emitter is emitter
    assert (fresh.emitter.ip, fresh.emitter.port) == ('127.0.0.1', 3000)
    assert fresh.streaming is streaming
    assert fresh.streaming_threshold == 10
    assert fresh.dynamic_naming is naming
    assert fresh.max_trace_back == 20
    assert fresh.sampler is sampler
    assert fresh.stream_sql is False


def test_a_second_call_changes_only_what_it_is_given(fresh, daemon):
    context = Context()
    fresh.configure(
        sampling=False,
        service='shop',
        context=context,
        context_missing='IGNORE_ERROR',
        daemon_address=daemon.address,
        streaming_threshold=7,
        max_trace_back=3,
        dynamic_naming='*.example.com',
    )
    fresh.configure(service='store')
    assert fresh.service == 'store'
    assert fresh.sampling is False
    assert fresh.context is context
    assert fresh.context.context_missing == 'IGNORE_ERROR'
    assert fresh.emitter.port == daemon.port
    assert fresh.streaming_threshold == 7
    assert fresh.max_trace_back == 3
    assert isinstance(fresh.dynamic_naming, DefaultDynamicNaming)
    with fresh.in_segment():
        pass
    assert daemon.trace().name == 'store'


@pytest.mark.improvement('S6')
def test_stream_sql_stays_off(fresh):
    fresh.configure(stream_sql=False)
    fresh.configure(service='shop')
    assert fresh.stream_sql is False
    fresh.configure(stream_sql=True)
    assert fresh.stream_sql is True


@pytest.mark.improvement('D14')
def test_the_sampler_keeps_the_daemon_it_was_given(run_program):
    run_program(
        """
        import threading
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from aws_xray_sdk.core import xray_recorder

        asked = threading.Event()

        class Rules(BaseHTTPRequestHandler):
            def do_POST(self):
                if self.path == '/GetSamplingRules':
                    asked.set()
                body = b'{"SamplingRuleRecords": [], "SamplingTargetDocuments": []}'
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        with HTTPServer(('127.0.0.1', 0), Rules) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            xray_recorder.configure(daemon_address=f'tcp:127.0.0.1:{server.server_port} udp:127.0.0.1:9')
            xray_recorder.configure(service='shop')
            with xray_recorder.in_segment():
                pass
            assert asked.wait(8), 'the rules were asked for elsewhere'
            server.shutdown()
        """
    )


@pytest.mark.parametrize(
    ('variable', 'value', 'argument', 'read'),
    [
        ('AWS_XRAY_TRACING_NAME', 'from-env', {'service': 'from-code'}, lambda recorder: recorder.service),
        (
            'AWS_XRAY_DAEMON_ADDRESS',
            '127.0.0.9:9999',
            {'daemon_address': '127.0.0.1:3000'},
            lambda recorder: f'{recorder.emitter.ip}:{recorder.emitter.port}',
        ),
        (
            'AWS_XRAY_CONTEXT_MISSING',
            'IGNORE_ERROR',
            {'context_missing': 'RUNTIME_ERROR'},
            lambda recorder: recorder.context.context_missing,
        ),
    ],
)
def test_the_environment_beats_the_code(monkeypatch, fresh, variable, value, argument, read):
    monkeypatch.setenv(variable, value)
    fresh.configure(**argument)
    assert read(fresh) == value
    assert read(AsyncAWSXRayRecorder()) == value


def test_streaming_threshold_zero_is_a_value(fresh):
    fresh.configure(streaming_threshold=0)
    assert fresh.streaming_threshold == 0
    assert fresh.streaming.streaming_threshold == 0


def test_streaming_threshold_can_be_assigned(fresh):
    fresh.streaming_threshold = 4
    assert fresh.streaming.streaming_threshold == 4


@pytest.mark.parametrize(('value', 'kept'), [(0, 0), (25, 25), (-1, 10), ('20', 10), (2.5, 10), (None, 10)])
def test_max_trace_back_takes_natural_numbers_only(fresh, value, kept):
    fresh.configure(max_trace_back=value)
    assert fresh.max_trace_back == kept
    assert fresh._max_trace_back == kept


def test_dynamic_naming_takes_a_pattern_or_an_object(fresh):
    fresh.configure(service='fallback', dynamic_naming='*.example.com')
    assert fresh.dynamic_naming.get_name('shop.example.com') == 'shop.example.com'
    assert fresh.dynamic_naming.get_name('evil.test') == 'fallback'
    naming = FixedNaming()
    fresh.configure(dynamic_naming=naming)
    assert fresh.dynamic_naming is naming


def test_sampling_rules_as_a_dictionary_and_as_a_file(tmp_path, fresh, daemon):
    fresh.configure(service='shop', daemon_address=daemon.address, sampler=LocalSampler(), sampling_rules=NO_SAMPLING)
    with fresh.in_segment() as segment:
        assert not segment.sampled
    path = tmp_path / 'rules.json'
    path.write_text(json.dumps(ALWAYS_SAMPLING))
    fresh.configure(sampling_rules=str(path))
    with fresh.in_segment() as segment:
        assert segment.sampled
    assert daemon.trace().name == 'shop'


def test_a_missing_rules_file_raises(fresh, tmp_path):
    with pytest.raises(FileNotFoundError):
        fresh.configure(sampling_rules=str(tmp_path / 'nowhere.json'))


def test_a_bad_daemon_address_raises(fresh):
    with pytest.raises(InvalidDaemonAddressException, match='not-an-address'):
        fresh.configure(daemon_address='not-an-address')


def test_plugins_describe_the_host_until_they_are_taken_away(recorder, daemon):
    recorder.configure(plugins=('ECSPlugin',))
    with recorder.in_segment('with'):
        pass
    recorder.configure(plugins=())
    with recorder.in_segment('without'):
        pass
    described, plain = daemon.traces()
    assert described['origin'] == 'AWS::ECS::Container'
    assert described['aws']['ecs']['container']
    assert 'origin' not in plain.document
    assert 'ecs' not in plain['aws']


def test_a_memory_emitter_gets_the_live_objects_on_the_ending_thread(recorder):
    import threading

    emitter = MemoryEmitter()
    recorder.configure(emitter=emitter)
    segment = recorder.begin_segment('web')
    subsegment = recorder.begin_subsegment('load')
    recorder.end_subsegment()
    recorder.end_segment()
    assert len(emitter.entities) == 1
    assert emitter.entities[0] is segment
    assert emitter.entities[0].subsegments[0] is subsegment
    assert emitter.threads == [threading.get_ident()]


def test_the_emitter_is_looked_up_when_it_is_needed(recorder, monkeypatch):
    sent = []
    recorder.begin_segment('web')
    monkeypatch.setattr(recorder.emitter, 'send_entity', sent.append, raising=True)
    segment = recorder.current_segment()
    recorder.end_segment()
    assert sent == [segment]


def test_private_names_that_mocks_assign(recorder):
    emitter, context = MemoryEmitter(), Context()
    before = (recorder._emitter, recorder._context)
    recorder._emitter = emitter
    recorder._context = context
    assert recorder.emitter is emitter
    assert recorder.context is context
    with recorder.in_segment('mocked'):
        pass
    assert [entity.name for entity in emitter.entities] == ['mocked']
    recorder._emitter, recorder._context = before
    assert recorder.context is before[1]


@pytest.mark.parametrize('name', ['emitter', 'sampler', 'streaming', 'context', 'service', 'sampling', 'stream_sql'])
def test_properties_can_be_assigned(fresh, name):
    values = {
        'emitter': MemoryEmitter(),
        'sampler': StubSampler(1),
        'streaming': NeverStreaming(),
        'context': ListContext(),
        'service': 'shop',
        'sampling': False,
        'stream_sql': False,
    }
    setattr(fresh, name, values[name])
    assert getattr(fresh, name) is values[name]


def test_a_subclassed_sampler_is_asked(recorder, daemon):
    sampler = CountingSampler()
    recorder.configure(sampling=True, sampler=sampler)
    for number in range(4):
        with recorder.in_segment(f'request {number}'):
            pass
    assert sampler.requests == [{'service': f'request {number}'} for number in range(4)]
    assert [trace.name for trace in daemon.traces()] == ['request 0', 'request 2']


@pytest.mark.parametrize('context_class', [DictionaryContext, ListContext])
def test_a_context_of_the_users_is_used_for_everything(recorder, daemon, context_class):
    context = context_class()
    recorder.configure(context=context)
    with recorder.in_segment('web') as segment:
        assert context.get_trace_entity() is segment
        with recorder.in_subsegment('load') as subsegment:
            assert context.get_trace_entity() is subsegment

            @recorder.capture('captured')
            def captured():
                assert context.get_trace_entity().name == 'captured'

            captured()
    assert daemon.trace().render() == 'web\n  load\n    captured'
    if context_class is DictionaryContext:
        assert [entity.name for entity in context.puts] == ['web', 'load', 'captured']
        assert [entity.name for entity in context.ends] == ['captured', 'load', 'web']


def test_streaming_of_the_users_decides(recorder, daemon):
    streaming = EagerStreaming()
    recorder.configure(streaming=streaming)
    with recorder.in_segment('web') as segment:
        with recorder.in_subsegment('first'):
            pass
        assert [document['name'] for document in daemon.documents()] == ['first']
        assert segment.subsegments == []
        daemon.external_parents.add(segment.id)
    assert streaming.asked[0] is segment
    assert daemon.trace().render() == 'web\n  first'


def test_streaming_that_never_streams(recorder, daemon):
    recorder.configure(streaming=NeverStreaming())
    with recorder.in_segment('web'):
        for _ in range(50):
            with recorder.in_subsegment('one of many'):
                pass
    assert len(daemon.documents()) == 1
