"""``metadata_to_dict``: plain values out of anything, without side effects."""

from __future__ import annotations

import collections
import datetime
import enum
import itertools
import json
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_xray_sdk.core.utils.conversion import metadata_to_dict


class Basket:
    """Attributes of every kind."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def total(self) -> int:
        """A method, which is not an attribute of the object."""
        return 0


@dataclass
class Item:
    name: str
    tags: List[str] = field(default_factory=list)


class Color(enum.Enum):
    RED = 'r'


def depth_of(value: Any) -> int:
    depth = 0
    while isinstance(value, (dict, list)) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
        depth += 1
    return depth


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(plain_values)
def test_plain_values_stay_as_they_are(value):
    assert metadata_to_dict(value) == value


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ((1, 2), [1, 2]),
        ({7}, [7]),
        (frozenset({7}), [7]),
        (collections.deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        ({'a': 1}.keys(), ['a']),
        (MappingProxyType({'a': (1,)}), None),
        (int, "<class 'int'>"),
        (Basket(a=1, _b=2, c=print, d=Basket(e=[3])), {'a': 1, 'd': {'e': [3]}}),
        (Item('pen', ['new']), {'name': 'pen', 'tags': ['new']}),
        ({'when': datetime.time(9, 25)}, {'when': datetime.time(9, 25)}),
        (Decimal('1.5'), Decimal('1.5')),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_each_kind_becomes(value, expected):
    if expected is not None:
        assert metadata_to_dict(value) == expected


@pytest.mark.improvement('D11')
@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (Color.RED, 'r'),
        (b'caf\xc3\xa9', 'café'),
        (b'\xff', '\\xff'),
        (MappingProxyType({'a': (1,)}), {'a': [1]}),
    ],
    ids=['enum', 'text in bytes', 'bytes', 'read-only mapping'],
)
def test_kinds_that_lost_their_content(value, expected):
    assert metadata_to_dict(value) == expected


def test_object_that_describes_itself():
    assert metadata_to_dict(Basket(_ast=lambda: {'kind': Item('pen')})) == {'kind': {'name': 'pen', 'tags': []}}


@pytest.mark.improvement('B12')
@pytest.mark.parametrize('wrap', [lambda value: value, lambda value: {'rows': value}, lambda value: [[value]]])
def test_iterators_are_not_drained(wrap):
    numbers = iter([1, 2, 3])
    generator = (number for number in numbers)
    metadata_to_dict(wrap(generator))
    assert list(generator) == [1, 2, 3]


@pytest.mark.improvement('B12')
def test_files_and_endless_iterators_are_left_alone(tmp_path):
    path = tmp_path / 'notes'
    path.write_text('one\ntwo\n')
    with path.open() as file:
        converted = metadata_to_dict({'file': file, 'endless': itertools.repeat(1, 10)})
        assert file.read() == 'one\ntwo\n'
    assert converted == {'file': '<unserializable TextIOWrapper>', 'endless': '<unserializable repeat>'}


@pytest.mark.improvement('B12')
def test_lazy_queries_are_not_run():
    class Query:
        ran = False

        def __iter__(self):
            self.ran = True
            return iter(())

        def __len__(self):
            self.ran = True
            return 0

    query = Query()
    assert metadata_to_dict([query]) == ['<unserializable Query>']
    assert not query.ran


@pytest.mark.improvement('D11')
def test_cycles_end():
    items: List[Any] = [1]
    items.append(items)
    basket = Basket(items=items)
    basket.self = basket
    assert metadata_to_dict(basket) == {'items': [1, '<circular list>'], 'self': '<circular Basket>'}


@pytest.mark.improvement('D11')
def test_size_is_bounded():
    level: List[Any] = ['leaf']
    for _ in range(17):
        level = [level, level]
    assert json.dumps(metadata_to_dict(level)).count('leaf') <= 65536
    assert len(metadata_to_dict(list(range(100_000)))) < 100_000


def test_same_value_twice_is_shown_twice():
    shared = {'a': 1}
    assert metadata_to_dict([shared, shared]) == [{'a': 1}, {'a': 1}]


@pytest.mark.improvement('D11')
def test_nesting_is_bounded():
    nested: Any = 'leaf'
    for _ in range(5000):
        nested = [nested]
    assert depth_of(metadata_to_dict(nested)) == 32


@pytest.mark.improvement('one value that fails does not take its neighbours along')
def test_value_that_raises_becomes_a_marker():
    class Hostile:
        @property
        def _ast(self):
            raise RuntimeError('no')

    assert metadata_to_dict({'bad': Hostile(), 'good': 1}) == {'bad': '<unserializable Hostile>', 'good': 1}
