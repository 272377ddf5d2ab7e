"""Measure the agent, and write AGENT.md and agent.json beside RESULTS.md.

    python bench/agent/run.py                    # everything, about 6 minutes, on an idle machine
    python bench/agent/run.py --traces 100000    # a smaller store for the questions

The agent runs on the first core alone, whatever sends to it on the last one. A figure is of one run of a release build.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import documents  # noqa: E402
import page  # noqa: E402
import queries  # noqa: E402
import sending  # noqa: E402
import spans  # noqa: E402

import environments  # noqa: E402


def main() -> int:
    """Returns the exit code: 1 when something was lost that should not have been."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=1_000_000, help="traces in the store that is asked")
    parser.add_argument("--binary", type=Path, help="a fluoro binary; default: a release build of this checkout")
    parser.add_argument("--output", type=Path, default=HERE.parent, help="folder of the results")
    options = parser.parse_args()
    binary, sender = options.binary or build("fluoro-agent", "fluoro"), build("fluoro-testkit", "fluoro-load")
    python = environments.find_python()
    rotel = next(
        (environments.prepare("rotel", python).parent.parent / "lib").glob("*/site-packages/rotel/rotel-agent")
    )
    started = time.time()
    with tempfile.TemporaryDirectory(prefix="agent-", dir=make_cache()) as folder:
        directory = Path(folder)
        results: Dict[str, Any] = {
            "taken_at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(started)),
            "machine": f"{platform.machine()}, Linux {platform.release()}",
            "version": subprocess.run([binary, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip(),
            "documents": documents.measure(binary, sender, directory / "documents"),
            "sending": sending.measure(binary, directory / "sending"),
            "queries": queries.measure(binary, sender, directory / "queries", options.traces),
            "spans": spans.measure(binary, rotel, environments.prepare("spans", python), directory / "spans"),
        }
    results["seconds"] = round(time.time() - started)
    (options.output / "agent.json").write_text(json.dumps(results, indent=1) + "\n")
    text = page.render(results)
    (options.output / "AGENT.md").write_text(text)
    print(text)
    return 1 if any(row["lost"] for row in results["documents"]["rates"]) else 0


def build(package: str, name: str) -> Path:
    """A release build of one of the project's programs."""
    command = ["cargo", "build", "--quiet", "--release", "--locked", "-p", package, "--bin", name]
    subprocess.run(command, cwd=ROOT, check=True)
    metadata = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    answer = subprocess.run(metadata, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return Path(json.loads(answer)["target_directory"]) / "release" / name


def make_cache() -> Path:
    """A folder on the disk: stores in memory would be too quick."""
    environments.CACHE.mkdir(parents=True, exist_ok=True)
    return environments.CACHE


if __name__ == "__main__":
    sys.exit(main())
