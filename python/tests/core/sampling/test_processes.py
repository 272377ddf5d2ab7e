"""Pollers and processes: forks, and the end of the program."""

from __future__ import annotations

import re
import time

import pytest

WORKERS = 8

PREPARE = """
import os, sys, time
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.sampler import DefaultSampler

sampler = DefaultSampler()
sampler.load_settings(DaemonConfig(sys.argv[1] if len(sys.argv) > 1 else os.environ['SAMPLING_SERVICE']), None)
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
    from support.sampling_service import RULES_PATH, SamplingService, rule_record, wait_until

    with SamplingService(rule_record('rule')) as service:
        source = f"""
            {indented(PREPARE, 12)}
            decide_until(lambda decision: decision == 'rule')
            for _ in range(1000):
                sampler.should_trace({{'path': '/'}})
            children = []
            for worker in range({WORKERS}):
                child = os.fork()
                if child == 0:
                    decisions = 0
                    deadline = time.monotonic() + 20
                    while decisions < 5:
                        assert sampler.should_trace({{'path': '/'}}) == 'rule'
                        decisions += 1
                    before = sampler._cache.last_updated
                    while sum(rule.request_count for rule in sampler._cache.rules) > 0:
                        assert time.monotonic() < deadline
                        time.sleep(0.01)
                    os._exit(0)
                children.append(child)
            for child in children:
                assert os.waitpid(child, 0)[1] == 0
            decide_until(lambda _: sum(rule.request_count for rule in sampler._cache.rules) <= 1)
            time.sleep(0.3)
            """
        run_program(source, SAMPLING_SERVICE=service.daemon_address)
        wait_until(lambda: len(service.bodies(RULES_PATH)) >= WORKERS + 1)
        counted = {}
        for document in service.statistics():
            client_id = document['ClientID']
            assert re.fullmatch('[0-9a-f]{24}', client_id)
            counted[client_id] = counted.get(client_id, 0) + document['RequestCount']
    assert len(counted) == WORKERS + 1
    of_workers = sorted(counted.values())[:WORKERS]
    assert of_workers == [5] * WORKERS, 'a worker reports what it decided, and nothing of its parent'


@pytest.mark.improvement('D15')
def test_forking_while_the_poller_works_does_not_hang_a_child(run_program):
    from support.sampling_service import SamplingService, rule_record

    with SamplingService(*[rule_record(f'rule{number}', URLPath=f'/{number}') for number in range(25)]) as service:
        source = f"""
            {indented(PREPARE, 12)}
            sampler._target_poller._interval = 0.001
            sampler.start()
            for number in range(60):
                sampler._rule_poller.wake_up()
                for path in range(25):
                    sampler.should_trace({{'path': f'/{{path}}'}})
                child = os.fork()
                if child == 0:
                    for path in range(25):
                        sampler.should_trace({{'path': f'/{{path}}'}})
                    sampler._cache.load_rules(sampler._cache.rules)
                    os._exit(0)
                deadline = time.monotonic() + 10
                while os.waitpid(child, os.WNOHANG) == (0, 0):
                    assert time.monotonic() < deadline, 'a child hangs'
                    time.sleep(0.001)
            """
        run_program(source, SAMPLING_SERVICE=service.daemon_address)


@pytest.mark.parametrize('is_answering', [True, False], ids=['service answers', 'service hangs'])
def test_a_poller_does_not_keep_a_program_from_ending(run_program, is_answering):
    import socket

    from support.sampling_service import SamplingService, rule_record

    with SamplingService(rule_record('rule')) as service, socket.create_server(('127.0.0.1', 0)) as hanging:
        hanging_address = f'tcp:127.0.0.1:{hanging.getsockname()[1]} udp:127.0.0.1:9'
        source = f"""
            {indented(PREPARE, 12)}
            sampler.start()
            time.sleep(0.2)
            """
        started = time.monotonic()
        address = service.daemon_address if is_answering else hanging_address
        completed = run_program(source, SAMPLING_SERVICE=address)
        assert time.monotonic() - started < 8
    assert completed.stderr == ''


def test_programs_end_well_whatever_the_poller_is_doing(run_program):
    """Ends are spread over the first moments of the poller, when it enters the interpreter again and again."""
    from support.sampling_service import SamplingService, rule_record

    with SamplingService(*[rule_record(f'rule{number}') for number in range(25)]) as service:
        source = f"""
            import subprocess
            program = {PREPARE!r} + '''
            sampler._target_poller._interval = 0.001
            sampler.start()
            deadline = time.monotonic() + float(sys.argv[2])
            while time.monotonic() < deadline:
                sampler.should_trace(dict(path='/'))
                sampler._rule_poller.wake_up()
            '''.replace(chr(10) + ' ' * 12, chr(10))
            import sys
            for number in range(12):
                arguments = [sys.executable, '-c', program, {service.daemon_address!r}, str(number / 200)]
                ended = subprocess.run(arguments, capture_output=True, text=True, timeout=30)
                assert (ended.returncode, ended.stderr) == (0, ''), ended
            """
        run_program(source)


def indented(source: str, columns: int) -> str:
    """The source for use inside an indented one."""
    return source.strip().replace('\n', '\n' + ' ' * columns)
