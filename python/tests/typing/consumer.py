"""A program that uses the public surface, for ``mypy --strict`` to read; it is not meant to run."""

from __future__ import annotations

import asyncio
from typing import Any, AsyncIterator, Dict, Iterator, Optional

from typing_extensions import assert_type

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import AWSXRayRecorder, patch, patch_all, xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.exceptions.exceptions import AlreadyEndedException, SegmentNotFoundException
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.core.models.traceid import TraceId
from aws_xray_sdk.core.streaming.default_streaming import DefaultStreaming
from aws_xray_sdk.ext.util import construct_xray_header, inject_trace_header

assert_type(xray_recorder, AsyncAWSXRayRecorder)
recorder: AWSXRayRecorder = xray_recorder

recorder.configure(
    sampling=False,
    plugins=('EC2Plugin',),
    context_missing='LOG_WARNING',
    sampling_rules={'version': 2, 'default': {'fixed_target': 1, 'rate': 0.05}, 'rules': []},
    daemon_address='127.0.0.1:2000',
    service='shop',
    context=AsyncContext(),
    emitter=UDPEmitter(),
    streaming=DefaultStreaming(),
    dynamic_naming='*.example.com',
    streaming_threshold=30,
    max_trace_back=10,
    stream_sql=True,
)
patch(['sqlite3'])
patch_all(double_patch=True)
global_sdk_config.set_sdk_enabled(True)
assert_type(global_sdk_config.sdk_enabled(), bool)


@xray_recorder.capture('load')
def load(key: str, *, retries: int = 0) -> bytes:
    """Keeps its signature."""
    return key.encode() * retries


@xray_recorder.capture()
def produce(count: int) -> Iterator[int]:
    """A generator stays one."""
    yield from range(count)


@xray_recorder.capture_async('fetch')
async def fetch(key: str) -> Dict[str, int]:
    """A coroutine function stays one."""
    await asyncio.sleep(0)
    return {key: 1}


@xray_recorder.capture_async()
async def stream(count: int) -> AsyncIterator[str]:
    """An asynchronous generator stays one."""
    for number in range(count):
        yield str(number)


class Store:
    """Methods keep theirs too."""

    @xray_recorder.capture('find')
    def find(self, key: str) -> Optional[int]:
        """Finds."""
        return len(key)


class Collector(UDPEmitter):
    """An emitter of the user's."""

    def send_entity(self, entity: Any) -> None:
        """Prints."""
        print(entity.serialize())


class OwnContext(Context):
    """A context of the user's."""

    def handle_context_missing(self) -> None:
        """Silent."""


async def main() -> None:
    """Everything a program does with entities."""
    assert_type(load('k', retries=2), bytes)
    assert_type(produce(2), Iterator[int])
    assert_type(await fetch('k'), Dict[str, int])
    async for text in stream(2):
        assert_type(text, str)
    assert_type(Store().find('k'), Optional[int])

    with xray_recorder.in_segment('web', sampling=1) as segment:
        segment.put_annotation('key', 'value')
        segment.put_metadata('key', {'any': object()}, 'namespace')
        segment.put_http_meta('status', 200)
        segment.set_user('somebody')
        assert_type(segment.trace_id, str)
        assert_type(segment.id, str)
        async with xray_recorder.in_subsegment_async('call', namespace='remote') as subsegment:
            if subsegment is not None:
                subsegment.set_sql({'sanitized_query': 'select ?'})
                headers: Dict[str, str] = {}
                inject_trace_header(headers, subsegment)
                assert_type(subsegment.parent_segment, Segment)

    current = xray_recorder.current_subsegment()
    if current is not None:
        assert_type(current, Subsegment)
        assert_type(current.serialize(), Optional[str])
    try:
        xray_recorder.end_segment()
    except (AlreadyEndedException, SegmentNotFoundException):
        pass
    assert_type(xray_recorder.is_sampled(), bool)
    header = construct_xray_header({'X-Amzn-Trace-Id': 'Root=1'})
    assert_type(header, TraceHeader)
    assert_type(header.root, Optional[str])
    assert_type(TraceId().to_id(), str)
    assert_type(DaemonConfig('127.0.0.1:2000').udp_port, int)


asyncio.run(main())
