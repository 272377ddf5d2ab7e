"""Forked workers with threads: every request arrives, in one trace of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator, List

import gunicorn
import pytest

import aws_xray_sdk
from support.wsgi_server import Client

APPLICATION = """
from flask import Flask, render_template_string

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

xray_recorder.configure(service='shop', sampling=False)
app = Flask('shop')
XRayMiddleware(app, xray_recorder)


@app.get('/<int:number>')
def view(number):
    xray_recorder.put_annotation('number', number)
    with xray_recorder.in_subsegment(f'work-{number}'):
        return str(number)
"""

REQUESTS = 400


@pytest.fixture(params=[(), ('--preload',)], ids=['loaded-by-workers', 'preloaded'])
def gunicorn_port(request: Any, tmp_path: Path, daemon: Any) -> Iterator[int]:
    """The port of a gunicorn with two workers of four threads each."""
    (tmp_path / 'shop.py').write_text(APPLICATION)
    options: List[str] = ['--workers', '2', '--threads', '4', '--bind', '127.0.0.1:0']
    options += ['--worker-tmp-dir', str(tmp_path)]
    if gunicorn.version_info[0] > 23:
        options.append('--no-control-socket')
    package_root = str(Path(aws_xray_sdk.__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, '-m', 'gunicorn', *options, *request.param, 'shop:app'],
        cwd=tmp_path,
        env={**os.environ, 'PYTHONPATH': package_root, 'AWS_XRAY_DAEMON_ADDRESS': daemon.address},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            listening = re.search(r'Listening at: http://127\.0\.0\.1:(\d+)', line)
            if listening:
                yield int(listening.group(1))
                break
        else:
            raise AssertionError(f'gunicorn exited with {process.wait(20)}')
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.stderr.close()


def test_every_request_of_every_worker_arrives(gunicorn_port, daemon):
    client = Client(gunicorn_port)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: client.get(f'/{number}').body, range(REQUESTS)))

    assert answers == [str(number).encode() for number in range(REQUESTS)]
    daemon.wait_for_documents(REQUESTS)
    traces = daemon.traces()
    assert sorted(trace['annotations']['number'] for trace in traces) == list(range(REQUESTS))
    assert len({trace.trace_id for trace in traces}) == REQUESTS
    for trace in traces:
        assert [child.name for child in trace.children] == [f"work-{trace['annotations']['number']}"]
