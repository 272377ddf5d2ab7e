"""Doubles as users of the SDK write them: subclasses in plain Python that rely on documented names only.

They stand for test doubles found in the wild (mocks of X-Ray in test libraries, in-house wrappers), so they keep to the
ways those are built: an ``__init__`` that does not call its parent's, extra attributes, overridden hooks.
"""

from __future__ import annotations

import threading
from typing import Any, Dict, List

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from aws_xray_sdk.core.streaming.default_streaming import DefaultStreaming


class MemoryEmitter(UDPEmitter):
    """Keeps the entities instead of sending them, and says from which thread each came."""

    def __init__(self) -> None:
        self.entities: List[Any] = []
        self.threads: List[int] = []

    def send_entity(self, entity: Any) -> None:
        """Keeps the live entity."""
        self.entities.append(entity)
        self.threads.append(threading.get_ident())

    def set_daemon_address(self, address: str) -> None:
        """Nothing to resolve."""

    @property
    def documents(self) -> List[Dict[str, Any]]:
        """What the entities would have been sent as."""
        return [entity.to_dict() for entity in self.entities]


class FailingEmitter(UDPEmitter):
    """Raises on every entity."""

    def __init__(self) -> None:
        self.attempts = 0

    def send_entity(self, entity: Any) -> None:
        """Counts and raises."""
        self.attempts += 1
        raise ConnectionError('no route')


class CountingSampler(DefaultSampler):
    """Samples every second request and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: List[Any] = []

    def start(self) -> None:
        """Nothing to poll."""

    def should_trace(self, sampling_req: Any = None) -> Any:
        """Every second one, beginning with the first."""
        self.requests.append(sampling_req)
        return len(self.requests) % 2 == 1


class StubSampler:
    """A duck type: not a subclass of anything."""

    def __init__(self, decision: Any) -> None:
        self.decision = decision
        self.requests: List[Any] = []

    def should_trace(self, sampling_req: Any = None) -> Any:
        """The decision given."""
        self.requests.append(sampling_req)
        return self.decision


class DictionaryContext(Context):
    """Keeps the entities of the process in one place, as single-threaded scripts do."""

    def __init__(self) -> None:
        super().__init__(context_missing='RUNTIME_ERROR')
        self.puts: List[Any] = []
        self.ends: List[Any] = []

    def put_segment(self, segment: Any) -> None:
        """Notes the segment."""
        self.puts.append(segment)
        super().put_segment(segment)

    def put_subsegment(self, subsegment: Any) -> None:
        """Notes the subsegment."""
        self.puts.append(subsegment)
        super().put_subsegment(subsegment)

    def end_segment(self, end_time: Any = None) -> None:
        """Notes the segment that ends."""
        self.ends.append(self.get_trace_entity())
        super().end_segment(end_time)

    def end_subsegment(self, end_time: Any = None) -> bool:
        """Notes the subsegment that ends."""
        self.ends.append(self.get_trace_entity())
        return super().end_subsegment(end_time)


class ListContext:
    """A duck type with the seven methods and one property that a recorder calls."""

    def __init__(self) -> None:
        self.context_missing = 'LOG_ERROR'
        self.entities: List[Any] = []

    def put_segment(self, segment: Any) -> None:
        """Replaces what was there."""
        self.entities = [segment]

    def end_segment(self, end_time: Any = None) -> None:
        """Closes the segment."""
        self.entities[0].close(end_time)

    def put_subsegment(self, subsegment: Any) -> None:
        """Adds below the innermost entity."""
        self.entities[-1].add_subsegment(subsegment)
        self.entities.append(subsegment)

    def end_subsegment(self, end_time: Any = None) -> bool:
        """Closes the innermost subsegment."""
        if len(self.entities) < 2:
            return False
        self.entities.pop().close(end_time)
        return True

    def get_trace_entity(self) -> Any:
        """The innermost entity."""
        return self.entities[-1] if self.entities else None

    def set_trace_entity(self, trace_entity: Any) -> None:
        """Replaces what was there."""
        self.entities = [trace_entity]

    def clear_trace_entities(self) -> None:
        """Forgets everything."""
        self.entities = []

    def handle_context_missing(self) -> None:
        """Nothing to do."""


class EagerStreaming(DefaultStreaming):
    """Streams everything that is closed, at once."""

    def __init__(self) -> None:
        super().__init__(streaming_threshold=0)
        self.asked: List[Any] = []

    def is_eligible(self, segment: Any) -> bool:
        """Always, for a sampled segment."""
        self.asked.append(segment)
        return bool(segment and segment.sampled)


class NeverStreaming:
    """A duck type that never streams."""

    def __init__(self) -> None:
        self.streaming_threshold = 0

    def is_eligible(self, segment: Any) -> bool:
        """Never."""
        return False

    def stream(self, entity: Any, callback: Any) -> None:
        """Never called."""
        raise AssertionError('stream() was called though is_eligible() said no')


class FixedNaming:
    """Names every segment by its host, upper-cased."""

    def get_name(self, host_name: str) -> str:
        """The name."""
        return host_name.upper()
