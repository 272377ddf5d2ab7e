"""Trace ids and the ``X-Amzn-Trace-Id`` header."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies

from aws_xray_sdk.core.models import http
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.core.models.traceid import TraceId

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'


def read(text):
    """Root, parent and decision of a header's text."""
    header = TraceHeader.from_header_str(text)
    return header.root, header.parent, header.sampled


def test_trace_id():
    before = int(time.time())
    trace_id = TraceId().to_id()
    version, epoch, unique = trace_id.split(TraceId.DELIMITER)
    assert TraceId.DELIMITER == '-'
    assert version == TraceId.VERSION == '1'
    assert before <= int(epoch, 16) <= time.time()
    assert len(unique) == 24
    assert int(unique, 16) >= 0
    assert TraceId().start_time >= before


def test_header_names():
    assert http.XRAY_HEADER == 'X-Amzn-Trace-Id'
    assert http.ALT_XRAY_HEADER == 'HTTP_X_AMZN_TRACE_ID'


@pytest.mark.parametrize(
    ('sampled', 'kept'),
    [(None, None), (1, 1), ('1', 1), (True, 1), (0, 0), ('0', 0), (False, 0), ('?', '?'), ('yes', None), (2, None)],
)
def test_decisions(sampled, kept):
    assert TraceHeader(sampled=sampled).sampled == kept


def test_nothing():
    for header in (TraceHeader(), TraceHeader.from_header_str(None), TraceHeader.from_header_str('')):
        assert (header.root, header.parent, header.sampled) == (None, None, None)
        assert header.to_header_str() == ''


@pytest.mark.parametrize(
    ('header', 'text'),
    [
        (TraceHeader(root=ROOT, parent=PARENT, sampled=1), f'Root={ROOT};Parent={PARENT};Sampled=1'),
        (TraceHeader(root=ROOT, sampled=False), f'Root={ROOT};Sampled=0'),
        (TraceHeader(sampled='?'), 'Sampled=?'),
        (TraceHeader(root=ROOT, data={'k': 'v', 'x': 'y'}), f'Root={ROOT};k=v;x=y'),
    ],
)
def test_writing(header, text):
    assert header.to_header_str() == text


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (f'Root={ROOT}', (ROOT, None, None)),
        (f'Root={ROOT};Parent={PARENT};Sampled=1', (ROOT, PARENT, 1)),
        (f'Sampled=0;Parent={PARENT};Root={ROOT}', (ROOT, PARENT, 0)),
        (f'  Root={ROOT};Sampled=?  ', (ROOT, None, '?')),
        ('Sampled=1', (None, None, 1)),
        (f'Self=1-00000001-000000000000000000000001;Root={ROOT}', (ROOT, None, None)),
    ],
)
def test_reading(text, expected):
    assert read(text) == expected


def test_unknown_fields_are_carried():
    header = TraceHeader.from_header_str(f'Root={ROOT};Self=self;Lineage=a:b:1;Other=x')
    assert header.data == {'Lineage': 'a:b:1', 'Other': 'x'}
    assert header.to_header_str() == f'Root={ROOT};Lineage=a:b:1;Other=x'


@pytest.mark.parametrize('text', ['malformed', ';', 'Root'])
def test_malformed_text_starts_a_new_trace(text):
    assert read(text) == (None, None, None)


@pytest.mark.improvement('D7')
@pytest.mark.parametrize(
    'text',
    [
        f'Root={ROOT}; Parent={PARENT}; Sampled=1',
        f'Root={ROOT};Parent={PARENT};Sampled=1;',
        f'Root={ROOT} ;Parent={PARENT}\t;;Sampled=1 ;',
        f'Root = {ROOT};Parent = {PARENT};Sampled = 1',
    ],
)
def test_spaces_and_trailing_semicolons_lose_nothing(text):
    assert read(text) == (ROOT, PARENT, 1)


@pytest.mark.improvement('S9')
@pytest.mark.parametrize(
    'root',
    [
        'evil',
        '1-5759e988-bd862e3fe1be46a99427279',
        '1-5759e988-bd862e3fe1be46a994272793\r\nSet-Cookie: a=b',
        '1-zzzzzzzz-bd862e3fe1be46a994272793',
        '2' * 5000,
    ],
)
def test_a_root_that_is_no_trace_id_is_not_taken_over(root):
    header = TraceHeader.from_header_str(f'Root={root};Parent={PARENT}')
    assert header.root is None
    assert header.parent is None


@pytest.mark.improvement('S9')
@pytest.mark.parametrize('parent', ['evil', '53995c3f42cd8ad', '53995c3f42cd8ad8a', '<script>'])
def test_a_parent_that_is_no_segment_id_is_not_taken_over(parent):
    assert read(f'Root={ROOT};Parent={parent};Sampled=1') == (ROOT, None, 1)


@pytest.mark.improvement('S9')
def test_line_breaks_never_come_back():
    header = TraceHeader.from_header_str(f'Root={ROOT};k=v\r\nSet-Cookie: a=b')
    assert '\n' not in header.to_header_str()
    assert '\r' not in header.to_header_str()


@given(strategies.text())
def test_no_text_raises(text):
    header = TraceHeader.from_header_str(text)
    assert isinstance(header.to_header_str(), str)


@given(strategies.text(alphabet='Root=Parent;Sampled 01?-abcdef\t,', max_size=120))
def test_no_almost_header_raises(text):
    TraceHeader.from_header_str(text).to_header_str()


@given(
    epoch=strategies.integers(1, 2**32 - 1),
    unique=strategies.integers(1, 2**96 - 1),
    parent=strategies.none() | strategies.integers(1, 2**64 - 1),
    sampled=strategies.sampled_from([None, 0, 1, '?']),
)
def test_what_is_written_is_read_back(epoch, unique, parent, sampled):
    root = f'1-{epoch:08x}-{unique:024x}'
    parent_id = None if parent is None else f'{parent:016x}'
    text = TraceHeader(root=root, parent=parent_id, sampled=sampled).to_header_str()
    assert read(text) == (root, parent_id, sampled)
