"""Whatever goes wrong inside the SDK, the application does not notice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.template import Context, Template
from django.test import AsyncClient, Client
from traced_site.models import Book

from aws_xray_sdk.core import xray_recorder
from support.daemon import FakeDaemon
from support.doubles import FailingEmitter

_PATHS = ['/plain/', '/shelf/', '/stream/', '/async_shelf/', '/async_stream/', '/missing/']


class Failure(Exception):
    """Something inside the SDK failed."""


def _fail(*args: Any, **kwargs: Any) -> Any:
    raise Failure


class _FailingObject:
    """Fails whatever is done with it."""

    def __getattr__(self, name: str) -> Any:
        raise Failure


def _status_and_body(client: Client, path: str) -> 'tuple[int, bytes]':
    response = client.get(path)
    return response.status_code, b''.join(response.streaming_content) if response.streaming else response.content


def _break_emitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray_recorder, 'emitter', FailingEmitter())


def _break_sampler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray_recorder, 'sampling', True)
    monkeypatch.setattr(xray_recorder, 'sampler', _FailingObject())


def _break_naming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray_recorder, 'dynamic_naming', _FailingObject())


def _break_streaming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray_recorder, 'streaming', _FailingObject())


def _break_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xray_recorder, 'context', _FailingObject())


_BREAKS = [_break_emitter, _break_sampler, _break_naming, _break_streaming, _break_context]


@pytest.mark.improvement('row 16: the application fails with the SDK')
@pytest.mark.parametrize('path', _PATHS)
@pytest.mark.parametrize('break_it', _BREAKS, ids=lambda break_it: break_it.__name__.strip('_'))
def test_the_application_answers_whatever_part_fails(
    client: Client, lenient_daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch, path: str, break_it: Any
) -> None:
    status, body = _status_and_body(client, path)
    monkeypatch.setattr(xray_recorder, 'service', 'test')
    break_it(monkeypatch)
    if 'stream' in path:
        # The body tells which segment it saw, and in a broken SDK it may see none.
        assert _status_and_body(client, '/plain/') == (200, b'plain')
        assert client.get(path).status_code == status
    else:
        assert _status_and_body(client, path) == (status, body)


@pytest.mark.improvement('row 16: the application fails with the SDK')
@pytest.mark.parametrize('break_it', _BREAKS, ids=lambda break_it: break_it.__name__.strip('_'))
def test_queries_and_templates_work_whatever_part_fails(
    global_recorder: Any, monkeypatch: pytest.MonkeyPatch, break_it: Any
) -> None:
    count = Book.objects.count()
    segment = global_recorder.begin_segment('web')
    break_it(monkeypatch)
    assert Book.objects.count() == count
    assert Template('{{ book }}').render(Context({'book': 'Dune'})) == 'Dune'
    monkeypatch.undo()
    global_recorder.clear_trace_entities()
    assert segment is not None
