"""The sampler that services use by default, without a network."""

from __future__ import annotations

import threading
import time
from unittest.mock import patch

import pytest

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from aws_xray_sdk.core.sampling.sampling_rule import SamplingRule

ALWAYS = {'version': 2, 'default': {'fixed_target': 0, 'rate': 1}}
NEVER = {'version': 2, 'default': {'fixed_target': 0, 'rate': 0}}


def rule(name, priority=1, rate=1.0, **patterns):
    everything = dict.fromkeys(('host', 'method', 'path', 'service', 'service_type'), '*')
    return SamplingRule(name, priority, rate, 0, **{**everything, **patterns})


@pytest.fixture
def sampler():
    """A sampler that does not poll and has no rules but local ones, which say no."""
    sampler = DefaultSampler()
    sampler._started = True
    sampler.load_local_rules(NEVER)
    return sampler


def give_rules(sampler, *rules):
    sampler._cache.load_rules(list(rules))
    sampler._cache.last_updated = int(time.time())


def test_local_rules_decide_while_there_are_no_others(sampler):
    assert sampler.should_trace() is False
    sampler.load_local_rules(ALWAYS)
    assert sampler.should_trace() is True
    assert sampler.should_trace({'path': '/'}) is True


def test_a_centralized_rule_decides_and_is_named(sampler):
    give_rules(sampler, rule('pay', 1, path='/pay'), rule('rest', 2, rate=0.0))
    assert sampler.should_trace({'path': '/pay'}) == 'pay'
    assert sampler.should_trace({'path': '/'}) is False
    assert [found.request_count for found in sampler._cache.rules] == [1, 1]
    assert [found.sampled_count for found in sampler._cache.rules] == [1, 0]


def test_expired_rules_give_way_to_local_ones(sampler):
    give_rules(sampler, rule('rule'))
    sampler._cache.last_updated = int(time.time()) - 3602
    assert sampler.should_trace() is False


def test_the_origin_is_the_type_of_service_unless_the_request_tells(sampler):
    sampler._origin = 'AWS::EC2::Instance'
    give_rules(sampler, rule('machines', service_type='AWS::EC2::*'))
    assert sampler._origin == 'AWS::EC2::Instance'
    assert sampler.should_trace() == 'machines'
    assert sampler.should_trace({'service_type': 'AWS::ECS::Container'}) is False


@pytest.mark.improvement('mutates the request')
def test_the_request_is_not_changed(sampler):
    sampler._origin = 'AWS::EC2::Instance'
    request = {'path': '/'}
    sampler.should_trace(request)
    assert request == {'path': '/'}


def test_nothing_is_decided_or_started_while_the_sdk_is_disabled():
    sampler = DefaultSampler()
    sampler.load_local_rules(ALWAYS)
    global_sdk_config.set_sdk_enabled(False)
    threads = threading.active_count()
    assert sampler.should_trace() is False
    sampler.start()
    assert sampler._started is False
    assert threading.active_count() == threads


def test_creating_a_sampler_starts_nothing():
    sampler = DefaultSampler()
    assert sampler._started is False
    assert sampler.xray_client is None


def test_doubles_may_override_and_use_what_is_inside():
    class Double(DefaultSampler):
        def __init__(self):
            super().__init__()
            self.started = 0
            self._local_sampler = LocalSampler(ALWAYS)

        def start(self):
            self.started += 1

        def should_trace(self, sampling_req=None):
            if sampling_req is None:
                return super().should_trace()
            now = int(time.time())
            request = {**sampling_req, 'service_type': self._origin}
            matched = self._cache.get_matched_rule(request, now)
            if matched:
                return self._process_matched_rule(matched, now)
            return self._local_sampler.should_trace(request)

    double = Double()
    assert double.should_trace() is True
    assert double.started == 1
    assert double._started is False
    give_rules(double, rule('pay', path='/pay'))
    assert double.should_trace({'path': '/pay'}) == 'pay'
    assert double.should_trace({'path': '/'}) is True


def test_an_overridden_decision_about_a_rule_counts(sampler):
    class Double(DefaultSampler):
        def _process_matched_rule(self, rule, now):
            return f'{rule.name} at {now > 0}'

    double = Double()
    double._started = True
    give_rules(double, rule('rule'))
    assert double.should_trace({'path': '/'}) == 'rule at True'


