"""The same programs on this package and on upstream's: documents and output may differ only where it is intended."""

from __future__ import annotations

import fnmatch
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

import aws_xray_sdk
from support.daemon import FakeDaemon

from .intended import INTENDED
from .normalise import Difference, Document, compare, normalise, normalise_text
from .oracle import oracle_environment, oracle_python

PROGRAMS = sorted((Path(__file__).parent / 'programs').glob('*.py'))
_TIMEOUT_SECONDS = 60
_PACKAGE_ROOT = Path(aws_xray_sdk.__file__).resolve().parents[1]


def run(interpreter: str, program: Path, search_path: str) -> Tuple[List[str], List[Document]]:
    """What ``program`` prints and sends under ``interpreter``, normalised."""
    with FakeDaemon() as daemon:
        environment = {**oracle_environment(), 'AWS_XRAY_DAEMON_ADDRESS': daemon.address}
        if search_path:
            environment['PYTHONPATH'] = search_path
        completed = subprocess.run(
            [interpreter, str(program)],
            env=environment,
            cwd=os.path.dirname(program),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        assert completed.returncode == 0, completed.stderr
        documents = normalise(daemon.documents(), program.name)
    return normalise_text(completed.stdout).splitlines(), documents


def differences(program: Path) -> List[Difference]:
    """Every difference between upstream and here."""
    upstream_output, upstream = run(str(oracle_python()), program, '')
    output, documents = run(sys.executable, program, str(_PACKAGE_ROOT))
    found = list(compare(upstream_output, output, f'{program.stem}:output'))
    found += compare(upstream, documents, f'{program.stem}:document')
    return found


def describe(difference: Difference) -> str:
    """A difference as the lines that a reader wants to see."""
    return f'{difference.path}\n  upstream {difference.upstream!r}\n  here     {difference.here!r}'


@pytest.mark.parametrize('program', PROGRAMS, ids=lambda program: program.stem)
def test_differences_are_intended(program: Path) -> None:
    found = differences(program)
    intended = {place: reason for place, reason in INTENDED.items() if place.split(':')[0] == program.stem}
    unexpected = [one for one in found if not any(fnmatch.fnmatchcase(one.path, place) for place in intended)]
    assert unexpected == [], '\n'.join(map(describe, unexpected))
    stale = {place for place in intended if not any(fnmatch.fnmatchcase(one.path, place) for one in found)}
    assert stale == set()


def test_every_intended_difference_has_a_reason_and_a_program() -> None:
    stems: Dict[str, None] = dict.fromkeys(program.stem for program in PROGRAMS)
    for place, reason in INTENDED.items():
        assert len(reason) > 20, place
        assert place.split(':')[0] in stems, place
