"""Rules and targets over real HTTP."""

from __future__ import annotations

import datetime
import logging
import time

import pytest

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.connector import ServiceConnector
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from support.sampling_service import RULES_PATH, TARGETS_PATH, SamplingService, rule_record, wait_until

NEVER = {'version': 2, 'default': {'fixed_target': 0, 'rate': 0}}
LOGGER = 'aws_xray_sdk.core.sampling.rule_poller'


def make_sampler(service, interval=0.1):
    """A sampler that polls ``service`` and has local rules that say no."""
    sampler = DefaultSampler()
    sampler.load_local_rules(NEVER)
    sampler.load_settings(DaemonConfig(service.daemon_address), Context())
    sampler._target_poller._interval = interval
    return sampler


@pytest.fixture
def connector():
    return ServiceConnector()


def connect(connector, service):
    connector.setup_xray_client(ip='127.0.0.1', port=service.port, client=None)
    return connector


def test_rules_arrive_after_the_first_decision():
    with SamplingService(rule_record('rule')) as service:
        sampler = make_sampler(service)
        time.sleep(0.1)
        assert service.bodies(RULES_PATH) == []
        sampler.should_trace()
        wait_until(lambda: sampler.should_trace() == 'rule')
        assert sampler._started is True


@pytest.mark.improvement('new')
def test_the_shortcut_starts_polling_too():
    with SamplingService(rule_record('rule')) as service:
        sampler = make_sampler(service)
        sampler.decide('web')
        wait_until(lambda: sampler.decide('web') == 'rule')


def test_rules_of_a_kind_not_known_here_are_passed_over(connector):
    with SamplingService(
        rule_record('good', Priority=3, FixedRate=0.5, ReservoirSize=2),
        rule_record('version', Version=2),
        rule_record('resource', ResourceARN='arn:aws:some:thing'),
        rule_record('attributes', Attributes={'tier': 'gold'}),
    ) as service:
        (rule,) = connect(connector, service).fetch_sampling_rules()
    assert (rule.name, rule.priority, rule.rate, rule.can_borrow) == ('good', 3, 0.5, True)


@pytest.mark.improvement('a bad record loses all')
def test_a_record_that_is_malformed_does_not_cost_the_others(connector):
    broken = rule_record('broken')
    del broken['SamplingRule']['Host']
    with SamplingService(broken, rule_record('good')) as service:
        rules = connect(connector, service).fetch_sampling_rules()
    assert [rule.name for rule in rules] == ['good']


@pytest.mark.improvement('D22')
def test_all_pages_of_the_rules_are_fetched(connector):
    with SamplingService() as service:
        service.pages = [[rule_record('a')], [], [rule_record('b'), rule_record('c')]]
        rules = connect(connector, service).fetch_sampling_rules()
        assert [rule.name for rule in rules] == ['a', 'b', 'c']
        assert service.bodies(RULES_PATH) == [{}, {'NextToken': '1'}, {'NextToken': '2'}]


def test_what_rules_counted_is_reported_and_targets_are_taken_over():
    with SamplingService(rule_record('rule')) as service:
        expires = int(time.time()) + 300
        service.target = {
            'FixedRate': 0.25,
            'ReservoirQuota': 0,
            'ReservoirQuotaTTL': float(expires),
            'Interval': 10,
        }
        sampler = make_sampler(service)
        sampler.start()
        wait_until(lambda: sampler._cache.rules and sampler._cache.last_updated)
        (rule,) = sampler._cache.rules
        assert [sampler.should_trace() for _ in range(3)] == ['rule'] * 3
        wait_until(lambda: rule.rate == 0.25)
        assert (rule.reservoir.quota, rule.reservoir.TTL) == (0, expires)
        documents = service.statistics()
        assert sum(document['RequestCount'] for document in documents) == 3
        assert sum(document['SampledCount'] for document in documents) == 3
        for document in documents:
            assert document['RuleName'] == 'rule'
            assert len(document['ClientID']) == 24
            int(document['ClientID'], 16)
            assert abs(document['Timestamp'] - time.time()) < 30


@pytest.mark.improvement('D22')
def test_a_report_holds_at_most_25_rules(connector):
    with SamplingService(*[rule_record(f'rule{number}') for number in range(60)]) as service:
        rules = connect(connector, service).fetch_sampling_rules()
        for rule in rules:
            rule.increment_request_count()
        targets, last_modification = connector.fetch_sampling_target(rules)
        sizes = [len(body['SamplingStatisticsDocuments']) for body in service.bodies(TARGETS_PATH)]
    assert sizes == [25, 25, 10]
    assert len(targets) == 60
    assert last_modification == 0


@pytest.mark.improvement('D22')
def test_a_failed_report_keeps_what_was_counted(connector):
    with SamplingService(rule_record('rule')) as service:
        (rule,) = connect(connector, service).fetch_sampling_rules()
        rule.increment_request_count()
        rule.increment_borrow_count()
        service.failing = (TARGETS_PATH,)
        with pytest.raises(ConnectionError, match='500'):
            connector.fetch_sampling_target([rule])
        assert (rule.request_count, rule.borrow_count) == (1, 1)
        service.failing = ()
        connector.fetch_sampling_target([rule])
        assert rule.request_count == 0
        assert service.statistics()[-1]['RequestCount'] == 1


