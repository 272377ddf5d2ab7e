"""Where settings come from, and that the recorder follows them."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from django.test import Client, override_settings

from aws_xray_sdk.ext.django import conf
from support.daemon import FakeDaemon

_WITHOUT_VALUE = (
    'AUTO_PATCH_PARENT_SEGMENT_NAME AWS_XRAY_TRACING_NAME DYNAMIC_NAMING MAX_TRACE_BACK SAMPLER SAMPLING_RULES'
    ' STREAMING_THRESHOLD'
)
_KEYS = {
    **dict.fromkeys(_WITHOUT_VALUE.split()),
    **dict.fromkeys(('AUTO_INSTRUMENT', 'SAMPLING', 'STREAM_SQL'), True),
    'AWS_XRAY_CONTEXT_MISSING': 'LOG_ERROR',
    'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:2000',
    'IGNORE_MODULE_PATTERNS': [],
    'PATCH_MODULES': [],
    'PLUGINS': (),
    'URLS_AS_ANNOTATION': 'LAMBDA',
}
_ENVIRONMENT = ('AWS_XRAY_DAEMON_ADDRESS', 'AWS_XRAY_CONTEXT_MISSING', 'AWS_XRAY_TRACING_NAME')


@pytest.mark.parametrize('key', sorted(_KEYS))
def test_every_setting_has_its_default(key: str) -> None:
    assert getattr(conf.XRaySettings({'STREAM_SQL': None}), key) == _KEYS[key]
    assert set(conf.DEFAULTS) - {'STRICT_INSTRUMENTATION'} == set(_KEYS)


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_is_a_setting(global_recorder: Any) -> None:
    assert conf.DEFAULTS['STRICT_INSTRUMENTATION'] is False
    with override_settings(XRAY_RECORDER={'AWS_XRAY_TRACING_NAME': 'shop', 'STRICT_INSTRUMENTATION': True}):
        assert global_recorder.strict_instrumentation is True
    assert global_recorder.strict_instrumentation is False


@pytest.mark.parametrize('key', _ENVIRONMENT)
def test_the_environment_beats_the_settings(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = conf.XRaySettings({key: 'from settings'})
    assert getattr(settings, key) == 'from settings'
    monkeypatch.setenv(key, 'from environment')
    assert getattr(settings, key) == 'from environment'
    assert getattr(conf.XRaySettings({'SAMPLING': False}), key) == 'from environment'


def test_other_variables_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SAMPLING', 'from environment')
    assert conf.XRaySettings({'PLUGINS': ('EC2Plugin',)}).SAMPLING is True


def test_a_false_setting_is_not_the_default() -> None:
    assert conf.XRaySettings({'SAMPLING': False, 'AUTO_INSTRUMENT': False}).AUTO_INSTRUMENT is False


def test_an_unknown_setting_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match='TRACING_NAME'):
        _ = conf.settings.TRACING_NAME


@pytest.fixture
def kept_settings() -> Iterator[Any]:
    """A reference as an importing module keeps it."""
    yield conf.settings


@pytest.mark.improvement('D20')
def test_a_kept_reference_follows_overridden_settings(kept_settings: Any, global_recorder: Any) -> None:
    with override_settings(XRAY_RECORDER={'AWS_XRAY_TRACING_NAME': 'test', 'SAMPLING': False, 'MAX_TRACE_BACK': 3}):
        assert kept_settings.MAX_TRACE_BACK == 3
    assert kept_settings.MAX_TRACE_BACK is None


@pytest.mark.improvement('D20')
def test_the_middleware_follows_overridden_settings(client: Client, daemon: FakeDaemon) -> None:
    client.get('/plain/')
    with override_settings(
        XRAY_RECORDER={'AWS_XRAY_TRACING_NAME': 'test', 'SAMPLING': False, 'URLS_AS_ANNOTATION': 'ALL'}
    ):
        client.get('/plain/', HTTP_USER_AGENT='pytest')
    client.get('/plain/')
    before, during, after = daemon.traces()
    assert 'annotations' not in before.document and 'annotations' not in after.document
    assert during['annotations'] == {
        'url': 'http://testserver/plain/',
        'method': 'GET',
        'user_agent': 'pytest',
        'client_ip': '127.0.0.1',
        'status': 200,
        'content_length': 5,
    }


@pytest.mark.improvement('D20')
def test_the_recorder_follows_overridden_settings_and_back(client: Client, global_recorder: Any) -> None:
    before = (global_recorder.service, global_recorder.stream_sql, global_recorder.sampling)
    override = {
        'AWS_XRAY_TRACING_NAME': 'overridden',
        'STREAM_SQL': False,
        'SAMPLING': True,
        'MAX_TRACE_BACK': 3,
        'STREAMING_THRESHOLD': 7,
        'DYNAMIC_NAMING': '*.example',
        'AWS_XRAY_CONTEXT_MISSING': 'RUNTIME_ERROR',
    }
    with override_settings(XRAY_RECORDER=override):
        assert global_recorder.service == 'overridden'
        assert (global_recorder.stream_sql, global_recorder.sampling) == (False, True)
        assert (global_recorder.max_trace_back, global_recorder.streaming_threshold) == (3, 7)
        assert global_recorder.dynamic_naming.get_name('shop.example') == 'shop.example'
        assert global_recorder.context.context_missing == 'RUNTIME_ERROR'
    assert global_recorder.service == 'traced-site'
    assert (global_recorder.stream_sql, global_recorder.sampling) == before[1:]
    assert (global_recorder.max_trace_back, global_recorder.streaming_threshold) == (10, 30)
    assert global_recorder.dynamic_naming is None
    assert global_recorder.context.context_missing == 'LOG_ERROR'


@pytest.mark.improvement('D20')
def test_the_environment_beats_overridden_settings(global_recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AWS_XRAY_TRACING_NAME', 'from-environment')
    with override_settings(XRAY_RECORDER={'AWS_XRAY_TRACING_NAME': 'overridden', 'SAMPLING': False}):
        assert global_recorder.service == 'from-environment'
    monkeypatch.delenv('AWS_XRAY_TRACING_NAME')
    with override_settings(XRAY_RECORDER={'AWS_XRAY_TRACING_NAME': 'traced-site', 'SAMPLING': False}):
        assert global_recorder.service == 'traced-site'
