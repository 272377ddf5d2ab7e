"""Metadata of any Python object: written as something useful, bounded, and never at the program's expense."""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime
import decimal
import enum
import io
import pathlib
import re
import uuid

import pytest


class Colour(enum.Enum):
    """A plain enumeration."""

    RED = 'red'
    BLUE = ('b', 2)


class Level(enum.IntEnum):
    """An enumeration that is a number."""

    HIGH = 3


class Plain:
    """An object with public, private and callable attributes."""

    def __init__(self):
        self.public = 1
        self.nested = {'a': [1]}
        self._private = 'hidden'
        self.function = len


@dataclasses.dataclass
class Order:
    """A data class inside another value."""

    number: int
    lines: list


class Slotted:
    """No ``__dict__``."""

    __slots__ = ('value',)

    def __init__(self):
        self.value = 1

    def __str__(self):
        return 'slotted!'


class Unreadable:
    """Raises whatever is asked of it."""

    def __getattribute__(self, name):
        if name == '__class__':
            return Unreadable
        raise RuntimeError('no')

    def __str__(self):
        raise RuntimeError('no')

    __repr__ = __str__


class QuerySet:
    """Iterates like a lazy database query, and notes when somebody does."""

    def __init__(self):
        self.queried = 0

    def __iter__(self):
        self.queried += 1
        return iter(['row'])

    def __len__(self):
        self.queried += 1
        return 1


def is_marker(value, type_name):
    """Whether ``value`` stands for an object of ``type_name`` that could not be written."""
    return isinstance(value, str) and re.fullmatch(f'<[a-z ]+ {type_name}>', value) is not None


