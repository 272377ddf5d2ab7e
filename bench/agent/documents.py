"""What receiving documents over UDP costs, and how many a core can take."""

import time
from pathlib import Path
from typing import Any, Dict, List

import processes

RATES = (1_000, 10_000, 50_000)
SECONDS = 20
#: Rates that are tried for the most that a core takes, and for how long.
STEPS = range(40_000, 160_001, 10_000)
STEP_SECONDS = 8


def measure(binary: Path, sender: Path, directory: Path) -> Dict[str, Any]:
    """The cost at each of the rates, and the highest rate of which nothing is lost."""
    rates = [at_rate(binary, sender, directory / f"rate-{rate}", rate, SECONDS) for rate in RATES]
    most: List[Dict[str, Any]] = []
    for rate in STEPS:
        step = at_rate(binary, sender, directory / f"step-{rate}", rate, STEP_SECONDS)
        if step["lost"] or step["sent_per_second"] < rate * 0.97:
            break
        most.append(step)
    return {"rates": rates, "most": most[-1] if most else None}


def at_rate(binary: Path, sender: Path, directory: Path, rate: int, seconds: int) -> Dict[str, Any]:
    """What an agent that starts with an empty store uses while documents come at a rate."""
    directory.mkdir(parents=True)
    with processes.agent(binary, directory) as agent:
        before, started = processes.cost(agent.pid), time.monotonic()
        sent = processes.load(sender, agent.ports.udp, rate, seconds)
        kept = agent.wait_until_kept(sent["sent"], seconds=10)
        after, elapsed = processes.cost(agent.pid), time.monotonic() - started
    cpu_seconds = after.cpu_seconds - before.cpu_seconds
    return {
        "rate": rate,
        "sent": sent["sent"],
        "sent_per_second": sent["rate"],
        "lost": sent["sent"] - kept,
        "cpu_share": cpu_seconds / elapsed,
        "documents_per_cpu_second": kept / cpu_seconds,
        "most_resident_bytes": after.most_resident_bytes,
        "bytes_per_document": sent["bytes"] / sent["sent"],
        "store_bytes_per_document": size_of(directory) / kept,
    }


def size_of(directory: Path) -> int:
    """The bytes of all files below a directory."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
