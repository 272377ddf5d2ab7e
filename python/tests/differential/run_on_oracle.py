"""Runs the tests on upstream's package: ``python tests/differential/run_on_oracle.py [pytest arguments]``.

Tests without a marker describe what drop-in means, so they have to pass on upstream; tests marked ``improvement`` have
to fail there (see :mod:`support.upstream_fails`). :data:`TOLERATED` names the tests that cannot run on upstream.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Dict, List

from oracle import oracle_environment, oracle_python

_TESTS = Path(__file__).resolve().parents[1]
_TIMEOUT_SECONDS = 1800

#: What is run unless arguments say otherwise.
DIRECTORIES = ['core', 'ext/aiohttp', 'ext/django', 'ext/flask']

#: Files and tests that are left out, each with the reason.
TOLERATED: Dict[str, str] = {
    'core/test_memory.py': 'upstream writes cycles in metadata until its memory ends',
    'core/test_propagation.py': 'imports a module that upstream does not have',
    'core/sampling/test_rule_cache.py::test_requests_decide_while_another_thread_refreshes': (
        'a race that upstream loses only now and then'
    ),
    'ext/django/test_database_servers.py': 'needs servers, which the run on the package under test starts',
}

#: What upstream causes by itself: it never closes its sockets, and breaks requests in the threads of servers.
_UPSTREAM_WARNINGS = (
    'ignore::ResourceWarning',
    'ignore::pytest.PytestUnraisableExceptionWarning',
    'ignore::pytest.PytestUnhandledThreadExceptionWarning',
)


def command(arguments: List[str]) -> List[str]:
    """The pytest command for the oracle's interpreter."""
    line = [str(oracle_python()), '-m', 'pytest', '-c', str(_TESTS.parent / 'pytest.ini')]
    line += ['--rootdir', str(_TESTS.parent), '-p', 'no:cacheprovider', '-p', 'support.upstream_fails']
    for warning in _UPSTREAM_WARNINGS:
        line += ['-W', warning]
    for test in TOLERATED:
        line += ['--deselect', f'tests/{test}'] if '::' in test else ['--ignore', test]
    return line + (arguments or DIRECTORIES)


def main() -> int:
    """Runs pytest in ``tests`` (not above it, where the package under test lies) and returns its status."""
    run = subprocess.run(
        command(sys.argv[1:]), cwd=_TESTS, env=oracle_environment(), timeout=_TIMEOUT_SECONDS, check=False
    )
    return run.returncode


if __name__ == '__main__':
    sys.exit(main())
