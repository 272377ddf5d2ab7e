"""Whether the SDK records at all, for the whole process."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, ClassVar, List, Optional

_WORDS_FOR_ON = frozenset(("y", "yes", "t", "true", "on", "1"))
_WORDS_FOR_OFF = frozenset(("n", "no", "f", "false", "off", "0"))


class SDKConfig:
    """
    The process-wide switch. Disabled, the recorder hands out dummy entities,
    nothing is patched and nothing is sent.

    Precedence: the environment variable ``AWS_XRAY_SDK_ENABLED``, then
    :meth:`set_sdk_enabled`, then the default, which is enabled. A value of
    the variable that is no boolean word means enabled, with a warning.
    """

    XRAY_ENABLED_KEY = "AWS_XRAY_SDK_ENABLED"
    DISABLED_ENTITY_NAME = "dummy"

    _enabled: ClassVar[Optional[bool]] = None
    # Told about every change: the recorder keeps a copy of the flag natively,
    # and this module must stay importable without native code.
    _on_change: ClassVar[List[Callable[[bool], object]]] = []

    @classmethod
    def sdk_enabled(cls) -> bool:
        """Tell whether the SDK is enabled; the first call reads the environment."""
        if cls._enabled is None:
            return cls._store(cls._enabled_by_environment())
        return cls._enabled

    @classmethod
    def set_sdk_enabled(cls, value: bool) -> None:
        """
        Turn the SDK on or off, unless the environment variable decides.

        :param value: ``True`` or ``False``; anything else means ``True``,
            with a warning.
        """
        if cls.XRAY_ENABLED_KEY in os.environ:
            cls._store(cls._enabled_by_environment())
        elif isinstance(value, bool):
            cls._store(value)
        else:
            _warn("set_sdk_enabled(%r): expected True or False, the SDK stays enabled", value)
            cls._store(True)

    @classmethod
    def _enabled_by_environment(cls) -> bool:
        text = os.environ.get(cls.XRAY_ENABLED_KEY, "true")
        word = text.lower()
        if word in _WORDS_FOR_OFF:
            return False
        if word not in _WORDS_FOR_ON:
            _warn("%s=%r is neither true nor false, the SDK stays enabled", cls.XRAY_ENABLED_KEY, text)
        return True

    @classmethod
    def _store(cls, enabled: bool) -> bool:
        # Always on the base class: a subclass with a flag of its own would
        # disagree with the recorder.
        SDKConfig._enabled = enabled
        for tell in SDKConfig._on_change:
            tell(enabled)
        return enabled


def _warn(message: str, *arguments: object) -> None:
    # Loaded on demand: logging would be most of the time that importing the
    # core takes.
    import logging

    logging.getLogger(__name__).warning(message, *arguments)
