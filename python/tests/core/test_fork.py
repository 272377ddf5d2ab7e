"""Forked workers: their own ids, their own pollers, and nothing sent twice."""

from __future__ import annotations

import re

import pytest

WORKERS = 8


def test_workers_have_ids_of_their_own(run_program, daemon):
    """All of them fork from one parent that already made a segment, so a copied random state would show."""
    run_program(
        f"""
        import os
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        with xray_recorder.in_segment('parent'):
            pass
        children = []
        for worker in range({WORKERS}):
            child = os.fork()
            if child == 0:
                for number in range(20):
                    with xray_recorder.in_segment(f'worker {{worker}}'):
                        with xray_recorder.in_subsegment('load'):
                            pass
                os._exit(0)
            children.append(child)
        for child in children:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
        """
    )
    traces = daemon.traces()
    assert len(traces) == 1 + WORKERS * 20
    assert len({trace.trace_id for trace in traces}) == len(traces)
    assert len({node.id for trace in traces for node in trace.walk()}) == 1 + WORKERS * 40


def test_a_fork_inside_a_segment_sends_it_once(run_program, daemon):
    run_program(
        f"""
        import os
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        xray_recorder.begin_segment('parent')
        child = os.fork()
        if child == 0:
            xray_recorder.clear_trace_entities()
            with xray_recorder.in_segment('child'):
                pass
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        xray_recorder.end_segment()
        """
    )
    assert sorted(trace.name for trace in daemon.traces()) == ['child', 'parent']


@pytest.mark.improvement('D15')
def test_workers_poll_for_themselves(run_program, daemon):
    """Each worker asks for sampling rules although its parent already did, and reports as a client of its own."""
    completed = run_program(
        """
        import json, os, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        asked = set()
        clients = set()
        lock = threading.Lock()
        RULE = {'RuleName': 'Default', 'Priority': 10000, 'FixedRate': 0.0, 'ReservoirSize': 1, 'ServiceName': '*',
                'ServiceType': '*', 'Host': '*', 'HTTPMethod': '*', 'URLPath': '*', 'Version': 1, 'ResourceARN': '*',
                'Attributes': {}}

        class Service(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length'] or 0))
                with lock:
                    if self.path == '/GetSamplingRules':
                        asked.add(self.client_address)
                        answer = {'SamplingRuleRecords': [{'SamplingRule': RULE}]}
                    else:
                        for document in json.loads(body)['SamplingStatisticsDocuments']:
                            clients.add(document['ClientID'])
                        answer = {'SamplingTargetDocuments': [], 'UnprocessedStatistics': []}
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        ready_read, ready_write = os.pipe()
        stop_read, stop_write = os.pipe()
        # The program under test forks, so the server lives in a process of its own.
        server_process = os.fork()
        if server_process == 0:
            server = ThreadingHTTPServer(('127.0.0.1', 0), Service)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            os.write(ready_write, str(server.server_port).encode())
            os.read(stop_read, 1)
            print('clients', len(clients), 'connections', len(asked), flush=True)
            os._exit(0)

        port = int(os.read(ready_read, 16))
        from aws_xray_sdk.core import xray_recorder
        xray_recorder.configure(service='web', daemon_address=f'tcp:127.0.0.1:{port} udp:127.0.0.1:9')
        with xray_recorder.in_segment():
            pass
        time.sleep(1)
        workers = []
        for _ in range(3):
            worker = os.fork()
            if worker == 0:
                deadline = time.monotonic() + 14
                while time.monotonic() < deadline:
                    with xray_recorder.in_segment():
                        time.sleep(0.05)
                os._exit(0)
            workers.append(worker)
        for worker in workers:
            assert os.waitpid(worker, 0)[1] == 0
        os.write(stop_write, b'x')
        os.waitpid(server_process, 0)
        """
    )
    clients, connections = map(int, re.search(r'clients (\d+) connections (\d+)', completed.stdout).groups())
    assert clients >= 3
    assert connections >= 3


def test_locks_held_at_the_fork_do_not_hang_the_child(run_program, daemon):
    """Threads record all the time while the process forks; a lock copied in the locked state would hang the child.

    What the threads send goes nowhere, since it would crowd out the children's documents.
    """
    run_program(
        f"""
        import os, threading, warnings
        warnings.simplefilter('ignore', DeprecationWarning)
        from aws_xray_sdk.core import xray_recorder
        from aws_xray_sdk.core.recorder import AWSXRayRecorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        busy_recorder = AWSXRayRecorder()
        busy_recorder.configure(service='busy', sampling=False, daemon_address='127.0.0.1:9')
        stop = threading.Event()

        def record():
            while not stop.is_set():
                with busy_recorder.in_segment('thread') as segment:
                    with busy_recorder.in_subsegment('load'):
                        segment.to_dict()

        threads = [threading.Thread(target=record) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(30):
            child = os.fork()
            if child == 0:
                for recorder in (busy_recorder, xray_recorder):
                    with recorder.in_segment('child'), recorder.in_subsegment('load'):
                        pass
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        """
    )
    assert [trace.name for trace in daemon.traces()] == ['child'] * 30
