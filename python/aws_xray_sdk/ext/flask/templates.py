"""Template rendering as subsegments."""
from __future__ import annotations

import functools

import flask.templating
from flask import current_app
from jinja2 import Template

from aws_xray_sdk.core._request import has_open_entity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List

DEFAULT_NAME = "template_render"


def patch_templates() -> None:
    """Record rendering in every application that has the middleware, once."""
    templating: Any = flask.templating
    if not getattr(templating._render, "_xray_traced", False):
        templating._render = _traced(templating._render, _render)
        templating._stream = _traced(templating._stream, _stream)


def _traced(original: Callable[..., Any], record: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def traced(*arguments: Any, **keywords: Any) -> Any:
        recorders = [
            recorder
            for recorder in current_app.extensions.get("aws_xray_sdk", ())
            if has_open_entity(recorder)
        ]
        if not recorders:
            return original(*arguments, **keywords)
        return record(recorders, _name(arguments), original, arguments, keywords)

    traced._xray_traced = True  # type: ignore[attr-defined]
    return traced


def _name(arguments: Any) -> str:
    # Its place among the arguments has changed between versions of Flask.
    for argument in arguments:
        if isinstance(argument, Template):
            return argument.name or DEFAULT_NAME
    return DEFAULT_NAME


def _render(
    recorders: List[Any], name: str, original: Callable[..., Any], arguments: Any, keywords: Any
) -> Any:
    if len(recorders) == 1:
        with recorders[0].in_subsegment(name):
            return original(*arguments, **keywords)
    with recorders[0].in_subsegment(name):
        return _render(recorders[1:], name, original, arguments, keywords)


def _stream(
    recorders: List[Any], name: str, original: Callable[..., Any], arguments: Any, keywords: Any
) -> Iterator[str]:
    def pieces(stream: Iterator[str]) -> Iterator[str]:
        yield from stream

    for recorder in recorders:
        pieces = recorder.capture(name)(pieces)
    return pieces(original(*arguments, **keywords))
