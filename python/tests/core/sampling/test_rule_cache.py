"""The centralized rules in force: order, expiry, refresh."""

from __future__ import annotations

import itertools
import threading

import pytest

from aws_xray_sdk.core.sampling.reservoir import Reservoir
from aws_xray_sdk.core.sampling.rule_cache import RuleCache
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from aws_xray_sdk.core.sampling.sampling_rule import SamplingRule

NOW = 1_700_000_000


def rule(name, priority=1, rate=0.0, reservoir_size=1, **patterns):
    everything = dict.fromkeys(('host', 'method', 'path', 'service', 'service_type'), '*')
    return SamplingRule(name, priority, rate, reservoir_size, **{**everything, **patterns})


def cache(*rules):
    cache = RuleCache()
    cache.load_rules(list(rules))
    cache.last_updated = NOW
    return cache


def test_rules_keep_their_identity_and_are_sorted():
    rules = [rule('b', 2), rule('Default', 10000), rule('a', 2), rule('c', 1)]
    in_force = cache(*rules).rules
    assert [found.name for found in in_force] == ['c', 'a', 'b', 'Default']
    assert in_force[0] is rules[3]
    assert in_force[1] is rules[2]
    assert rules[0] in in_force
    assert rule('b', 2) not in in_force


def test_the_first_match_decides_and_is_the_very_rule():
    narrow, everything = rule('narrow', 1, path='/pay/*'), rule('everything', 2)
    in_force = cache(everything, narrow)
    assert in_force.get_matched_rule({'path': '/PAY/now'}, NOW) is narrow
    assert in_force.get_matched_rule({'path': '/'}, NOW) is everything
    assert in_force.get_matched_rule({}, NOW) is narrow


@pytest.mark.parametrize('field', ['host', 'method', 'path', 'service', 'service_type'])
def test_every_property_counts(field):
    matching = rule('rule', **{field: 'wanted?'})
    assert matching.match({field: 'WANTED1'})
    assert not matching.match({field: 'wanted'})
    assert matching.match({field: None})
    assert matching.match({field: ''})
    assert matching.match({})
    assert not matching.match(None)
    without_pattern = rule('rule', **{field: None})
    assert without_pattern.match({})
    assert not without_pattern.match({field: 'anything'})


def test_the_default_rule_matches_everything():
    default = rule('Default', 10000, host='nothing')
    assert default.is_default()
    assert cache(default).get_matched_rule({'host': 'anything'}, NOW) is default
    assert cache(rule('other', host='nothing')).get_matched_rule({'host': 'anything'}, NOW) is None


def test_rules_count_for_an_hour_after_the_last_fetch():
    in_force = RuleCache()
    assert in_force.last_updated is None
    in_force.load_rules([rule('rule')])
    assert in_force.get_matched_rule({}, NOW) is None
    in_force.last_updated = NOW
    assert in_force.get_matched_rule({}, NOW + 3600) is not None
    assert in_force.get_matched_rule({}, NOW + 3601) is None


def test_a_refresh_carries_counters_and_quota_over_and_evicts():
    kept, gone = rule('kept'), rule('gone')
    in_force = cache(kept, gone)
    kept.increment_request_count()
    kept.increment_sampled_count()
    kept.increment_borrow_count()
    kept.reservoir.load_quota(quota=3, TTL=15, interval=None)
    renewed = rule('kept', rate=0.75)
    in_force.load_rules([renewed, rule('new')])
    assert [found.name for found in in_force.rules] == ['kept', 'new']
    assert in_force.rules[0] is renewed
    assert (renewed.rate, renewed.reservoir.quota, renewed.reservoir.TTL) == (0.75, 3, 15)
    assert renewed.snapshot_statistics() == {'request_count': 1, 'sampled_count': 1, 'borrow_count': 1}
    assert renewed.snapshot_statistics() == {'request_count': 0, 'sampled_count': 0, 'borrow_count': 0}


