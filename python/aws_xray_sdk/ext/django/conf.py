"""The settings under ``XRAY_RECORDER``.

Precedence, strongest first: the environment variable of the same name (for the names in
:data:`SUPPORTED_ENV_VARS`), ``settings.XRAY_RECORDER``, the default in :data:`DEFAULTS`.
"""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Optional

from django.conf import settings as django_settings
from django.core.signals import setting_changed

XRAY_NAMESPACE = "XRAY_RECORDER"

DEFAULTS: Dict[str, Any] = {
    # host:port of the daemon
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    # whether database queries and template rendering become subsegments
    "AUTO_INSTRUMENT": True,
    # RUNTIME_ERROR, LOG_ERROR, LOG_WARNING or IGNORE_ERROR
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    # names of the plugins that describe the machine
    "PLUGINS": (),
    # whether sampling chooses which requests are recorded; False records every one
    "SAMPLING": True,
    # a dict, or the path of a JSON file
    "SAMPLING_RULES": None,
    # an object with should_trace()
    "SAMPLER": None,
    # the name of request segments; required, here or in the environment
    "AWS_XRAY_TRACING_NAME": None,
    # the pattern host names should match to become the name of their segments
    "DYNAMIC_NAMING": None,
    # number of subsegments above which ended ones are sent ahead of their segment; None is the recorder's default
    "STREAMING_THRESHOLD": None,
    # number of stack frames to keep of an exception; None is the recorder's default
    "MAX_TRACE_BACK": None,
    # whether subsegments of queries carry the SQL text, its literals replaced by ?
    "STREAM_SQL": True,
    # whether queries and templates outside a request follow AWS_XRAY_CONTEXT_MISSING, too, instead of just going on
    "STRICT_INSTRUMENTATION": False,
    # libraries, and modules of the application, to patch at start-up
    "PATCH_MODULES": [],
    # name of a segment to record what happens while patching; None for no such segment
    "AUTO_PATCH_PARENT_SEGMENT_NAME": None,
    # regular expressions; modules of the application that match one are not patched
    "IGNORE_MODULE_PATTERNS": [],
    # when to repeat the http data of a request as annotations: NONE, LAMBDA (in AWS Lambda alone) or ALL
    "URLS_AS_ANNOTATION": "LAMBDA",
}

SUPPORTED_ENV_VARS = (
    "AWS_XRAY_DAEMON_ADDRESS",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_TRACING_NAME",
)


class XRaySettings:
    """
    Settings as attributes. What the environment may say is read afresh each time, the rest is kept until
    :func:`reload_settings` is told of a change.

    :param user_settings: what to use in place of ``settings.XRAY_RECORDER``.
    """

    def __init__(self, user_settings: Optional[Mapping[str, Any]] = None) -> None:
        self.defaults = DEFAULTS
        self._user_settings = user_settings

    @property
    def user_settings(self) -> Mapping[str, Any]:
        """What the project's settings say, an empty mapping when they say nothing."""
        if self._user_settings is not None:
            return self._user_settings
        return getattr(django_settings, XRAY_NAMESPACE, None) or {}

    def __getattr__(self, attr: str) -> Any:
        if attr not in DEFAULTS:
            raise AttributeError(f"{XRAY_NAMESPACE} has no setting {attr!r}, only {', '.join(DEFAULTS)}")
        if attr in SUPPORTED_ENV_VARS:
            value = os.environ.get(attr)
            if value:
                return value
        value = self.user_settings.get(attr)
        if value is None:
            value = DEFAULTS[attr]
        if attr not in SUPPORTED_ENV_VARS:
            # From now on found as an attribute: requests ask for settings too.
            self.__dict__[attr] = value
        return value

    def forget(self) -> None:
        """Read everything afresh."""
        for attr in DEFAULTS:
            self.__dict__.pop(attr, None)


#: The settings in force. The object stays the same when they change, so it may be kept.
settings = XRaySettings()


def reload_settings(*, setting: str, **kwargs: Any) -> None:
    """
    Let the recorder follow a change of ``XRAY_RECORDER`` by ``override_settings``.

    :param setting: the name of the Django setting that changed.
    """
    if setting == XRAY_NAMESPACE:
        settings.forget()
        from .apps import configure_recorder

        configure_recorder()


setting_changed.connect(reload_settings, dispatch_uid="aws_xray_sdk.ext.django")
