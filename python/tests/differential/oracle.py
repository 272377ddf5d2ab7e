"""The oracle: aws-xray-sdk 2.15.0 in a virtual environment of its own, made on first use under ``.cache/oracle``.

It gets every other distribution in the version that is installed here, so that whatever differs is the tracing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path
from typing import Dict, List

UPSTREAM = 'aws-xray-sdk==2.15.0'
_NOT_SHARED = {'aws-xray-sdk', 'fluoro', 'pip', 'setuptools', 'wheel'}
_CACHE = Path(__file__).resolve().parents[3] / '.cache' / 'oracle'
_INSTALL_TIMEOUT_SECONDS = 900


def requirements() -> List[str]:
    """Upstream's package, and what is installed here beside the package under test."""
    installed = {
        distribution.metadata['Name'].lower(): distribution.version for distribution in metadata.distributions()
    }
    shared = sorted(set(installed) - _NOT_SHARED)
    return [UPSTREAM, *(f'{name}=={installed[name]}' for name in shared)]


def oracle_python() -> Path:
    """The oracle's interpreter; ``ORACLE_PYTHON`` names one that exists already."""
    given = os.environ.get('ORACLE_PYTHON')
    if given:
        return Path(given)
    pins = requirements()
    digest = hashlib.sha256('\n'.join(pins).encode()).hexdigest()[:12]
    directory = _CACHE / f'{sys.version_info.major}.{sys.version_info.minor}-{digest}'
    interpreter = directory / 'bin' / 'python'
    installed = directory / 'installed'
    if not installed.exists():
        shutil.rmtree(directory, ignore_errors=True)
        venv.create(directory, with_pip=True, symlinks=True)
        subprocess.run(
            [str(interpreter), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *pins],
            check=True,
            timeout=_INSTALL_TIMEOUT_SECONDS,
        )
        installed.touch()
    return interpreter


def oracle_environment() -> Dict[str, str]:
    """This process's environment without anything that would let the package under test shadow upstream's."""
    return {name: value for name, value in os.environ.items() if name not in ('PYTHONPATH', 'PYTHONHOME')}
