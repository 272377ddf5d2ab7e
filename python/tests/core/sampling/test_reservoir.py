"""Reservoirs of centralized and of local rules."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_xray_sdk.core.sampling.local.reservoir import Reservoir as LocalReservoir
from aws_xray_sdk.core.sampling.reservoir import Reservoir, ReservoirDecision

NOW = 1_700_000_000


def test_without_a_quota_one_request_a_second_is_lent():
    reservoir = Reservoir()
    assert reservoir.quota is None
    assert reservoir.TTL is None
    assert reservoir.borrow_or_take(NOW, True) is ReservoirDecision.BORROW
    assert reservoir.borrow_or_take(NOW, True) is ReservoirDecision.NO
    assert reservoir.borrow_or_take(NOW + 1, True) is ReservoirDecision.BORROW
    assert not reservoir.borrow_or_take(NOW + 2, False)


def test_a_fresh_quota_is_taken_from_and_an_expired_one_lends():
    reservoir = Reservoir()
    reservoir.load_quota(quota=2, TTL=NOW + 1, interval=10)
    decisions = [reservoir.borrow_or_take(NOW, True) for _ in range(3)]
    assert decisions == [ReservoirDecision.TAKE, ReservoirDecision.TAKE, ReservoirDecision.NO]
    assert reservoir.borrow_or_take(NOW + 1, True) is ReservoirDecision.TAKE
    assert reservoir.borrow_or_take(NOW + 2, True) is ReservoirDecision.BORROW


def test_none_leaves_what_was_loaded_before():
    reservoir = Reservoir()
    reservoir.load_quota(quota=5, TTL=NOW, interval=20)
    reservoir.load_quota(quota=None, TTL=None, interval=None)
    assert (reservoir.quota, reservoir.TTL) == (5, NOW)
    reservoir.load_quota(quota=0, TTL=NOW + 9, interval=None)
    assert (reservoir.quota, reservoir.TTL) == (0, NOW + 9)
    assert reservoir.borrow_or_take(NOW, True) is ReservoirDecision.NO


@given(quota=st.integers(0, 20), seconds=st.lists(st.integers(0, 4), max_size=200).map(sorted))
def test_no_second_gives_more_than_the_quota(quota, seconds):
    reservoir = Reservoir()
    reservoir.load_quota(quota=quota, TTL=NOW + 10, interval=None)
    taken = [second for second in seconds if reservoir.borrow_or_take(NOW + second, True) is ReservoirDecision.TAKE]
    for second in range(5):
        assert taken.count(second) == min(quota, seconds.count(second))


def test_decisions_are_an_enumeration():
    assert [decision.value for decision in ReservoirDecision] == ['take', 'borrow', 'no']


def test_a_local_reservoir_gives_its_size_each_second_whatever_the_number_of_threads():
    reservoir = LocalReservoir(50)
    taken = []

    def take() -> None:
        for _ in range(200):
            if reservoir.take():
                taken.append(reservoir.this_sec)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    for second in set(taken):
        assert taken.count(second) <= 50
    assert len(taken) >= 50


@pytest.mark.parametrize('size', [0, 1, 3])
def test_a_local_reservoir_counts(size):
    reservoir = LocalReservoir(traces_per_sec=size)
    assert reservoir.traces_per_sec == size
    for _ in range(5):
        reservoir.take()
    assert 0 <= reservoir.used_this_sec <= size


def test_a_local_reservoir_is_empty_unless_told_otherwise():
    assert LocalReservoir().take() is False