@pytest.mark.improvement('D22')
def test_an_outage_keeps_counters_backs_off_and_is_logged_once(caplog):
    caplog.set_level(logging.INFO, LOGGER)
    with SamplingService(rule_record('rule')) as service:
        sampler = make_sampler(service, interval=0.05)
        sampler.start()
        wait_until(lambda: sampler._cache.rules)
        service.failing = (TARGETS_PATH,)
        for _ in range(5):
            assert sampler.should_trace() == 'rule'
        wait_until(lambda: len(service.bodies(TARGETS_PATH)) >= 4)
        service.failing = ()
        wait_until(lambda: any(record.levelno == logging.INFO for record in caplog.records))
        times = [moment for path, moment in service.times if path == TARGETS_PATH]
        pauses = [later - earlier for earlier, later in zip(times, times[1:])]
        assert service.statistics()[-1]['RequestCount'] == 5
    for number, pause in enumerate(pauses[:3]):
        assert pause >= 0.1 * 2**number
    messages = [record.getMessage() for record in caplog.records if record.name == LOGGER]
    levels = [record.levelname for record in caplog.records if record.name == LOGGER]
    assert levels == ['WARNING', 'INFO']
    assert f'127.0.0.1:{service.port}' in messages[0]
    assert 'status 500' in messages[0]
    assert f'{len(pauses)} failed calls' in messages[1]
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.improvement('pain 21')
def test_an_absent_daemon_is_one_log_line(caplog):
    caplog.set_level(logging.INFO, 'aws_xray_sdk')
    with SamplingService() as service:
        address = service.daemon_address
    sampler = DefaultSampler()
    sampler.load_settings(DaemonConfig(address), Context())
    assert sampler.should_trace() is True
    wait_until(lambda: caplog.records)
    time.sleep(1.5)
    assert [record.levelname for record in caplog.records] == ['WARNING']
    assert 'local rules decide' in caplog.records[0].getMessage()


def test_changed_rules_are_fetched_at_once():
    with SamplingService(rule_record('old')) as service:
        sampler = make_sampler(service)
        sampler.start()
        wait_until(lambda: sampler.should_trace() == 'old')
        service.pages = [[rule_record('new')]]
        service.last_rule_modification = time.time() + 60
        wait_until(lambda: sampler.should_trace() == 'new', timeout=30)


def test_calls_carry_no_trace_header_and_no_signature():
    with SamplingService(rule_record('rule')) as service:
        sampler = make_sampler(service)
        sampler.start()
        wait_until(lambda: service.headers(RULES_PATH))
        headers = service.headers(RULES_PATH)[0]
    assert 'x-amzn-trace-id' not in headers
    assert 'authorization' not in headers


class Client:
    """As an application brings one: answers as boto3 does, with points in time."""

    def __init__(self):
        self.calls = []
        self.is_broken = False
        self.expires = datetime.datetime(2033, 1, 1, tzinfo=datetime.timezone.utc)

    def get_sampling_rules(self, **arguments):
        self.calls.append(('rules', arguments))
        return {'SamplingRuleRecords': [rule_record('mine')], 'ResponseMetadata': {'HTTPStatusCode': 200}}

    def get_sampling_targets(self, SamplingStatisticsDocuments):
        self.calls.append(('targets', SamplingStatisticsDocuments))
        if self.is_broken:
            raise ValueError('the client is broken')
        return {
            'SamplingTargetDocuments': [
                {'RuleName': 'mine', 'FixedRate': 0.5, 'ReservoirQuota': 2, 'ReservoirQuotaTTL': self.expires}
            ],
            'LastRuleModification': datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
            'UnprocessedStatistics': [],
        }


def test_a_client_of_the_application_is_used():
    client = Client()
    sampler = DefaultSampler()
    sampler.load_local_rules(NEVER)
    sampler.xray_client = client
    assert sampler.xray_client is client
    sampler.load_settings(DaemonConfig('127.0.0.1:9'), Context())
    sampler._target_poller._interval = 0.1
    sampler.should_trace()
    wait_until(lambda: sampler.should_trace() == 'mine')
    (rule,) = sampler._cache.rules
    wait_until(lambda: rule.rate == 0.5)
    assert (rule.reservoir.quota, rule.reservoir.TTL) == (2, int(client.expires.timestamp()))
    assert client.calls[0] == ('rules', {})
    document = next(arguments for call, arguments in client.calls if call == 'targets')[0]
    assert set(document) == {'RuleName', 'ClientID', 'RequestCount', 'BorrowCount', 'SampledCount', 'Timestamp'}


@pytest.mark.improvement('D22')
def test_a_client_that_raises_costs_nothing_but_a_log_line(caplog, connector):
    client = Client()
    connector.setup_xray_client(ip='127.0.0.1', port=9, client=client)
    (rule,) = connector.fetch_sampling_rules()
    rule.increment_request_count()
    client.is_broken = True
    with pytest.raises(ConnectionError, match='ValueError: the client is broken'):
        connector.fetch_sampling_target([rule])
    assert rule.request_count == 1


@pytest.mark.improvement('new')
def test_the_poller_stops_on_request():
    with SamplingService(rule_record('rule')) as service:
        sampler = make_sampler(service)
        sampler.start()
        wait_until(lambda: sampler._cache.rules)
        assert sampler._rule_poller.is_running is True
        assert sampler._rule_poller.stop(5.0) is True
        assert sampler._started is False
        sampler._rule_poller.wake_up()
        sampler.start()
        wait_until(lambda: len(service.bodies(RULES_PATH)) == 2)
