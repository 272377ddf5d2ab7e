"""Pollers and processes: forks, and the end of the program."""

from __future__ import annotations

import re
import socket
import time

import pytest

from support.sampling_service import RULES_PATH, SamplingService, rule_record

WORKERS = 8
COMPLAINT = re.compile('Traceback|Fatal|panicked|abort', re.IGNORECASE)

PREPARE = """
import os, sys, time
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.sampler import DefaultSampler

sampler = DefaultSampler()
sampler.load_settings(DaemonConfig(os.environ['SAMPLING_SERVICE']), Context())
sampler._target_poller._interval = 0.1

def decide_until(is_reached):
    deadline = time.monotonic() + 20
    while not is_reached(sampler.should_trace({'path': '/'})):
        assert time.monotonic() < deadline
        time.sleep(0.01)
"""


@pytest.mark.improvement('D15')
def test_each_forked_worker_polls_and_reports_for_itself(run_program):
    """The parent has rules, counters and a poller at the moment it forks."""
    fork = """
for _ in range(1000):
    sampler.should_trace({'path': '/'})
children = []
for worker in range(int(os.environ['WORKERS'])):
    child = os.fork()
    if child == 0:
        for _ in range(5):
            assert sampler.should_trace({'path': '/'}) == 'rule'
        deadline = time.monotonic() + 20
        while sampler._cache.rules[0].request_count > 0:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.1)  # the report is taken before it is sent
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
    with SamplingService(rule_record('rule')) as service:
        source = f"{PREPARE}decide_until(lambda decision: decision == 'rule'){fork}"
        run_program(source, SAMPLING_SERVICE=service.daemon_address, WORKERS=str(WORKERS))
        counted = {}
        for document in service.statistics():
            client_id = document['ClientID']
            assert re.fullmatch('[0-9a-f]{24}', client_id)
            counted[client_id] = counted.get(client_id, 0) + document['RequestCount']
        assert len(service.bodies(RULES_PATH)) == WORKERS + 1
    assert len(counted) == WORKERS + 1
    assert sorted(counted.values())[:WORKERS] == [5] * WORKERS, 'its own decisions, and none of its parent'


def test_forking_while_the_poller_works_does_not_hang_a_child(run_program):
    fork = """
sampler._target_poller._interval = 0.001
sampler.start()
for number in range(60):
    sampler._rule_poller.wake_up()
    for path in range(25):
        sampler.should_trace({'path': f'/{path}'})
    child = os.fork()
    if child == 0:
        for path in range(25):
            sampler.should_trace({'path': f'/{path}'})
        sampler._cache.load_targets({'rule1': {'quota': 1, 'TTL': 1, 'interval': 1, 'rate': 1.0}})
        os._exit(0)
    deadline = time.monotonic() + 10
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        assert time.monotonic() < deadline, 'a child hangs'
        time.sleep(0.001)
"""
    records = [rule_record(f'rule{number}', URLPath=f'/{number}') for number in range(25)]
    with SamplingService(*records) as service:
        run_program(PREPARE + fork, SAMPLING_SERVICE=service.daemon_address)


@pytest.mark.parametrize('is_answering', [True, False], ids=['service answers', 'service hangs'])
def test_a_poller_does_not_keep_a_program_from_ending(run_program, is_answering):
    with SamplingService(rule_record('rule')) as service, socket.create_server(('127.0.0.1', 0)) as hanging:
        hanging_address = f'tcp:127.0.0.1:{hanging.getsockname()[1]} udp:127.0.0.1:9'
        address = service.daemon_address if is_answering else hanging_address
        started = time.monotonic()
        completed = run_program(f'{PREPARE}sampler.start()\ntime.sleep(0.2)', SAMPLING_SERVICE=address)
        assert time.monotonic() - started < 8
    assert not COMPLAINT.search(completed.stderr), completed.stderr


@pytest.mark.parametrize('seconds', [number / 100 for number in range(8)])
def test_a_program_ends_well_whatever_the_poller_is_doing(run_program, seconds):
    """It ends while the poller enters the interpreter again and again."""
    work = f"""
sampler._target_poller._interval = 0.001
sampler.start()
deadline = time.monotonic() + {seconds}
while time.monotonic() < deadline:
    sampler.should_trace({{'path': '/'}})
    sampler._rule_poller.wake_up()
"""
    with SamplingService(*[rule_record(f'rule{number}') for number in range(25)]) as service:
        completed = run_program(PREPARE + work, SAMPLING_SERVICE=service.daemon_address)
    assert not COMPLAINT.search(completed.stderr), completed.stderr
