"""Measure this package beside aws-xray-sdk, OpenTelemetry and ddtrace, and write RESULTS.md and results.json.

    python bench/run.py                 # everything, about 15 minutes, on an idle machine
    python bench/run.py --quick         # everything once, under 2 minutes
    python bench/run.py --only django   # one row; repeat for more

Each side of a row is a process of its own, in the tracer's own virtual environment; all are on one core and take
their samples in turns (A B C D A B C D …). A round starts them anew, with the same hash seed for all.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

import environments
import report
from implementations import BASELINES, TRACERS
from rows import ROWS, Row
from workers import Worker, take_turns

ROUNDS = 9
SAMPLES = 9
SAMPLE_MILLISECONDS = 60
QUICK_ROUNDS = 1
QUICK_SAMPLES = 5
QUICK_SAMPLE_MILLISECONDS = 40


def main() -> int:
    """Returns the exit code: 1 when a measurement failed or something did not arrive."""
    options = parse_options()
    rows = [row for row in ROWS if not options.only or row.key in options.only]
    tracers = [name for name in TRACERS if name in options.implementations]
    python = options.python or environments.find_python()
    for name in ["baseline", *tracers]:
        environments.prepare(name, python)
    if "fluoro" in tracers and not options.development and not options.installed:
        environments.install_fluoro(python, options.wheel)

    started = time.time()
    runs = measure(rows, tracers, options)
    results = {
        "taken_at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(started)),
        "seconds": round(time.time() - started),
        "command": " ".join(["python bench/run.py", *sys.argv[1:]]),
        "is_development_build": options.development,
        "rounds": options.rounds,
        "machine": describe_machine(python),
        "runs": runs,
    }
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    text = report.render(results, rows, tracers)
    (options.output / "RESULTS.md").write_text(text)
    print(text)
    return 1 if report.problems(runs) else 0


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument(
        "--only",
        action="append",
        choices=[row.key for row in ROWS],
        metavar="ROW",
        help="measure one row (repeat for more): " + ", ".join(row.key for row in ROWS),
    )
    parser.add_argument(
        "--implementations",
        type=lambda text: text.split(","),
        default=list(TRACERS),
        help="comma-separated; default: " + ",".join(TRACERS),
    )
    parser.add_argument("--rounds", type=int, help=f"processes per implementation and row (default: {ROUNDS})")
    parser.add_argument("--python", help=f"a CPython {environments.PYTHON_VERSION} for the environments")
    parser.add_argument("--wheel", type=Path, help="measure this wheel instead of building one")
    parser.add_argument("--installed", action="store_true", help="measure the wheel of the last run")
    parser.add_argument("--development", action="store_true", help="measure the folder python/ with its built engine")
    parser.add_argument("--output", type=Path, default=environments.BENCH, help="folder of the two result files")
    options = parser.parse_args()
    if options.rounds is None:
        options.rounds = QUICK_ROUNDS if options.quick else ROUNDS
    return options


def measure(rows: List[Row], tracers: List[str], options: argparse.Namespace) -> List[Dict[str, Any]]:
    """Run every scenario that the rows need, round by round."""
    scenarios = {row.scenario: row for row in rows}
    runs = []
    for number in range(options.rounds):
        for scenario, row in scenarios.items():
            sides = [name for name in row.implementations if name in tracers or name in BASELINES]
            turn = number % len(sides)
            print(f"round {number + 1}/{options.rounds} {scenario}", file=sys.stderr, flush=True)
            workers = [start(scenario, name, number, options) for name in sides[turn:] + sides[:turn]]
            runs += [{"round": number, **result} for result in take_turns(workers)]
    return runs


def start(scenario: str, implementation: str, number: int, options: argparse.Namespace) -> Worker:
    """The process of one side, ready to take its samples.

    :param number: the round, whose sides share a hash seed
    """
    samples = QUICK_SAMPLES if options.quick else SAMPLES
    milliseconds = QUICK_SAMPLE_MILLISECONDS if options.quick else SAMPLE_MILLISECONDS
    arguments = ["--take-turns", "--rounds", str(samples), "--sample-milliseconds", str(milliseconds)]
    return Worker(
        scenario,
        implementation,
        environments.command(implementation, f"scenarios.{scenario}", arguments),
        environments.variables(implementation, number, options.development),
    )


def describe_machine(python: str) -> Dict[str, str]:
    """What the figures depend on."""
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    flags = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_config_var('CONFIG_ARGS'))"],
        capture_output=True,
        text=True,
    ).stdout
    optimized = [name for flag, name in (("--enable-optimizations", "PGO"), ("--with-lto", "LTO")) if flag in flags]
    asked = "import platform; print(platform.python_version())"
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True)
    return {
        "processor": f"{processor}, {os.cpu_count()} cores",
        "kernel": f"{platform.system()} {platform.release()}",
        "python": subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
        + (f", with {' and '.join(optimized)}" if optimized else ", without PGO and LTO"),
        "rust": compiler.stdout.strip(),
        "load_at_end": "%.1f %.1f %.1f" % os.getloadavg(),
    }


if __name__ == "__main__":
    sys.exit(main())
