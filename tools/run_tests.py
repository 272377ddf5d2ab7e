#!/usr/bin/env python3
"""Run every check of the project, or the groups named on the command line, and end with a table.

Groups: ``lint`` (formatting, lints, dependency rules), ``rust``, ``viewer``, ``agent`` (the binary under other people's
clients and in a browser), ``python`` (the wheel and its tests on each supported interpreter that is found, with real
databases), ``types``, ``differential`` and ``demo``. A failing check does not stop the ones after it.
"""

import argparse
import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import databases
from interpreters import find_interpreters

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
AGENT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "quick" / "fluoro"
TOOLS = pathlib.Path(sys.executable).parent
GROUPS = ("lint", "rust", "viewer", "agent", "python", "types", "differential", "demo")
CHECK_SECONDS = 1500
PROFILE = "quick"
#: Crates with dependencies that take minutes to build: tested in the profile that the demo builds anyway.
AGENT_CRATES = ("fluoro-agent", "fluoro-store")
#: Property tests take the same inputs each time: a commit passes or fails for good. `make explore` tries others.
SEED = "1"
#: The version whose environment also serves the checks that need one interpreter only, if it is there.
PREFERRED = "3.11"


class CheckFailed(Exception):
    """A check did not pass; the message says why when the output of its command does not."""


class Report:
    """What was checked, with its outcome and duration."""

    def __init__(self):
        self.rows = []

    @contextlib.contextmanager
    def check(self, name):
        """Run the body as one check; its failure is noted, not raised."""
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        try:
            yield
        except (CheckFailed, databases.ServerFailed) as failure:
            print(f"{name}: {failure}", flush=True)
            outcome = "failed"
        else:
            outcome = "passed"
        self.rows.append((name, outcome, time.monotonic() - started))

    def finish(self):
        """Print the table and return the exit status."""
        width = max(len(name) for name, _, _ in self.rows)
        print(f"\n{'check':<{width}}  result  seconds")
        for name, outcome, seconds in self.rows:
            print(f"{name:<{width}}  {outcome}  {seconds:7.1f}")
        failed = sum(outcome == "failed" for _, outcome, _ in self.rows)
        total = sum(seconds for _, _, seconds in self.rows)
        print(f"{'total':<{width}}          {total:7.1f}\n")
        print(f"checks: {len(self.rows) - failed} passed, {failed} failed")
        return 1 if failed else 0


