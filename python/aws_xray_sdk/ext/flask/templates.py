"""Template rendering as subsegments."""

from __future__ import annotations

import functools

import flask.templating
from flask import current_app
from jinja2 import Template

from aws_xray_sdk.core._request import begin_quietly, end_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

EXTENSION_NAME = "aws_xray_sdk"
DEFAULT_NAME = "template_render"

_current_app = current_app._get_current_object  # type: ignore[attr-defined]


def patch_templates() -> None:
    """
    Record what the recorders of an application's middlewares can see of its
    rendering: a subsegment inside an open segment, nothing outside. Applies to
    every application of the process; calling it again changes nothing.
    """
    templating: Any = flask.templating
    if not getattr(templating._render, "_xray_traced", False):
        templating._render = _traced(templating._render, _render)
        templating._stream = _traced(templating._stream, _stream)


def _traced(original: Callable[..., Any], record: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def traced(*arguments: Any) -> Any:
        recorders = _current_app().extensions.get(EXTENSION_NAME, ())
        return record(recorders, original, arguments)

    traced._xray_traced = True  # type: ignore[attr-defined]
    return traced


def _name(arguments: Any) -> str:
    # Its place among the arguments has changed between versions of Flask.
    for argument in arguments:
        if isinstance(argument, Template):
            return argument.name or DEFAULT_NAME
    return DEFAULT_NAME


def _render(recorders: Sequence[Any], original: Callable[..., str], arguments: Any) -> str:
    if not recorders:
        return original(*arguments)
    recorder = recorders[0]
    subsegment = begin_quietly(recorder, _name(arguments))
    try:
        if len(recorders) > 1:
            text = _render(recorders[1:], original, arguments)
        else:
            text = original(*arguments)
    except BaseException as error:
        end_query(recorder, subsegment, error)
        raise
    end_query(recorder, subsegment)
    return text


def _stream(recorders: Sequence[Any], original: Callable[..., Iterator[str]], arguments: Any) -> Iterator[str]:
    def pieces(stream: Iterator[str]) -> Iterator[str]:
        yield from stream

    for recorder in recorders:
        if recorder.strict_instrumentation or recorder._peek() is not None:
            pieces = recorder.capture(_name(arguments))(pieces)
    return pieces(original(*arguments))
