"""The recorder: what applications use to record segments and subsegments."""

from __future__ import annotations

import os
import sys

from aws_xray_sdk import _engine
from aws_xray_sdk import global_sdk_config as global_sdk_config
from aws_xray_sdk._engine import DummySegment as DummySegment
from aws_xray_sdk._engine import DummySubsegment as DummySubsegment
from aws_xray_sdk._engine import Segment as Segment
from aws_xray_sdk._engine import Subsegment as Subsegment
from aws_xray_sdk.version import VERSION

from ._noticing import NoticesMethods
from .context import Context
from .daemon_config import DaemonConfig
from .emitters.udp_emitter import UDPEmitter
from .exceptions.exceptions import SegmentNameMissingException as SegmentNameMissingException
from .exceptions.exceptions import SegmentNotFoundException as SegmentNotFoundException
from .lambda_launcher import check_in_lambda
from .models.default_dynamic_naming import DefaultDynamicNaming
from .models.segment import SegmentContextManager
from .models.subsegment import SubsegmentContextManager
from .sampling.local.sampler import LocalSampler
from .sampling.sampler import DefaultSampler
from .streaming.default_streaming import DefaultStreaming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Callable

TRACING_NAME_KEY = "AWS_XRAY_TRACING_NAME"
DAEMON_ADDR_KEY = "AWS_XRAY_DAEMON_ADDRESS"
CONTEXT_MISSING_KEY = "AWS_XRAY_CONTEXT_MISSING"

#: The SDK's name stays what documents of Python services have always carried.
XRAY_META = {"xray": {"sdk": "X-Ray for Python", "sdk_version": VERSION}}

_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}

SERVICE_INFO = {
    "runtime": _IMPLEMENTATIONS.get(sys.implementation.name, sys.implementation.name),
    "runtime_version": sys.version.split()[0],
}


class _Part:
    """
    A part that the engine keeps, as an attribute that can also be deleted: mocks
    take what they have put in place off again before they put the original back.
    """

    def __init__(self, kept: Any) -> None:
        self._kept = kept

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, recorder: Any, owner: type | None = None) -> Any:
        if recorder is None:
            return self
        if self._name in recorder._deleted_parts:
            raise AttributeError("%r was deleted" % self._name)
        return self._kept.__get__(recorder, owner)

    def __set__(self, recorder: Any, value: Any) -> None:
        if recorder._deleted_parts:
            recorder._deleted_parts -= {self._name}
        self._kept.__set__(recorder, value)

    def __delete__(self, recorder: Any) -> None:
        recorder._deleted_parts |= {self._name}