def main():
    """Run the chosen groups in the order of ``GROUPS``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", help=f"what to run: {', '.join(GROUPS)} (default: all)")
    groups = set(parser.parse_args().groups or GROUPS)
    if not groups <= set(GROUPS):
        parser.error(f"unknown group: {', '.join(sorted(groups - set(GROUPS)))}; known are {', '.join(GROUPS)}")

    # A job in the background ignores interrupts, and so would the servers that the tests end with one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    report = Report()
    if "lint" in groups:
        check_lint(report)
    if "rust" in groups:
        check_rust(report)
    if "viewer" in groups:
        check_viewer(report)
    if "agent" in groups:
        check_agent(report)
    if groups & {"python", "types", "differential"}:
        check_python(report, groups)
    if "demo" in groups:
        with report.check("demo"):
            run("make", "--no-print-directory", "demo", "DEMO_OPTIONS=--end")
    return report.finish()


def check_lint(report):
    """Formatting and lints of both languages."""
    with report.check("rustfmt"):
        run("cargo", "fmt", "--all", "--", "--check", "-l")
    with report.check("clippy"):
        run("cargo", "clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings")
    with report.check("dependency rules"):
        run(sys.executable, "tools/check_dependencies.py")
    with report.check("ruff"):
        run("make", "--no-print-directory", ".cache/lint.stamp")
        run(TOOLS / "ruff", "check", "--quiet", ".")
        run(TOOLS / "ruff", "format", "--check", "--quiet", ".")
    with report.check("configuration page"):
        run(sys.executable, "tools/write_configuration.py", "--check")


def check_rust(report):
    """Tests of every crate, and the examples in their documentation."""
    light = ("--workspace", *(f"--exclude={crate}" for crate in AGENT_CRATES))
    heavy = tuple(f"--package={crate}" for crate in AGENT_CRATES)
    with report.check("viewer and agent are built"):
        run("make", "--no-print-directory", "agent")
    with report.check("Rust tests"):
        if shutil.which("cargo-nextest"):
            options = ("--locked", "--no-fail-fast", "--status-level", "fail")
            run("cargo", "nextest", "run", *options, *light)
            run("cargo", "nextest", "run", *options, *heavy, "--cargo-profile", PROFILE)
        else:
            options = ("--quiet", "--locked", "--tests", "--no-fail-fast")
            run("cargo", "test", *options, *light)
            run("cargo", "test", *options, *heavy, "--profile", PROFILE)
    with report.check("Rust documentation examples"):
        run("cargo", "test", "--quiet", "--locked", *light, "--doc")
        run("cargo", "test", "--quiet", "--locked", *heavy, "--doc", "--profile", PROFILE)
    with report.check("Rust example"):
        run("cargo", "run", "--quiet", "--locked", "-p", "fluoro-core", "--example", "trace")
    with report.check("Rust documentation"):
        run("cargo", "doc", "--quiet", "--locked", "--workspace", "--no-deps", env={"RUSTDOCFLAGS": "-D warnings"})


def check_viewer(report):
    """Types, lints and unit tests of the viewer."""
    with report.check("viewer"):
        run("make", "--no-print-directory", "viewer")
        run("npm", "--prefix", "viewer", "run", "check")
        run("npm", "--prefix", "viewer", "test")


def check_agent(report):
    """The agent's binary: under other people's clients, in front of other people's backends, in a browser."""
    with report.check("agent, real clients and backends"):
        run("make", "--no-print-directory", "agent")
        version, interpreter = choose(find_interpreters())
        environment = prepare("agent", interpreter, ("agent.txt",))
        python, package = environment / "bin" / "python", CACHE / "agent-package"
        # Beside aws-xray-sdk, which has the same import name, this project's package is a sender, too.
        wheel = build_wheel(version, prepare_with_wheel(version, interpreter) / "bin" / "python")
        shutil.rmtree(package, ignore_errors=True)
        run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", package, wheel)
        options = ("-c", "python/tests_agent/pytest.ini", "-p", "no:cacheprovider", "python/tests_agent")
        settings = {"FLUORO_BINARY": str(AGENT), "FLUORO_PACKAGE": str(package)}
        run(environment / "bin" / "pytest", *options, env=settings)
    with report.check("viewer in a browser"):
        run("npm", "--prefix", "viewer", "run", "test:browser", env={"FLUORO_BINARY": str(AGENT)})


def check_python(report, groups):
    """The wheel on every interpreter, each with its own versions of the frameworks."""
    interpreters = find_interpreters()
    print("\nCPython found:", ", ".join(f"{version} ({path})" for version, path in interpreters.items()), flush=True)
    main_version, main_interpreter = choose(interpreters)
    if "python" in groups:
        with contextlib.ExitStack() as servers:
            settings = None
            with report.check("start PostgreSQL and MariaDB"):
                settings = servers.enter_context(databases.running())
            for version, interpreter in interpreters.items():
                with report.check(f"Python tests, CPython {version}"):
                    if settings is None:
                        raise CheckFailed("not run, because the databases did not start")
                    environment = prepare_with_wheel(version, interpreter)
                    run_pytest(environment, "python/tests", "--ignore=python/tests/differential", env=settings)
    if "types" in groups:
        with report.check(f"types, CPython {main_version}"):
            check_types(prepare_with_wheel(main_version, main_interpreter))
    if "differential" in groups:
        with report.check(f"comparison with aws-xray-sdk, CPython {main_version}"):
            environment = prepare_with_wheel(main_version, main_interpreter)
            requirements = (f"matrix-{main_version}.txt", "test.txt", "oracle.txt")
            oracle = prepare("oracle", main_interpreter, requirements) / "bin" / "python"
            run_pytest(environment, "python/tests/differential", env={"ORACLE_PYTHON": str(oracle)})
            run(sys.executable, "python/tests/differential/run_on_oracle.py", env={"ORACLE_PYTHON": str(oracle)})