@pytest.fixture
def written(recorder, daemon):
    """Sends a segment with a metadata value and gives back what arrived."""

    def write(value):
        with recorder.in_segment('web') as segment:
            segment.put_metadata('value', value)
            segment.put_metadata('after', 'still here')
        default = daemon.document()['metadata']['default']
        assert default['after'] == 'still here'
        return default['value']

    return write


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ({'a': {'b': [1, 2.5, None, True, 'x']}}, {'a': {'b': [1, 2.5, None, True, 'x']}}),
        ((1, (2, 3)), [1, [2, 3]]),
        ({7}, [7]),
        (frozenset({7}), [7]),
        (collections.OrderedDict([('b', 1), ('a', 2)]), {'b': 1, 'a': 2}),
        (collections.deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        ({'a': 1}.values(), [1]),
        (Plain, str(Plain)),
        (int, str(int)),
        (Plain(), {'public': 1, 'nested': {'a': [1]}}),
        (Order(7, [1]), {'number': 7, 'lines': [1]}),
        (datetime.datetime(2026, 1, 2, 3, 4, 5, 6), '2026-01-02 03:04:05.000006'),
        (datetime.date(2026, 1, 2), '2026-01-02'),
        (decimal.Decimal('1.10'), '1.10'),
        (Slotted(), 'slotted!'),
        ({1: 'one', 2.5: 'x', None: 'n'}, {'1': 'one', '2.5': 'x', 'null': 'n'}),
        ({True: 'yes'}, {'true': 'yes'}),
        (collections.namedtuple('Point', 'x y')(1, 2), [1, 2]),
        (uuid.UUID('12345678123456781234567812345678'), '12345678-1234-5678-1234-567812345678'),
        (pathlib.PurePosixPath('/a/b'), '/a/b'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values(written, value, expected):
    assert written(value) == expected


@pytest.mark.improvement('D11')
@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (Colour.RED, 'red'),
        (Colour.BLUE, ['b', 2]),
        (Level.HIGH, 3),
        (b'text', 'text'),
        (bytearray(b'text'), 'text'),
        (b'\xff\x00', base64.b64encode(b'\xff\x00').decode()),
        ({'inside': [Colour.RED, b'x']}, {'inside': ['red', 'x']}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_upstream_mangles(written, value, expected):
    assert written(value) == expected


@pytest.mark.improvement('D11')
@pytest.mark.parametrize('key', [(1, 2), b'bytes', Colour.RED, frozenset({1}), datetime.date(2026, 1, 2)])
def test_keys_that_json_does_not_know_become_text(written, key):
    (written_key,) = written({key: 'value'})
    assert written_key == str(key)


@pytest.mark.improvement('D11')
def test_a_list_in_itself(written):
    value = [1]
    value.append(value)
    first, itself = written(value)
    assert first == 1
    assert is_marker(itself, 'list')


@pytest.mark.improvement('D11')
def test_an_object_in_itself(recorder, daemon):
    node = Plain()
    node.itself = node
    with recorder.in_segment('web'):
        recorder.put_metadata('node', node)
    document = daemon.document()['metadata']['default']['node']
    assert document['public'] == 1
    assert is_marker(document['itself'], 'Plain')


def test_the_same_value_twice_is_no_cycle(written):
    shared = {'a': 1}
    assert written([shared, shared, {'again': shared}]) == [shared, shared, {'again': shared}]


@pytest.mark.improvement('sdk#298')
def test_depth_is_bounded(written):
    value = 'bottom'
    for _ in range(100_000):
        value = [value]
    document = written(value)
    depth = 0
    while isinstance(document, list):
        (document,) = document
        depth += 1
    assert 10 <= depth <= 100
    assert is_marker(document, 'list')


@pytest.mark.improvement('B12')
def test_a_generator_is_not_drained(written):
    generator = (number for number in range(3))
    assert is_marker(written({'generator': generator})['generator'], 'generator')
    assert list(generator) == [0, 1, 2]


@pytest.mark.improvement('B12')
@pytest.mark.parametrize('make', [iter, reversed, zip, enumerate, lambda items: map(str, items)])
def test_an_iterator_is_not_advanced(written, make):
    iterator = make([1, 2])
    assert isinstance(written([iterator])[0], str)
    assert len(list(iterator)) == 2


@pytest.mark.improvement('B12')
def test_a_query_set_is_not_run(written):
    query_set = QuerySet()
    written(query_set)
    assert query_set.queried == 0


@pytest.mark.improvement('B12')
def test_a_file_is_not_read(written, tmp_path):
    path = tmp_path / 'file'
    path.write_text('line 1\nline 2\n')
    with path.open() as file:
        assert isinstance(written(file), str)
        assert file.read() == 'line 1\nline 2\n'


@pytest.mark.improvement('B12')
def test_a_stream_is_not_read(written):
    stream = io.BytesIO(b'line 1\nline 2\n')
    written(stream)
    assert stream.tell() == 0


async def test_a_coroutine_is_neither_awaited_nor_closed(written):
    async def coroutine():
        return 'result'

    waiting = coroutine()
    assert isinstance(written(waiting), str)
    assert await waiting == 'result'


@pytest.mark.improvement('sdk#303')
def test_a_value_that_raises_becomes_a_marker(written):
    assert written({'good': 1, 'bad': Unreadable()}) == {'good': 1, 'bad': '<unserializable Unreadable>'}


def test_a_property_that_raises_costs_nothing_else(written):
    class Moody(dict):
        def items(self):
            raise RuntimeError('no')

        def __iter__(self):
            raise RuntimeError('no')

        def keys(self):
            raise RuntimeError('no')

    assert written(['before', Moody(a=1), 'after'])[::2] == ['before', 'after']


@pytest.mark.improvement('D21')
def test_size_is_bounded(recorder, daemon):
    with recorder.in_segment('web'):
        recorder.put_metadata('many', list(range(1_000_000)))
        recorder.put_annotation('kept', 'yes')
    datagram = daemon.datagrams()[-1]
    assert len(datagram) < 65_536
    assert daemon.traces()[-1]['annotations'] == {'kept': 'yes'}


def test_the_value_is_written_as_it_is_when_the_segment_ends(recorder, daemon):
    value = {'state': 'begun'}
    with recorder.in_segment('web'):
        recorder.put_metadata('value', value)
        value['state'] = 'done'
    assert daemon.document()['metadata']['default']['value'] == {'state': 'done'}


def test_a_value_may_use_the_recorder_while_it_is_written(recorder, daemon):
    class Curious:
        def __init__(self):
            self.public = 1

        @property
        def __dict__(self):
            with recorder.in_subsegment('inside encoding'):
                return {'seen': recorder.current_segment() is not None}

    with recorder.in_segment('web'):
        recorder.put_metadata('value', Curious())
    assert daemon.documents()[-1]['metadata']['default']['value'] is not None
