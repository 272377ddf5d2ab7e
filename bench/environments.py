"""A virtual environment for each tracer: the same Python, the same frameworks, one tracer."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Optional

from implementations import BASELINES

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
CACHE = ROOT / ".cache" / "bench"
PYTHON_VERSION = "3.11"
REQUIREMENTS = {
    "baseline": "requirements-frameworks.txt",
    "fluoro": "requirements-frameworks.txt",
    "upstream": "requirements-upstream.txt",
    "opentelemetry": "requirements-opentelemetry.txt",
    "datadog": "requirements-datadog.txt",
    "build": "requirements-build.txt",
    "rotel": "requirements-rotel.txt",
    "spans": "requirements-spans.txt",
}
ENVIRONMENT_OF = dict.fromkeys(BASELINES, "baseline")


def find_python() -> str:
    """A CPython 3.11: this one, the one on the path, or the newest that pyenv has.

    :raises SystemExit: when there is none
    """
    candidates = [sys.executable, shutil.which(f"python{PYTHON_VERSION}") or ""]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted((str(path) for path in versions.glob(f"{PYTHON_VERSION}.*/bin/python")), reverse=True)
    for candidate in filter(None, candidates):
        asked = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        )
        if asked.returncode == 0 and asked.stdout.strip() == PYTHON_VERSION:
            return candidate
    raise SystemExit(f"the benchmark needs CPython {PYTHON_VERSION}; name one with --python")


def prepare(name: str, python: str) -> Path:
    """The interpreter of an environment, made anew when its requirements changed.

    :param name: a key of :data:`REQUIREMENTS`
    :param python: the interpreter that a new environment is made with
    """
    folder = CACHE / name
    stamp = folder / "requirements.sha256"
    wanted = fingerprint(BENCH / REQUIREMENTS[name])
    interpreter = folder / "bin" / "python"
    if stamp.exists() and stamp.read_text() == wanted:
        return interpreter
    print(f"making the environment {name}", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    pip(interpreter, ["--requirement", str(BENCH / REQUIREMENTS[name])])
    stamp.write_text(wanted)
    return interpreter


def install_fluoro(python: str, wheel: Optional[Path]) -> None:
    """Put a release wheel into Fluoro's environment.

    :param wheel: a wheel; without one it is built from this checkout
    """
    interpreter = prepare("fluoro", python)
    pip(interpreter, ["--force-reinstall", "--no-deps", str(wheel or build_wheel(python))])


def build_wheel(python: str) -> Path:
    """Build the release wheel from this checkout."""
    maturin = prepare("build", python).with_name("maturin")
    wheels = CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    print("building the release wheel", file=sys.stderr, flush=True)
    subprocess.run(
        [str(maturin), "build", "--release", "--interpreter", python, "--out", str(wheels)],
        check=True,
        cwd=ROOT,
    )
    (wheel,) = wheels.glob("*.whl")
    return wheel


def command(implementation: str, module: str, arguments: List[str]) -> List[str]:
    """The command line that runs a module of this folder in an implementation's environment."""
    environment = ENVIRONMENT_OF.get(implementation, implementation)
    return [str(CACHE / environment / "bin" / "python"), "-m", module, "--implementation", implementation, *arguments]


def variables(implementation: str, seed: int, is_development: bool) -> Dict[str, str]:
    """The environment variables of a run: none of the caller's that could change a tracer.

    :param seed: of Python's string hashes, whose order of buckets moves the figures
    :param is_development: Fluoro comes from the folder ``python`` of this checkout, not from its wheel
    """
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    kept["PYTHONHASHSEED"] = str(seed)
    # What a process has allocated before decides whether glibc serves asyncio's large buffers from its heap or maps
    # them anew each time, which costs more than a tracer. Importing botocore happens to bring about the one, so all
    # sides get it.
    kept["MALLOC_MMAP_THRESHOLD_"] = str(8 << 20)
    kept["MALLOC_TRIM_THRESHOLD_"] = str(64 << 20)
    if is_development and implementation == "fluoro":
        kept["PYTHONPATH"] = str(ROOT / "python")
    return kept


def pip(interpreter: Path, arguments: List[str]) -> None:
    """Install into an environment."""
    subprocess.run(
        [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments],
        check=True,
    )


def fingerprint(requirements: Path) -> str:
    """A digest of a requirements file and of those it includes."""
    text = requirements.read_text()
    for line in text.splitlines():
        if line.startswith("-r "):
            text += fingerprint(requirements.with_name(line[3:].strip()))
    return hashlib.sha256(text.encode()).hexdigest()
