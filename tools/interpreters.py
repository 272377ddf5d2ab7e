"""Find the CPython interpreters on this machine that the package supports."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 9), (3, 13)
_PROBE = """
import json, sys, sysconfig
import ensurepip, venv
free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
print(json.dumps([sys.implementation.name, list(sys.version_info[:2]), free_threaded]))
"""


def find_interpreters():
    """Map each supported version, as in ``"3.11"``, to an interpreter of it, oldest first."""
    found = {}
    for path in _candidates():
        version = _version_of(path)
        if version is not None and OLDEST <= version <= NEWEST:
            found.setdefault(version, path)
    return {"{}.{}".format(*version): found[version] for version in sorted(found)}


def _candidates():
    # The interpreter that runs this comes first: the one the developer chose.
    yield pathlib.Path(sys.executable)
    for directory in _pyenv_versions():
        yield directory / "bin" / "python"
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        path = shutil.which(f"python3.{minor}")
        if path:
            yield pathlib.Path(path)


def _pyenv_versions():
    root = os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv")
    # Newest patch release first, so that it is the one that is kept.
    return sorted(pathlib.Path(root, "versions").glob("3.*"), key=_numbers, reverse=True)


def _numbers(directory):
    return [int(part) if part.isdigit() else -1 for part in directory.name.split(".")]


def _version_of(path):
    """Ask an interpreter for its version; None if it is no CPython that can make virtual environments."""
    try:
        result = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=30)
        implementation, version, free_threaded = json.loads(result.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return tuple(version) if implementation == "cpython" and not free_threaded else None


if __name__ == "__main__":
    for name, interpreter in find_interpreters().items():
        print(name, interpreter)