def choose(interpreters):
    """The version and the interpreter that serve the checks that need only one."""
    version = PREFERRED if PREFERRED in interpreters else max(interpreters, key=lambda text: int(text[2:]))
    return version, interpreters[version]


def check_types(environment):
    """The annotations, and the stub of the engine against the built module."""
    run(environment / "bin" / "python", "-m", "mypy", "--package", "aws_xray_sdk")
    run(environment / "bin" / "python", "-m", "mypy", "--strict", "python/tests/typing/consumer.py")
    # Which classes are disjoint bases is for the interpreter to know; older type checkers do not know the marker.
    run(environment / "bin" / "python", "-m", "mypy.stubtest", "--ignore-disjoint-bases", "aws_xray_sdk._engine")


def run_pytest(environment, *arguments, env=None):
    """Run tests on the installed package: the program ``pytest`` leaves the source tree out of the import path."""
    run(environment / "bin" / "pytest", "-c", "python/pytest.ini", "-p", "no:cacheprovider", *arguments, env=env)


def prepare_with_wheel(version, interpreter):
    """Make the virtual environment of a version, with the wheel built for it."""
    environment = prepare(version, interpreter, (f"matrix-{version}.txt", "test.txt", "lint.txt"))
    python = environment / "bin" / "python"
    wheel = build_wheel(version, python)
    run(python, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", wheel)
    return environment


def prepare(name, interpreter, requirements):
    """Make a virtual environment with some of the requirement files, unless it is there already."""
    environment = CACHE / "venvs" / name
    files = [ROOT / "requirements" / requirement for requirement in requirements]
    digest = hashlib.sha256(b"".join([str(interpreter).encode(), *(file.read_bytes() for file in files)])).hexdigest()
    stamp = environment / "requirements.sha256"
    if not stamp.exists() or stamp.read_text() != digest:
        run(interpreter, "-m", "venv", "--clear", environment)
        options = [f"--requirement={file}" for file in files]
        run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", *options)
        stamp.write_text(digest)
    return environment


def build_wheel(version, python):
    """Build the wheel for an interpreter, unless it is newer than all it is made of."""
    directory = CACHE / "wheels" / version
    wheels = sorted(directory.glob("*.whl"))
    if not wheels or wheels[0].stat().st_mtime < newest_source():
        shutil.rmtree(directory, ignore_errors=True)
        options = ["--quiet", "--locked", "--profile", PROFILE, "--interpreter", python, "--out", directory]
        run(TOOLS / "maturin", "build", *options)
        wheels = sorted(directory.glob("*.whl"))
    return wheels[0]


def newest_source():
    """When the youngest file that goes into the wheel was changed."""
    files = [ROOT / name for name in ("Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md")]
    for directory in ("crates", "python/aws_xray_sdk"):
        for pattern in ("*.rs", "*.py", "*.pyi", "*.toml", "py.typed"):
            files += (ROOT / directory).rglob(pattern)
    return max(file.stat().st_mtime for file in files)


def run(*command, env=None):
    """Run a command from the root of the checkout; anything but success fails the check."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    variables.setdefault("PROPTEST_RNG_SEED", SEED)
    variables.update({"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONNOUSERSITE": "1"}, **(env or {}))
    command = [str(part) for part in command]
    try:
        # A session of its own, so that what the command started can be ended with it.
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        raise CheckFailed(f"cannot run {command[0]}: {error}") from error
    try:
        status = process.wait(CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        raise CheckFailed(f"{command[0]} did not end within {CHECK_SECONDS} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if status != 0:
        raise CheckFailed(f"{' '.join(command)} ended with status {status}")


if __name__ == "__main__":
    sys.exit(main())