@pytest.mark.improvement('new')
class TestShortcut:
    """What the recorder calls instead of ``should_trace``."""

    def test_decides_like_should_trace(self, sampler):
        assert sampler.decide() is False
        give_rules(sampler, rule('pay', 1, path='/pay', method='POST', host='shop.*', service='web'))
        assert sampler.decide('web', 'shop.example', 'POST', '/pay') == 'pay'
        assert sampler.decide(service='web', path='/pay') == 'pay'
        assert sampler.decide('web', 'shop.example', 'POST', '/') is False
        assert sampler.decide('batch', 'shop.example', 'POST', '/pay') is False
        sampler.load_local_rules(ALWAYS)
        assert sampler.decide('batch') is True

    def test_knows_the_origin(self, sampler):
        give_rules(sampler, rule('machines', service_type='AWS::EC2::*'))
        assert sampler.decide('web') == 'machines'
        sampler._origin = 'AWS::ECS::Container'
        assert sampler.decide('web') is False

    def test_survives_text_that_no_header_should_hold(self, sampler):
        give_rules(sampler, rule('rule', path='/*'))
        assert sampler.decide('web', 'h\udcff', 'GET', '/\udcff') == 'rule'
        assert sampler.should_trace({'host': 'h\udcff', 'path': '/\udcff'}) == 'rule'


class TestPartsPutInPlace:
    """Mocks of the sampler's parts, which the recorder heeds as well."""

    def test_local_sampler(self, sampler, memory_recorder):
        memory_recorder.configure(sampling=True, sampler=sampler)
        with patch.object(sampler, '_local_sampler') as local:
            local.should_trace.return_value = True
            assert memory_recorder.begin_segment('web').sampled is True
            local.should_trace.assert_called_once_with({'service': 'web', 'service_type': None})
            give_rules(sampler, rule('rule'))
            assert sampler.should_trace({'service': 'web'}) == 'rule'
            assert local.should_trace.call_count == 1
        sampler._cache.load_rules([])
        assert memory_recorder.begin_segment('web').sampled is False

    def test_rules(self, sampler, memory_recorder):
        memory_recorder.configure(sampling=True, sampler=sampler)
        with patch.object(sampler, '_cache') as cache:
            cache.get_matched_rule.return_value = rule('mocked')
            segment = memory_recorder.begin_segment('web')
        assert segment.aws['xray']['sampling_rule_name'] == 'mocked'
        assert sampler.should_trace() is False

    @pytest.mark.improvement('only the sampler knows whether they run')
    def test_pollers_are_started_once(self):
        sampler = DefaultSampler()
        with patch.object(sampler, '_rule_poller') as rules, patch.object(sampler, '_target_poller') as targets:
            sampler.should_trace()
            sampler.should_trace()
            assert sampler._started is True
        rules.start.assert_called_once_with()
        targets.start.assert_called_once_with()
        assert sampler._rule_poller.is_running is False

    def test_start(self, memory_recorder):
        memory_recorder.configure(sampling=True, sampler=DefaultSampler())
        with patch.object(DefaultSampler, 'start') as start:
            memory_recorder.begin_segment('web')
        start.assert_called_once_with()
        assert memory_recorder.sampler._started is False


@pytest.mark.improvement('new')
def test_explains_which_rule_decides_without_counting(sampler):
    give_rules(sampler, rule('pay', 1, path='/pay'), rule('rest', 2, rate=0.25))
    assert sampler.explain({'path': '/'}) == {
        'sampler': 'central',
        'rule': 'rest',
        'rate': 0.25,
        'reason': None,
        'passed_over': [('pay', 'path')],
    }
    sampler._cache.load_rules([])
    assert sampler.explain() == {
        'sampler': 'local',
        'rule': 'default rule',
        'rate': 0.0,
        'reason': 'no centralized rules were fetched yet',
        'passed_over': [],
    }
    assert all(found.request_count == 0 for found in sampler._cache.rules)


class TestRecorder:
    """The recorder asks whichever sampler it has, as it is at that moment."""

    @pytest.fixture
    def recorder(self, recorder, sampler):
        recorder.configure(sampling=True, sampler=sampler)
        return recorder

    def sampled(self, recorder):
        segment = recorder.begin_segment('web')
        recorder.end_segment()
        return segment.sampled

    def test_records_what_the_default_sampler_says(self, recorder, sampler):
        assert self.sampled(recorder) is False
        give_rules(sampler, rule('by name', service='w?b'))
        segment = recorder.begin_segment('web')
        recorder.end_segment()
        assert segment.sampled is True
        assert segment.aws['xray']['sampling_rule_name'] == 'by name'
        assert sampler._cache.rules[0].request_count == 1

    def test_honours_a_class_that_was_patched(self, recorder, monkeypatch):
        asked = []
        monkeypatch.setattr(DefaultSampler, 'should_trace', lambda _, request: asked.append(request) or True)
        assert self.sampled(recorder) is True
        assert asked == [{'service': 'web'}]
        monkeypatch.undo()
        assert self.sampled(recorder) is False

    def test_honours_an_instance_that_was_patched(self, recorder, sampler):
        sampler.should_trace = lambda _: 'patched'
        segment = recorder.begin_segment('web')
        recorder.end_segment()
        assert segment.sampled is True
        assert segment.aws['xray']['sampling_rule_name'] == 'patched'

    def test_honours_a_subclass(self, recorder):
        class Double(DefaultSampler):
            def should_trace(self, sampling_req=None):
                return sampling_req == {'service': 'web'}

        recorder.configure(sampler=Double())
        assert self.sampled(recorder) is True
