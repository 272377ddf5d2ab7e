"""The annotations of the public surface, as a user's type checker sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import aws_xray_sdk

_CONSUMER = Path(__file__).with_name('consumer.py')
_TIMEOUT_SECONDS = 300


@pytest.mark.improvement('sdk#313')
def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(aws_xray_sdk.__file__).parent / 'py.typed').exists()


@pytest.mark.improvement('sdk#313')
def test_a_strictly_checked_program(tmp_path: Path) -> None:
    mypy = pytest.importorskip('mypy', reason='checked where the linters are installed')
    del mypy
    package_root = Path(aws_xray_sdk.__file__).resolve().parents[1]
    # An installed package is found by itself, and mypy refuses to be pointed at it.
    search_path = {} if package_root.name == 'site-packages' else {'MYPYPATH': str(package_root)}
    checked = subprocess.run(
        [sys.executable, '-m', 'mypy', '--strict', '--cache-dir', str(tmp_path), str(_CONSUMER)],
        env={**search_path, 'PATH': ''},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
