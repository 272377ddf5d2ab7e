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

_MADE_BY_PYTEST = 'pytest-asyncio makes the task of the test with a context, which the task factory of upstream refuses'

#: Files and tests that are left out, each with the reason.
TOLERATED: Dict[str, str] = {
    'core/test_propagation.py': 'imports a module that upstream does not have',
    'core/sampling/test_rule_cache.py::test_requests_decide_while_another_thread_refreshes': (
        'a race that upstream loses only now and then'
    ),
    'core/test_async_context.py::test_gathered_tasks_are_siblings': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_tasks_begun_below_a_subsegment_stay_below_it': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_what_a_task_opens_is_not_seen_by_its_parent': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_captured_coroutines_are_siblings': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_requests_in_tasks_keep_apart': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_clearing_forgets_the_segment_of_this_task_only': _MADE_BY_PYTEST,
    'core/test_async_context.py::test_a_generator_finalised_elsewhere_ends_its_subsegment': _MADE_BY_PYTEST,
}

#: What upstream warns about by itself: it never closes its sockets.
_UPSTREAM_WARNINGS = ('ignore::ResourceWarning', 'ignore::pytest.PytestUnraisableExceptionWarning')


def command(arguments: List[str]) -> List[str]:
    """The pytest command for the oracle's interpreter."""
    line = [str(oracle_python()), '-m', 'pytest', '-c', str(_TESTS.parent / 'pytest.ini')]
    line += ['--rootdir', str(_TESTS.parent), '-p', 'no:cacheprovider', '-p', 'support.upstream_fails']
    for warning in _UPSTREAM_WARNINGS:
        line += ['-W', warning]
    for test in TOLERATED:
        line += ['--deselect', f'tests/{test}'] if '::' in test else ['--ignore', test]
    return line + (arguments or ['core'])


def main() -> int:
    """Runs pytest in ``tests`` (not above it, where the package under test lies) and returns its status."""
    run = subprocess.run(
        command(sys.argv[1:]), cwd=_TESTS, env=oracle_environment(), timeout=_TIMEOUT_SECONDS, check=False
    )
    return run.returncode


if __name__ == '__main__':
    sys.exit(main())