class AWSXRayRecorder(NoticesMethods, _engine.Recorder):
    """
    Begins and ends segments and subsegments, keeps track of the current one,
    and sends what is complete.

    Applications use the one made for them::

        from aws_xray_sdk.core import xray_recorder

    Settings come from the environment first, then from :meth:`configure`,
    then from defaults.
    """

    # Tools that stand in for parts of the recorder assign these directly.
    _context = _Part(_engine.Recorder.context)
    _emitter = _Part(_engine.Recorder.emitter)
    _streaming = _Part(_engine.Recorder.streaming)
    _sampling = _Part(_engine.Recorder.sampling)
    _aws_metadata = _Part(_engine.Recorder.aws_metadata)
    _origin = _Part(_engine.Recorder.origin)
    _service = _Part(_engine.Recorder.service)
    _stream_sql = _Part(_engine.Recorder.stream_sql)
    _deleted_parts: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.streaming = DefaultStreaming()
        self._sampler: Any
        lambda_context = check_in_lambda()
        if lambda_context:
            self.context = lambda_context
            self.streaming_threshold = 0
            self._sampler = LocalSampler()
        else:
            self.context = Context()
            self._sampler = DefaultSampler()
        self._daemon_address: str | None = None
        self.emitter = UDPEmitter()
        self.sampling = True
        self._max_trace_back = 10
        self._plugins: tuple[str, ...] | None = None
        self.service = os.getenv(TRACING_NAME_KEY)
        self._dynamic_naming: Any = None
        self._set_service_info(SERVICE_INFO)
        self._aws_metadata = _fresh_metadata()
        self._origin = None
        self._enabled = True
        self._tell_sampler()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "begin_subsegment" in cls.__dict__ and "in_subsegment" not in cls.__dict__:
            # It may take arguments of its own.
            cls.in_subsegment = _in_subsegment  # type: ignore[assignment]

    def configure(
        self,
        sampling: bool | None = None,
        plugins: Iterable[str] | None = None,
        context_missing: str | None = None,
        sampling_rules: str | Mapping[str, Any] | None = None,
        daemon_address: str | None = None,
        service: str | None = None,
        context: Any = None,
        emitter: Any = None,
        streaming: Any = None,
        dynamic_naming: Any = None,
        streaming_threshold: int | None = None,
        max_trace_back: int | None = None,
        sampler: Any = None,
        stream_sql: bool | None = None,
        strict_instrumentation: bool | None = None,
    ) -> None:
        """
        Change the settings that are given; all others stay as they are.

        :param sampling: False records every request. Decisions that come with
            a request are followed either way.
        :param plugins: names of plugins that describe the machine
            (``EC2Plugin``, ``ECSPlugin``, ``ElasticBeanstalkPlugin``); an
            empty tuple takes earlier ones back.
        :param context_missing: what happens when something is recorded while
            no segment is open: ``RUNTIME_ERROR``, ``LOG_ERROR`` (default),
            ``LOG_WARNING`` or ``IGNORE_ERROR``. The environment variable
            ``AWS_XRAY_CONTEXT_MISSING`` wins.
        :param sampling_rules: local sampling rules, as a dict or as the path
            of a JSON file; used where the central rules are not available.
        :param daemon_address: ``host:port`` or ``tcp:host:port udp:host:port``.
            ``AWS_XRAY_DAEMON_ADDRESS`` wins; default ``127.0.0.1:2000``.
        :param service: name of segments that are begun without one.
            ``AWS_XRAY_TRACING_NAME`` wins.
        :param context: keeps what is current; see
            :class:`~aws_xray_sdk.core.context.Context`.
        :param emitter: takes documents away; see
            :class:`~aws_xray_sdk.core.emitters.udp_emitter.UDPEmitter`.
        :param streaming: decides when ended subsegments leave before their
            segment; see
            :class:`~aws_xray_sdk.core.streaming.default_streaming.DefaultStreaming`.
        :param dynamic_naming: a pattern with ``*`` and ``?``; requests whose
            host matches it give their segment the host's name. Or an object
            with a ``get_name(host_name)`` method.
        :param streaming_threshold: subsegments a segment may hold before it
            streams; default 30.
        :param max_trace_back: frames recorded of an exception; default 10.
        :param sampler: decides which requests are recorded.
        :param stream_sql: False keeps the text of SQL statements out.
        :param strict_instrumentation: True lets ``context_missing`` decide
            about queries, templates and HTTP calls of instrumented libraries
            outside a segment, too; by default they just go on.
        :raises InvalidDaemonAddressException: for an address that is none.
        :raises InvalidSamplingManifestError: for rules that are none.
        """
        given = {
            "context": context,
            "emitter": emitter,
            "sampler": sampler,
            "streaming": streaming,
            # These belong to the parts above.
            "sampling": sampling,
            "streaming_threshold": streaming_threshold,
            "stream_sql": stream_sql,
            "strict_instrumentation": strict_instrumentation,
        }
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if max_trace_back is not None and type(max_trace_back) is int and max_trace_back >= 0:
            self.max_trace_back = max_trace_back
        if context_missing:
            self.context.context_missing = os.getenv(CONTEXT_MISSING_KEY, context_missing)
        if daemon_address:
            self._daemon_address = os.getenv(DAEMON_ADDR_KEY, daemon_address)
            self.emitter.set_daemon_address(self._daemon_address)
        if service:
            self.service = os.getenv(TRACING_NAME_KEY, service)
        if dynamic_naming:
            self.dynamic_naming = dynamic_naming
        if sampling_rules:
            self._load_sampling_rules(sampling_rules)
        if plugins is not None:
            self._load_plugins(tuple(plugins))
        self._tell_sampler()

    def in_segment(self, name: str | None = None, **segment_kwargs: Any) -> SegmentContextManager:
        """
        Open a segment around a block of code.

        :param name: its name; the configured service, if left out.
        :param segment_kwargs: further arguments of :meth:`begin_segment`.
        """
        return SegmentContextManager(self, name=name, **segment_kwargs)

    def capture(self, name: str | None = None) -> SubsegmentContextManager:
        """
        Open a subsegment around each call of a function. Generators and
        coroutine functions are recorded from their first step to their last.

        :param name: the subsegment's name; the function's, if left out.
        """
        return self.in_subsegment(name=name)

    def record_subsegment(
        self,
        wrapped: Callable[..., Any],
        instance: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        name: str,
        namespace: str,
        meta_processor: Callable[..., None] | None,
    ) -> Any:
        """
        Call a function inside a subsegment, for patches of libraries.

        :param meta_processor: called when the function is done, with the
            keywords wrapped, instance, args, kwargs, return_value, exception,
            subsegment and stack; records the exception if there is one. Without
            it, the exception is recorded as it is.
        """
        from ._capture import Recording

        recording = Recording(self, wrapped, instance, args, kwargs, name, namespace, meta_processor)
        with recording:
            recording.return_value = wrapped(*args, **kwargs)
        return recording.return_value

    def _load_sampling_rules(self, sampling_rules: str | Mapping[str, Any]) -> None:
        if not sampling_rules:
            return
        if isinstance(sampling_rules, dict):
            self.sampler.load_local_rules(sampling_rules)
            return
        import json

        with open(sampling_rules, encoding="utf-8") as file:  # type: ignore[arg-type]
            text = file.read()
        try:
            rules = json.loads(text)
        except ValueError as error:
            from .exceptions.exceptions import InvalidSamplingManifestError

            raise InvalidSamplingManifestError(
                "the sampling rules in %s are not JSON: %s" % (sampling_rules, error)
            ) from error
        self.sampler.load_local_rules(rules)

    def _load_plugins(self, plugins: tuple[str, ...]) -> None:
        if not plugins:
            self._aws_metadata = _fresh_metadata()
            self._origin = None
            return
        from .plugins.utils import get_plugin_modules

        metadata = dict(self._aws_metadata)
        for plugin in get_plugin_modules(plugins):
            plugin.initialize()
            if plugin.runtime_context:
                metadata[plugin.SERVICE_NAME] = plugin.runtime_context
                self._origin = plugin.ORIGIN
        self._aws_metadata = metadata

    def _tell_sampler(self) -> None:
        """Let the sampler know where to ask for rules and what runs here."""
        if type(self.sampler).__name__ == "DefaultSampler":
            self.sampler.load_settings(DaemonConfig(self._daemon_address), self.context, self._origin)

    @property
    def enabled(self) -> bool:
        """Kept for programs that set it; ``global_sdk_config`` is the switch."""
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._enabled = value

    @property
    def sampler(self) -> Any:
        """Decides which requests are recorded."""
        return self._sampler

    @sampler.setter
    def sampler(self, value: Any) -> None:
        self._sampler = value

    @property
    def dynamic_naming(self) -> Any:
        """Names segments after the host a request was sent to."""
        return self._dynamic_naming

    @dynamic_naming.setter
    def dynamic_naming(self, value: Any) -> None:
        if isinstance(value, str):
            value = DefaultDynamicNaming(value, self.service)
        self._dynamic_naming = value

    @property
    def streaming_threshold(self) -> int:
        """Subsegments a segment may hold before it streams."""
        threshold: int = self.streaming.streaming_threshold
        return threshold

    @streaming_threshold.setter
    def streaming_threshold(self, value: int) -> None:
        self.streaming.streaming_threshold = value

    @property
    def max_trace_back(self) -> int:
        """Frames recorded of an exception."""
        return self._max_trace_back

    @max_trace_back.setter
    def max_trace_back(self, value: int) -> None:
        self._max_trace_back = value


def _in_subsegment(
    recorder: AWSXRayRecorder, name: str | None = None, **subsegment_kwargs: Any
) -> SubsegmentContextManager:
    """
    Open a subsegment around a block of code or a function.

    :param subsegment_kwargs: further arguments of :meth:`begin_subsegment`.
    """
    return SubsegmentContextManager(recorder, name, **subsegment_kwargs)


def _fresh_metadata() -> dict[str, Any]:
    return {key: dict(value) for key, value in XRAY_META.items()}
