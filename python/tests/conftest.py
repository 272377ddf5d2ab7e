"""Fixtures for every test: a daemon on real UDP, recorders that send to it, a clean environment, fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

import pytest

import aws_xray_sdk
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from support.daemon import FakeDaemon
from support.doubles import MemoryEmitter

_PACKAGE_ROOT = Path(aws_xray_sdk.__file__).resolve().parents[1]
_TESTS_ROOT = Path(__file__).resolve().parent
_ENVIRONMENT_PREFIXES = ('AWS_XRAY_', '_X_AMZN_', 'LAMBDA_', 'AWS_LAMBDA_')
_RECORDER_SETTINGS = (
    'context',
    'emitter',
    'streaming',
    'sampler',
    'sampling',
    'service',
    'dynamic_naming',
    'max_trace_back',
    'stream_sql',
    'strict_instrumentation',
)

RunProgram = Callable[..., 'subprocess.CompletedProcess[str]']


def pytest_configure(config: pytest.Config) -> None:
    """Tolerates on Python 3.9 the event loop that the last pytest-asyncio for it leaves open."""
    if sys.version_info < (3, 10):
        config.addinivalue_line('filterwarnings', 'ignore:unclosed:ResourceWarning')


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No tracing variable from outside, and the SDK enabled again afterwards."""
    for name in list(os.environ):
        if name.startswith(_ENVIRONMENT_PREFIXES):
            monkeypatch.delenv(name)
    yield
    monkeypatch.undo()
    os.environ.pop(global_sdk_config.XRAY_ENABLED_KEY, None)
    global_sdk_config.set_sdk_enabled(True)


@pytest.fixture
def daemon() -> Iterator[FakeDaemon]:
    """A daemon on 127.0.0.1; when the test ends, everything it received must form valid traces."""
    with FakeDaemon() as fake_daemon:
        yield fake_daemon
        fake_daemon.traces()


@pytest.fixture
def lenient_daemon() -> Iterator[FakeDaemon]:
    """A daemon on 127.0.0.1 for tests that leave traces unfinished on purpose."""
    with FakeDaemon() as fake_daemon:
        yield fake_daemon


def _configured(recorder: Any, address: Optional[str]) -> Any:
    recorder.configure(service='test', sampling=False, context=Context(), daemon_address=address)
    recorder.clear_trace_entities()
    return recorder


@pytest.fixture
def recorder(daemon: FakeDaemon) -> Iterator[AsyncAWSXRayRecorder]:
    """A recorder of its own that samples everything and sends to ``daemon``."""
    recorder = _configured(AsyncAWSXRayRecorder(), daemon.address)
    yield recorder
    recorder.clear_trace_entities()


@pytest.fixture
def memory_recorder() -> Iterator[AsyncAWSXRayRecorder]:
    """A recorder of its own whose ``emitter`` keeps the entities in memory."""
    recorder = _configured(AsyncAWSXRayRecorder(), None)
    recorder.configure(emitter=MemoryEmitter())
    yield recorder
    recorder.clear_trace_entities()


@pytest.fixture
def global_recorder(daemon: FakeDaemon) -> Iterator[AsyncAWSXRayRecorder]:
    """The process-wide ``xray_recorder``, sending to ``daemon``, as it was before when the test ends."""
    before = {
        setting: getattr(xray_recorder, setting) for setting in _RECORDER_SETTINGS if hasattr(xray_recorder, setting)
    }
    address = f'{xray_recorder.emitter.ip}:{xray_recorder.emitter.port}'
    threshold = xray_recorder.streaming_threshold
    yield _configured(xray_recorder, daemon.address)
    xray_recorder.clear_trace_entities()
    for setting, value in before.items():
        setattr(xray_recorder, setting, value)
    xray_recorder.streaming_threshold = threshold
    xray_recorder.emitter.set_daemon_address(address)


@pytest.fixture
def segment(recorder: AsyncAWSXRayRecorder) -> Iterator[Any]:
    """An open segment called ``web`` of ``recorder``; it ends with the test unless the test ends it."""
    segment = recorder.begin_segment('web')
    yield segment
    if segment.in_progress:
        recorder.set_trace_entity(segment)
        recorder.end_segment()


@pytest.fixture
def run_program(tmp_path: Path) -> RunProgram:
    """Runs Python source in a process of its own, with the package under test; fails unless it exits with 0."""

    def run(source: str, timeout: float = 60.0, **environment: str) -> 'subprocess.CompletedProcess[str]':
        program = tmp_path / 'program.py'
        program.write_text(textwrap.dedent(source), encoding='utf-8')
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_ENVIRONMENT_PREFIXES)}
        search_path = os.pathsep.join([str(_PACKAGE_ROOT), str(_TESTS_ROOT)])
        completed = subprocess.run(
            [sys.executable, '-W', 'error', str(program)],
            env={**inherited, 'PYTHONPATH': search_path, **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert completed.returncode == 0, f'{completed.stdout}\n{completed.stderr}'
        return completed

    return run
