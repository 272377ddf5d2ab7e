"""Rendering of Bottle's own templates as subsegments."""

from __future__ import annotations

from bottle import SimpleTemplate

from aws_xray_sdk.core._request import begin_quietly, end_query

from .._wrapping import wrap_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

DEFAULT_NAME = "template_render"

# Templates know no application, so every recorder sees all of them.
_recorders: List[Any] = []


def patch_templates(recorder: Any) -> None:
    """Record rendering inside an open segment; a further call with a recorder changes nothing."""
    if not any(known is recorder for known in _recorders):
        _recorders.append(recorder)
    wrap_method(SimpleTemplate, "render", _render)


def _render(original: Callable[..., str]) -> Callable[..., str]:
    def render(self: SimpleTemplate, *args: Any, **kwargs: Any) -> str:
        name = self.filename or DEFAULT_NAME
        open_subsegments = [
            (recorder, subsegment)
            for recorder in _recorders
            for subsegment in (begin_quietly(recorder, name),)
            if subsegment is not None
        ]
        try:
            text = original(self, *args, **kwargs)
        except BaseException as error:
            for recorder, subsegment in open_subsegments:
                end_query(recorder, subsegment, error)
            raise
        for recorder, subsegment in open_subsegments:
            end_query(recorder, subsegment)
        return text

    return render
