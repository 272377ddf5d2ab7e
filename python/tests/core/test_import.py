"""What importing costs and does: little, and nothing outside the process."""

from __future__ import annotations

import importlib

import pytest


def test_public_names(run_program):
    run_program(
        """
        import aws_xray_sdk.core

        assert set(aws_xray_sdk.core.__all__) >= {'patch', 'patch_all', 'xray_recorder', 'AWSXRayRecorder'}
        for name in aws_xray_sdk.core.__all__:
            assert getattr(aws_xray_sdk.core, name) is not None
        """
    )


def test_every_module_of_upstreams_paths_can_be_imported_first(run_program):
    """Each in a process of its own, so that no other import comes before it."""
    run_program(
        """
        import importlib, os

        modules = '''
            async_context async_recorder context daemon_config emitters.udp_emitter exceptions.exceptions
            lambda_launcher models.default_dynamic_naming models.dummy_entities models.entity models.facade_segment
            models.http models.noop_traceid models.segment models.subsegment models.throwable models.trace_header
            models.traceid patcher plugins.ec2_plugin plugins.ecs_plugin plugins.elasticbeanstalk_plugin plugins.utils
            recorder sampling.connector sampling.local.reservoir sampling.local.sampler sampling.local.sampling_rule
            sampling.reservoir sampling.rule_cache sampling.rule_poller sampling.sampler sampling.sampling_rule
            sampling.target_poller streaming.default_streaming utils.atomic_counter utils.compat utils.conversion
            utils.search_pattern utils.sqs_message_helper utils.stacktrace
        '''.split()
        for module in modules:
            process = os.fork()
            if process == 0:
                importlib.import_module(f'aws_xray_sdk.core.{module}')
                os._exit(0)
            assert os.waitpid(process, 0)[1] == 0, module
        """
    )


def test_modules_can_be_reached_through_their_packages(run_program):
    run_program(
        """
        import aws_xray_sdk.core

        core = aws_xray_sdk.core
        assert core.models.entity.Entity and core.models.trace_header.TraceHeader and core.models.traceid.TraceId
        assert core.models.dummy_entities.DummySegment and core.models.facade_segment.FacadeSegment
        assert core.models.http.URL and core.models.noop_traceid.NoOpTraceId and core.models.throwable.Throwable
        assert core.plugins.utils.get_plugin_modules
        assert core.sampling.connector.ServiceConnector and core.sampling.reservoir.Reservoir
        assert core.sampling.rule_cache.RuleCache and core.sampling.rule_poller.RulePoller
        assert core.sampling.sampling_rule.SamplingRule
        assert core.sampling.local.reservoir.Reservoir and core.sampling.local.sampling_rule.SamplingRule
        assert core.utils.atomic_counter.AtomicCounter and core.utils.compat.annotation_value_types
        assert core.utils.conversion.metadata_to_dict and core.utils.stacktrace.get_stacktrace
        assert not hasattr(core, 'nothing') and not hasattr(core.models, 'nothing')
        """
    )


@pytest.mark.parametrize(
    'line',
    [
        'context: DummySegment global_sdk_config',
        'models.dummy_entities: NoOpTraceId Segment Subsegment TraceId',
        'models.entity: AlreadyEndedException annotation_value_types metadata_to_dict',
        'models.facade_segment: FacadeSegmentMutationException Segment',
        'models.segment: Entity SegmentNameMissingException TraceId',
        'models.subsegment: Entity SegmentNotFoundException',
        'patcher: is_classmethod is_instance_method',
        'recorder: DummySegment DummySubsegment Segment SegmentNameMissingException SegmentNotFoundException',
        'recorder: Subsegment global_sdk_config',
        'sampling.connector: Context DummySegment SamplingRule',
        'sampling.local.sampler: InvalidSamplingManifestError SamplingRule',
        'sampling.local.sampling_rule: InvalidSamplingManifestError Reservoir wildcard_match',
        'sampling.sampler: RuleCache RulePoller ServiceConnector',
        'sampling.sampling_rule: Reservoir wildcard_match',
    ],
)
def test_names_that_editors_import_from_where_they_are_used(line):
    """An import may name any module that holds the name, not only the one it is documented in."""
    module, _, names = line.partition(': ')
    held = importlib.import_module(f'aws_xray_sdk.core.{module}')
    assert [name for name in names.split() if not hasattr(held, name)] == []


@pytest.mark.improvement('C1')
def test_nothing_heavy_is_imported(run_program):
    run_program(
        """
        import sys
        before = set(sys.modules)
        import aws_xray_sdk.core
        new = set(sys.modules) - before
        heavy = {name.partition('.')[0] for name in new} & {
            'botocore', 'wrapt', 'requests', 'urllib3', 'asyncio', 'http', 'ssl', 'email', 'jmespath', 'aiohttp',
            # Each takes as long as the package itself.
            'collections', 'functools', 'logging', 're', 'typing', 'weakref',
        }
        assert not heavy, heavy
        assert len(new) < 100, sorted(new)
        """
    )


@pytest.mark.improvement('C1')
@pytest.mark.parametrize('enabled', ['true', 'false'])
def test_nothing_is_opened_or_started(run_program, enabled):
    run_program(
        """
        import os, sys, threading

        seen = []

        def note(event, arguments):
            if event.startswith('socket.') or event in ('_thread.start_new_thread', 'os.fork', 'subprocess.Popen'):
                seen.append(event)

        descriptors = len(os.listdir('/proc/self/fd'))
        sys.addaudithook(note)
        import aws_xray_sdk.core
        from aws_xray_sdk.core import xray_recorder
        assert seen == [], seen
        assert threading.active_count() == 1
        assert len(os.listdir('/proc/self/task')) == 1
        assert len(os.listdir('/proc/self/fd')) == descriptors
        """,
        AWS_XRAY_SDK_ENABLED=enabled,
    )


@pytest.mark.improvement('C1')
def test_importing_is_quick(run_program):
    """The budget is 15 ms; tests share their machine, so this only catches a slip by an order of magnitude."""
    run_program(
        """
        import subprocess, sys, time

        def seconds(source):
            best = 1e9
            for _ in range(5):
                started = time.perf_counter()
                subprocess.run([sys.executable, '-c', source], check=True, timeout=60)
                best = min(best, time.perf_counter() - started)
            return best

        cost = seconds('import aws_xray_sdk.core') - seconds('import logging, contextvars')
        assert cost < 0.1, f'{cost * 1000:.0f} ms'
        """
    )


@pytest.mark.improvement('B13')
@pytest.mark.parametrize('enabled', ['true', 'false'])
def test_a_broken_aws_profile_is_none_of_our_business(run_program, tmp_path, enabled):
    run_program(
        'import aws_xray_sdk.core',
        AWS_XRAY_SDK_ENABLED=enabled,
        AWS_PROFILE='does-not-exist',
        AWS_CONFIG_FILE=str(tmp_path / 'nowhere'),
    )


def test_a_bad_daemon_address_in_the_environment_raises_its_own_exception(run_program):
    run_program(
        """
        try:
            import aws_xray_sdk.core
            with aws_xray_sdk.core.xray_recorder.in_segment('web', sampling=1):
                pass
        except Exception as error:
            assert type(error).__name__ == 'InvalidDaemonAddressException'
            assert 'nonsense' in str(error)
        else:
            raise AssertionError('no exception')
        """,
        AWS_XRAY_DAEMON_ADDRESS='nonsense',
    )
