"""Switching the SDK off and on, from code and from the environment."""

from __future__ import annotations

import logging

import pytest

import aws_xray_sdk
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.sdk_config import SDKConfig

KEY = 'AWS_XRAY_SDK_ENABLED'


def test_names():
    assert global_sdk_config.XRAY_ENABLED_KEY == KEY
    assert global_sdk_config.DISABLED_ENTITY_NAME == 'dummy'
    assert isinstance(global_sdk_config, SDKConfig)
    assert aws_xray_sdk.global_sdk_config is global_sdk_config


def test_enabled_by_default():
    assert global_sdk_config.sdk_enabled() is True


@pytest.mark.parametrize('value', [False, True])
def test_code_decides_without_the_environment(value):
    global_sdk_config.set_sdk_enabled(value)
    assert global_sdk_config.sdk_enabled() is value
    assert SDKConfig.sdk_enabled() is value


@pytest.mark.parametrize('value', [None, 1, 'false', []])
def test_anything_but_a_boolean_means_enabled(value, caplog):
    global_sdk_config.set_sdk_enabled(False)
    with caplog.at_level(logging.WARNING):
        global_sdk_config.set_sdk_enabled(value)
    assert global_sdk_config.sdk_enabled() is True
    assert [record.levelname for record in caplog.records] == ['WARNING']


@pytest.mark.parametrize('text', ['false', 'False', 'FALSE', 'f', 'n', 'no', 'off', '0'])
def test_the_environment_disables(monkeypatch, text):
    monkeypatch.setenv(KEY, text)
    global_sdk_config.set_sdk_enabled(True)
    assert global_sdk_config.sdk_enabled() is False


@pytest.mark.parametrize('text', ['true', 'True', 't', 'y', 'yes', 'on', '1'])
def test_the_environment_enables(monkeypatch, text):
    monkeypatch.setenv(KEY, text)
    global_sdk_config.set_sdk_enabled(False)
    assert global_sdk_config.sdk_enabled() is True


@pytest.mark.parametrize('text', ['1.0', '2', 'maybe', 'Tru', ''])
def test_an_unknown_word_means_enabled_and_beats_the_code(monkeypatch, text, caplog):
    monkeypatch.setenv(KEY, text)
    with caplog.at_level(logging.WARNING):
        global_sdk_config.set_sdk_enabled(False)
    assert global_sdk_config.sdk_enabled() is True
    assert caplog.records


def test_switching_while_running(recorder, daemon):
    with recorder.in_segment('first'):
        pass
    global_sdk_config.set_sdk_enabled(False)
    with recorder.in_segment('second'):
        pass
    global_sdk_config.set_sdk_enabled(True)
    with recorder.in_segment('third'):
        pass
    assert [trace.name for trace in daemon.traces()] == ['first', 'third']


def test_the_environment_is_read_when_the_program_starts(run_program):
    run_program(
        """
        from aws_xray_sdk import global_sdk_config
        from aws_xray_sdk.core import patch_all, xray_recorder

        assert not global_sdk_config.sdk_enabled()
        with xray_recorder.in_segment('web') as segment:
            assert not segment.sampled
        patch_all()
        from aws_xray_sdk.core import patcher
        assert not patcher._PATCHED_MODULES
        """,
        AWS_XRAY_SDK_ENABLED='false',
    )