@pytest.mark.improvement('B10')
def test_a_rule_replaced_during_a_request_still_decides_and_is_counted():
    sampler = DefaultSampler()
    sampler._cache.load_rules([rule('rule')])
    sampler._cache.last_updated = NOW
    held = sampler._cache.get_matched_rule({}, NOW)
    sampler._cache.load_rules([rule('rule')])
    assert sampler._process_matched_rule(held, NOW) == 'rule'
    assert sampler._process_matched_rule(sampler._cache.rules[0], NOW) is False
    assert sampler._cache.rules[0].snapshot_statistics()['request_count'] == 2


@pytest.mark.improvement('B10')
def test_requests_decide_while_another_thread_refreshes():
    sampler = DefaultSampler()
    sampler._cache.load_rules([rule('rule', rate=1.0)])
    sampler._cache.last_updated = NOW
    is_done = threading.Event()
    failures = []
    decided = itertools.count()

    def request():
        try:
            while not is_done.is_set():
                held = sampler._cache.get_matched_rule({'path': '/'}, NOW)
                assert sampler._process_matched_rule(held, NOW) == 'rule'
                next(decided)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(300):
        sampler._cache.load_rules([rule('rule', rate=1.0)])
    is_done.set()
    for thread in threads:
        thread.join(10)
    assert failures == []
    assert sampler._cache.rules[0].snapshot_statistics()['request_count'] == next(decided)


@pytest.mark.improvement('B10')
def test_a_rule_loaded_twice_stays_usable():
    loaded = rule('rule')
    in_force = cache(loaded)
    in_force.load_rules([loaded])
    assert in_force.rules[0] is loaded
    assert loaded.reservoir.quota is None


def test_targets_reach_the_rules_they_name():
    named, other = rule('named', rate=0.5), rule('other', rate=0.5)
    cache(named, other).load_targets(
        {
            'named': {'quota': 3, 'TTL': NOW, 'interval': 10, 'rate': 0.1},
            'unknown': {'quota': 9, 'TTL': NOW, 'interval': 10, 'rate': 0.9},
        }
    )
    assert (named.reservoir.quota, named.reservoir.TTL, named.rate) == (3, NOW, 0.1)
    assert (other.reservoir.quota, other.reservoir.TTL, other.rate) == (None, None, 0.5)


def test_a_target_without_a_quota_keeps_the_quota():
    named = rule('named')
    in_force = cache(named)
    in_force.load_targets({'named': {'quota': 3, 'TTL': NOW, 'interval': None, 'rate': 0.1}})
    in_force.load_targets({'named': {'quota': None, 'TTL': None, 'interval': None, 'rate': 0.2}})
    assert (named.reservoir.quota, named.reservoir.TTL, named.rate) == (3, NOW, 0.2)


def test_a_rule_tells_and_takes():
    tested = rule('tested', 7, 0.25, 0)
    assert (tested.name, tested.priority, tested.rate, tested.can_borrow) == ('tested', 7, 0.25, False)
    assert rule('tested', reservoir_size=2).can_borrow is True
    assert not tested.ever_matched()
    tested.increment_request_count()
    assert tested.ever_matched()
    assert (tested.request_count, tested.borrow_count, tested.sampled_count) == (1, 0, 0)
    tested.rate = 0.5
    assert tested.rate == 0.5
    reservoir = Reservoir()
    reservoir.load_quota(quota=4, TTL=NOW, interval=None)
    tested.reservoir = reservoir
    assert tested.reservoir.quota == 4


def test_a_rule_is_reported_as_often_as_its_target_says():
    tested = rule('tested')
    assert tested.time_to_report()
    tested.reservoir.load_quota(quota=None, TTL=None, interval=30)
    assert [bool(tested.time_to_report()) for _ in range(6)] == [False, False, True, False, False, True]


def test_subclasses_may_take_arguments_of_their_own():
    class Labelled(RuleCache):
        """Has a label."""

        def __init__(self, label):
            super().__init__()
            self.label = label

    labelled = Labelled('shop')
    assert (labelled.label, labelled.rules) == ('shop', [])
