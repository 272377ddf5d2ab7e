"""What a request leaves behind: nothing."""

from __future__ import annotations

import gc
import weakref
from typing import Any, Callable

import pytest

from aws_xray_sdk.core._request import begin_client_request, begin_request


class Held:
    """Something of the application's that refers back to what records it."""


def record_directly(recorder: Any, held: Held) -> None:
    with recorder.in_segment('web') as segment:
        held.segment = segment
        segment.put_metadata('held', held)


def record_children(recorder: Any, held: Held) -> None:
    with recorder.in_segment('web') as segment, recorder.in_subsegment('work') as subsegment:
        held.children = segment.subsegments
        held.subsegment = subsegment
        subsegment.put_metadata('held', held)


def record_request(recorder: Any, held: Held) -> None:
    held.flow = begin_request(recorder, method='GET', url='http://shop.example/')
    recorder.put_metadata('held', held)
    held.flow.end(status=200)


def record_call(recorder: Any, held: Held) -> None:
    with recorder.in_segment('web'):
        held.call = begin_client_request(recorder, 'stock')
        held.call.subsegment.put_metadata('held', held)
        held.call.end(status=200)


@pytest.mark.parametrize('record', [record_directly, record_children, record_request, record_call])
def test_cycles_through_an_entity_are_collected(
    recorder: Any, daemon: Any, record: Callable[[Any, Held], None]
) -> None:
    recorder.configure(service='shop')
    held = Held()
    record(recorder, held)
    assert daemon.trace() is not None
    reference = weakref.ref(held)
    del held
    gc.collect()
    assert reference() is None
