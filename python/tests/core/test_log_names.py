"""Messages carry the name of the module that programs know them from, so that they can be silenced by it."""

from __future__ import annotations

import logging

import pytest

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.trace_header import TraceHeader


def end_nothing():
    """Ends a segment and a subsegment where there is none."""
    context = Context('IGNORE_ERROR')
    context.clear_trace_entities()
    context.end_segment()


@pytest.mark.parametrize(
    ('occasion', 'module'),
    [
        (lambda: Segment('a?b'), 'models.entity'),
        (lambda: Segment('web').put_annotation('a', []), 'models.entity'),
        (lambda: Segment('web').put_metadata('a', 1, 'AWS.own'), 'models.entity'),
        (lambda: Segment('web').put_http_meta('unknown', 1), 'models.entity'),
        (lambda: TraceHeader.from_header_str('nonsense'), 'models.trace_header'),
        (end_nothing, 'context'),
        (lambda: Context().handle_context_missing(), 'context'),
    ],
)
def test_the_name_of_the_logger(caplog, occasion, module):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        occasion()
    assert [record.name for record in caplog.records] == [f'aws_xray_sdk.core.{module}']
