"""Rules that the application brings itself."""

from __future__ import annotations

import copy
import decimal
import json
import pkgutil
from pathlib import Path

import pytest

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.exceptions.exceptions import InvalidSamplingManifestError
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler, local_sampling_rule
from aws_xray_sdk.core.sampling.local.sampling_rule import SamplingRule
from aws_xray_sdk.core.sampling.sampler import LocalSampler as ReExportedLocalSampler

CASES = json.loads((Path(__file__).parents[4] / 'conformance' / 'sampling_rules_file.json').read_text(encoding='utf-8'))
RULE = {'host': '*', 'http_method': '*', 'url_path': '/api/*', 'fixed_target': 0, 'rate': 0}
ALWAYS = {'fixed_target': 0, 'rate': 1}
NEVER = {'fixed_target': 0, 'rate': 0}


def manifest(*rules, default=ALWAYS, version=2):
    return {'version': version, 'default': default, 'rules': list(rules)}


def test_is_found_under_both_names():
    assert ReExportedLocalSampler is LocalSampler


@pytest.mark.parametrize('case', CASES['accepted'])
def test_accepted_rules(case):
    sampler = LocalSampler(case['file'])
    for step in case['requests']:
        assert sampler.should_trace(step['request']) is step['sampled'], step


@pytest.mark.improvement('rule files')
@pytest.mark.parametrize('case', CASES['refused'])
def test_refused_rules_name_the_place_the_value_and_what_is_allowed(case):
    with pytest.raises(InvalidSamplingManifestError) as caught:
        LocalSampler(case['file'])
    for part in case['message']:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    'rules',
    [
        manifest(version=3),
        {'version': 2, 'rules': []},
        manifest(default={**ALWAYS, 'url_path': '/'}),
        manifest({**RULE, 'fixed_target': -1}),
        manifest({**RULE, 'rate': -0.5}),
        manifest({**RULE, 'host': ''}),
        manifest({name: value for name, value in RULE.items() if name != 'http_method'}),
    ],
)
def test_what_cannot_be_followed_is_refused(rules):
    with pytest.raises(InvalidSamplingManifestError):
        LocalSampler(rules)


def test_refused_rules_leave_those_in_force():
    sampler = LocalSampler(manifest(default=NEVER))
    with pytest.raises(InvalidSamplingManifestError):
        sampler.load_local_rules(manifest(version=7))
    assert sampler.should_trace() is False
    sampler.load_local_rules(manifest())
    assert sampler.should_trace() is True


def test_work_that_is_no_request_takes_the_default_rule():
    sampler = LocalSampler(manifest({**RULE, 'url_path': '*'}))
    assert sampler.should_trace() is True
    assert sampler.should_trace(None) is True
    assert sampler.should_trace({'path': '/'}) is False


def test_the_first_request_of_a_second_is_recorded_by_default():
    assert LocalSampler().should_trace() is True
    assert LocalSampler(copy.deepcopy(local_sampling_rule)).should_trace({'path': '/'}) is True


def test_the_file_of_default_rules_says_what_the_engine_does():
    shipped = json.loads(pkgutil.get_data('aws_xray_sdk.core.sampling.local', 'sampling_rule.json'))
    assert shipped == local_sampling_rule == manifest(default={'fixed_target': 1, 'rate': 0.05})


def test_a_sampler_may_be_subclassed():
    class Sampler(LocalSampler):
        def __init__(self, name, rules):
            self.name = name
            self.loaded = []
            super().__init__(rules)

        def load_local_rules(self, rules):
            self.loaded.append(rules)
            super().load_local_rules(rules)

        def should_trace(self, sampling_req=None):
            return self.name == 'yes' or super().should_trace(sampling_req)

    rules = manifest(default=NEVER)
    assert Sampler('yes', rules).should_trace() is True
    assert Sampler('no', rules).should_trace() is False
    assert Sampler('no', rules).loaded == [rules]


@pytest.mark.improvement('rule files')
def test_the_recorder_names_the_rule_of_a_bad_file(tmp_path):
    path = tmp_path / 'rules.json'
    path.write_text(json.dumps(manifest({**RULE, 'description': 'moves', 'rate': 'often'})), encoding='utf-8')
    with pytest.raises(InvalidSamplingManifestError, match=r'rule 1 \("moves"\): rate is "often"'):
        xray_recorder.configure(sampling_rules=str(path))


def test_numbers_of_any_kind_are_numbers():
    sampler = LocalSampler(manifest(default={'fixed_target': 0.0, 'rate': decimal.Decimal('1')}))
    assert sampler.should_trace() is True


def test_a_rule_tells_what_it_says():
    rule = SamplingRule({**RULE, 'fixed_target': 3, 'rate': 0.25})
    assert (rule.host, rule.method, rule.path) == ('*', '*', '/api/*')
    assert (rule.fixed_target, rule.rate) == (3, 0.25)
    assert rule.reservoir.traces_per_sec == 3
    assert rule.applies('any', 'GET', '/API/x')
    assert rule.applies(None, None, None)
    assert not rule.applies('any', 'GET', '/x')


def test_version_one_calls_the_host_service_name():
    rule = SamplingRule({**RULE, 'host': None, 'service_name': 'shop.*'}, 1)
    assert rule.host == 'shop.*'
    assert rule.applies('SHOP.example', None, None)
    assert not rule.applies('example', None, None)
    with pytest.raises(InvalidSamplingManifestError):
        SamplingRule(RULE, 1)


def test_a_default_rule_has_no_patterns():
    rule = SamplingRule(ALWAYS, 2, default=True)
    assert (rule.host, rule.method, rule.path) == (None, None, None)
    with pytest.raises(InvalidSamplingManifestError):
        SamplingRule(RULE, 2, default=True)
