"""Management commands run outside any request, so nothing of the SDK may show in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List

import pytest
import servers

from support.daemon import FakeDaemon

_STRATEGIES = ['RUNTIME_ERROR', 'LOG_ERROR', 'LOG_WARNING', 'IGNORE_ERROR']


@pytest.mark.improvement('row 10')
@pytest.mark.parametrize('strategy', _STRATEGIES)
@pytest.mark.parametrize(
    'command, output',
    [
        (['check', '--database', 'default'], 'System check identified no issues (0 silenced).\n'),
        (['migrate', '--run-syncdb', '--verbosity', '0'], ''),
        (['shell', '--command', 'from django.db import connection; connection.cursor().execute("SELECT 1")'], ''),
    ],
    ids=['check', 'migrate', 'shell'],
)
def test_a_command_runs_clean(run_manage: Callable[..., Any], strategy: str, command: List[str], output: str) -> None:
    completed = run_manage(*command, AWS_XRAY_CONTEXT_MISSING=strategy)
    assert completed.stderr == ''
    assert completed.stdout.endswith(output)


@pytest.mark.improvement('row 10')
@pytest.mark.parametrize('strategy', _STRATEGIES)
@pytest.mark.parametrize('arguments', [['--noreload'], []], ids=['without reloader', 'with reloader'])
def test_the_development_server_runs_clean(
    daemon: FakeDaemon, tmp_path: Path, strategy: str, arguments: List[str]
) -> None:
    command = ['-m', 'django', 'runserver', *arguments, '127.0.0.1:{port}']
    with servers.running(tmp_path, daemon.address, *command, AWS_XRAY_CONTEXT_MISSING=strategy) as server:
        status, body = server.get('/plain/', (('Host', '127.0.0.1'),))
        assert (status, body) == (200, b'plain')
    text = server.log.read_text()
    for complaint in ('Traceback', 'Segment', 'segment', 'xray', 'Error'):
        assert complaint not in text, text
    assert [trace.name for trace in daemon.traces()] == ['traced-site']
