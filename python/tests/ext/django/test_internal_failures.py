"""Whatever goes wrong inside the SDK, the application does not notice."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from traced_site.models import Book

from aws_xray_sdk.core import xray_recorder
from support.doubles import FailingEmitter

_PATHS = ['/plain/', '/shelf/', '/parts/', '/async_shelf/', '/async_parts/', '/missing/', '/broken/']
_WITH_SUBSEGMENTS = ['/shelf/', '/async_shelf/', '/missing/']


class Failure(Exception):
    """Something inside the SDK failed."""


class _FailingObject:
    """Fails whatever is done with it."""

    def __getattr__(self, name: str) -> Any:
        raise Failure


def _status_and_body(client: Client, path: str) -> 'tuple[int, bytes]':
    with warnings.catch_warnings():
        # Of Django, about an asynchronous body in a synchronous server.
        warnings.simplefilter('ignore')
        response = client.get(path)
        return response.status_code, b''.join(response)


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


def _improvement(path: str, break_it: Any) -> Any:
    # Where upstream answers all the same: the page is an error page anyway, or no subsegment ends in the request.
    harmless = path == '/broken/' or (break_it is _break_streaming and path not in _WITH_SUBSEGMENTS)
    marks = () if harmless else pytest.mark.improvement('row 16: the application fails with the SDK')
    return pytest.param(path, break_it, marks=marks, id=f'{break_it.__name__.strip("_")}-{path}')


@pytest.mark.parametrize('path, break_it', [_improvement(path, break_it) for path in _PATHS for break_it in _BREAKS])
def test_the_application_answers_whatever_part_fails(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, break_it: Any
) -> None:
    status, body = _status_and_body(client, path)
    with monkeypatch.context() as patch:
        break_it(patch)
        assert _status_and_body(client, path) == (status, body)


@pytest.mark.improvement('row 16: the application fails with the SDK')
@pytest.mark.parametrize('break_it', [_break_streaming, _break_context])
def test_queries_and_templates_work_whatever_part_fails(
    global_recorder: Any, monkeypatch: pytest.MonkeyPatch, break_it: Any
) -> None:
    count = Book.objects.count()
    global_recorder.begin_segment('web')
    with monkeypatch.context() as patch:
        break_it(patch)
        assert Book.objects.count() == count
        assert Template('{{ book }}').render(Context({'book': 'Dune'})) == 'Dune'
