"""The Django application: sets up the recorder from the settings and instruments Django when it starts."""

from __future__ import annotations

import logging
from typing import Any, Callable, Dict

from django.apps import AppConfig

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import patch, patcher, xray_recorder
from aws_xray_sdk.core.exceptions.exceptions import SegmentNameMissingException

from .conf import DEFAULTS, XRAY_NAMESPACE, settings
from .db import patch_db
from .templates import patch_template

log = logging.getLogger(__name__)

# Arguments of ``configure()`` and the settings they come from.
_SETTING_OF_ARGUMENT = {
    "daemon_address": "AWS_XRAY_DAEMON_ADDRESS",
    "sampling": "SAMPLING",
    "sampling_rules": "SAMPLING_RULES",
    "sampler": "SAMPLER",
    "context_missing": "AWS_XRAY_CONTEXT_MISSING",
    "plugins": "PLUGINS",
    "service": "AWS_XRAY_TRACING_NAME",
    "dynamic_naming": "DYNAMIC_NAMING",
    "streaming_threshold": "STREAMING_THRESHOLD",
    "max_trace_back": "MAX_TRACE_BACK",
    "stream_sql": "STREAM_SQL",
    "strict_instrumentation": "STRICT_INSTRUMENTATION",
}

# What the recorder was given last; empty until the application is ready.
_applied: Dict[str, Any] = {}


class XRayConfig(AppConfig):
    """The entry for ``INSTALLED_APPS``, which finds it under ``aws_xray_sdk.ext.django``."""

    name = "aws_xray_sdk.ext.django"

    def ready(self) -> None:
        """
        Configure the recorder and instrument Django; a further call changes nothing.

        :raises SegmentNameMissingException: no name is set for request segments.
        """
        if not global_sdk_config.sdk_enabled():
            return
        if not settings.AWS_XRAY_TRACING_NAME:
            raise SegmentNameMissingException(
                "the name of request segments is missing: set the environment variable AWS_XRAY_TRACING_NAME, or "
                f"{XRAY_NAMESPACE} = {{'AWS_XRAY_TRACING_NAME': '<name of the service>'}} in the Django settings"
            )
        _warn_about_unknown_settings()
        if _applied:
            configure_recorder()
        else:
            _apply(_arguments())
        _patch_modules()
        if settings.AUTO_INSTRUMENT:
            _instrument(patch_db, "database queries")
            _instrument(patch_template, "templates")


def configure_recorder() -> None:
    """Bring the recorder in line with settings that changed since the application became ready."""
    if not _applied:
        return
    wanted = _arguments()
    _apply({name: value for name, value in wanted.items() if value != _applied[name]})


def _arguments() -> Dict[str, Any]:
    return {name: getattr(settings, setting) for name, setting in _SETTING_OF_ARGUMENT.items()}


def _apply(arguments: Dict[str, Any]) -> None:
    for name, value in arguments.items():
        if value is None and name in _applied:
            # configure() takes None as "leave it", here it means "no longer set".
            _RESET[name]()
    xray_recorder.configure(**arguments)
    _applied.update(arguments)


def _reset_sampler() -> None:
    from aws_xray_sdk.core.sampling.sampler import DefaultSampler

    xray_recorder.sampler = DefaultSampler()


def _reset_naming() -> None:
    xray_recorder.dynamic_naming = None


def _reset_streaming_threshold() -> None:
    xray_recorder.streaming_threshold = 30


def _reset_trace_back() -> None:
    xray_recorder.max_trace_back = 10


def _keep_name() -> None:
    log.warning("AWS_XRAY_TRACING_NAME is no longer set, request segments keep the name they had")


_RESET: Dict[str, Callable[[], None]] = {
    "sampling_rules": _reset_sampler,
    "sampler": _reset_sampler,
    "service": _keep_name,
    "dynamic_naming": _reset_naming,
    "streaming_threshold": _reset_streaming_threshold,
    "max_trace_back": _reset_trace_back,
}


def _warn_about_unknown_settings() -> None:
    unknown = sorted(set(settings.user_settings) - set(DEFAULTS))
    if unknown:
        log.warning(
            "%s: ignoring %s, which is none of %s", XRAY_NAMESPACE, ", ".join(map(repr, unknown)), ", ".join(DEFAULTS)
        )


def _patch_modules() -> None:
    if patcher._PATCHED_MODULES.issuperset(settings.PATCH_MODULES):
        return
    parent = settings.AUTO_PATCH_PARENT_SEGMENT_NAME
    if parent is None:
        patch(settings.PATCH_MODULES, ignore_module_patterns=settings.IGNORE_MODULE_PATTERNS)
        return
    with xray_recorder.in_segment(parent):
        patch(settings.PATCH_MODULES, ignore_module_patterns=settings.IGNORE_MODULE_PATTERNS)


def _instrument(patch_it: Callable[[], None], what: str) -> None:
    try:
        patch_it()
    except Exception:
        log.warning("%s will not be traced: instrumenting Django failed", what, exc_info=True)
