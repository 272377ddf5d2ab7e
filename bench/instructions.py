"""Count instructions instead of time: steadier by far, and able to say which function they went to.

    python bench/instructions.py                         # every scenario below, Fluoro, in its wheel's environment
    python bench/instructions.py --only django_request --implementation upstream
    python bench/instructions.py --only begin_end --functions 30 --development

A scenario runs twice under callgrind, with few operations and with many; the difference is what the operations cost,
without start-up. Kernel work is not counted. Needs ``valgrind`` and environments made by ``bench/run.py``.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Tuple

import environments
import implementations

TIMEOUT_SECONDS = 900
SEED = 0
FUNCTION_LINE = re.compile(
    r"^\s*(?P<instructions>[\d,]+) \(\s*[\d.]+%\)\s+"
    r"(?:\S*?:)?(?P<function>.+?)"  # after the source file
    r"(?:'\d+)?(?: \[[^\]]*\])?$"  # before the depth of a recursion and the library
)


@dataclass(frozen=True)
class Count:
    """How often a scenario runs its operation, and what is taken off."""

    few: int
    many: int
    has_baseline: bool = False


COUNTS: Dict[str, Count] = {
    "begin_end": Count(200, 4_200),
    "with_block": Count(200, 4_200),
    "captured_call": Count(200, 4_200),
    "put_annotation": Count(200, 4_200),
    "segment": Count(50, 550),
    "django_request": Count(20, 170, has_baseline=True),
    "flask_request": Count(50, 550, has_baseline=True),
    "aiohttp_hop": Count(20, 220, has_baseline=True),
}


def main() -> int:
    """Returns the exit code."""
    options = parse_options()
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is not installed")
    for scenario in options.only or COUNTS:
        count = COUNTS[scenario]
        each, functions = instructions(scenario, options.implementation, options.development)
        line = f"{scenario}: {each:,.0f} instructions an operation"
        if count.has_baseline:
            untraced, functions_untraced = instructions(scenario, "none", options.development)
            line += f", {each - untraced:,.0f} of them added"
            functions = difference(functions, functions_untraced)
        print(line, flush=True)
        for name, spent in sorted(functions.items(), key=lambda item: -item[1])[: options.functions]:
            print(f"  {spent:12,.0f}  {name}")
    return 0


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(COUNTS), help="one scenario (repeat for more)")
    parser.add_argument("--implementation", default="fluoro", choices=sorted(implementations.MODULES))
    parser.add_argument("--functions", type=int, default=0, help="list so many functions, the costliest first")
    parser.add_argument("--development", action="store_true", help="measure the folder python/ with its built engine")
    return parser.parse_args()


def instructions(scenario: str, implementation: str, is_development: bool) -> Tuple[float, Dict[str, float]]:
    """Instructions of one operation, in all and by function (its own, without what it calls)."""
    count = COUNTS[scenario]
    few = callgrind(scenario, implementation, count.few, is_development)
    many = callgrind(scenario, implementation, count.many, is_development)
    operations = count.many - count.few
    by_function = {name: spent / operations for name, spent in difference(many, few).items()}
    return sum(by_function.values()), by_function


def callgrind(scenario: str, implementation: str, operations: int, is_development: bool) -> Dict[str, float]:
    """Instructions by function of one run."""
    program = environments.command(implementation, f"scenarios.{scenario}", ["--operations", str(operations)])
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "callgrind.out"
        finished = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", *program],
            cwd=environments.BENCH,
            env=environments.variables(implementation, SEED, is_development),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        if finished.returncode:
            raise SystemExit(f"{scenario} with {implementation} failed:\n{finished.stderr[-2000:]}")
        listing = subprocess.run(
            ["callgrind_annotate", "--threshold=100", str(output)],
            capture_output=True,
            text=True,
            check=True,
        )
    functions: Dict[str, float] = {}
    for line in listing.stdout.splitlines():
        match = FUNCTION_LINE.match(line)
        if match and match["function"] != "PROGRAM TOTALS":
            spent = int(match["instructions"].replace(",", ""))
            functions[match["function"]] = functions.get(match["function"], 0) + spent
    if not functions:
        raise SystemExit(f"callgrind_annotate listed nothing:\n{listing.stdout[-2000:]}")
    return functions


def difference(larger: Dict[str, float], smaller: Dict[str, float]) -> Dict[str, float]:
    """By how much each function grew."""
    return {name: larger.get(name, 0) - smaller.get(name, 0) for name in {*larger, *smaller}}


if __name__ == "__main__":
    sys.exit(main())
