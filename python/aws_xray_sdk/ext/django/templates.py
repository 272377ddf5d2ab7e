"""Template rendering of Django as subsegments, with the Django and the Jinja2 backend."""

from __future__ import annotations

import functools
import importlib
import logging
import sys
from typing import Any, Callable

from django.conf import settings
from django.template import Template

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_quietly, end_query
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException

log = logging.getLogger(__name__)

_PATCHED = "_xray_patched"
_UNNAMED = "template_render"


def patch_template() -> None:
    """Make the rendering of every template a subsegment; a further call changes nothing."""
    _patch(Template, _name_of_django_template)
    for engine in settings.TEMPLATES:
        importlib.import_module(engine["BACKEND"].rpartition(".")[0])
    # Only a project that uses Jinja2 has it loaded now.
    jinja2 = sys.modules.get("django.template.backends.jinja2")
    if jinja2 is not None:
        _patch(jinja2.Template, _name_of_jinja2_template)


def _patch(template_class: Any, name_of: Callable[[Any, Any], Any]) -> None:
    if _PATCHED in template_class.__dict__:
        log.debug("%s is traced already", template_class)
        return
    original = template_class.render

    @functools.wraps(original)
    def render(self: Any, context: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            subsegment = begin_quietly(xray_recorder, name_of(self, context))
        except SegmentNotFoundException:
            raise
        except Exception:
            log.debug("a template is not traced", exc_info=True)
            subsegment = None
        if subsegment is None:
            return original(self, context, *args, **kwargs)
        try:
            # A call with stars costs more than one without.
            text = original(self, context, *args, **kwargs) if args or kwargs else original(self, context)
        except BaseException as error:
            end_query(xray_recorder, subsegment, error)
            raise
        end_query(xray_recorder, subsegment)
        return text

    template_class.render = render
    setattr(template_class, _PATCHED, True)


def _name_of_django_template(template: Any, context: Any) -> str:
    name = template.name or getattr(context, "template_name", None) or _UNNAMED
    # str() leaves a SafeString what it is, but a name is plain text.
    return str.__str__(name) if isinstance(name, str) else str(name)


def _name_of_jinja2_template(template: Any, context: Any) -> str:
    return template.template.name or _UNNAMED
