"""How long questions take over a store of a million traces."""

import statistics
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import processes

DOCUMENTS_PER_TRACE = 3
RATE = 36_000
HISTORY_SECONDS = 6 * 3600
REPEATS = 5


def measure(binary: Path, sender: Path, directory: Path, traces: int) -> Dict[str, Any]:
    """Median seconds of each question."""
    directory.mkdir(parents=True)
    with processes.agent(binary, directory) as agent:
        documents = traces * DOCUMENTS_PER_TRACE
        sent = processes.load(sender, agent.ports.udp, RATE, documents / RATE, history=HISTORY_SECONDS)
        kept = agent.wait_until_kept(sent["sent"])
        rows = [(title, *timed(ask)) for title, ask in questions(agent)]
        resident = processes.cost(agent.pid).most_resident_bytes
    return {"sent": sent["sent"], "kept": kept, "rows": rows, "most_resident_bytes": resident}


def questions(agent: processes.Agent) -> List[Tuple[str, Callable[[], int]]]:
    """Each question with the number of things its answer holds."""
    now = time.time()
    minutes = {"StartTime": now - 300, "EndTime": now + 60}
    hours = {"StartTime": now - HISTORY_SECONDS - 600, "EndTime": now + 60}

    def summaries(window: Dict[str, float], expression: str = "") -> Callable[[], int]:
        body = {**window, "TimeRangeType": "Event", **({"FilterExpression": expression} if expression else {})}
        return lambda: len(agent.ask("/TraceSummaries", body)["TraceSummaries"])

    def graph(window: Dict[str, float]) -> Callable[[], int]:
        return lambda: len(agent.ask("/ServiceGraph", window)["Services"])

    newest = agent.ask("/TraceSummaries", {**minutes, "TimeRangeType": "Event"})["TraceSummaries"]
    ids = [summary["Id"] for summary in newest[:5]]
    return [
        ("five traces by id", lambda: len(agent.ask("/Traces", {"TraceIds": ids})["Traces"])),
        ("summaries, newest page of 5 minutes", summaries(minutes)),
        ("summaries, newest page of 6 hours", summaries(hours)),
        ("summaries of 6 hours, `fault`", summaries(hours, "fault")),
        ("summaries of 6 hours, `annotation.customer = 17 AND fault`",
         summaries(hours, "annotation.customer = 17 AND fault")),
        ("summaries of 6 hours, `service(\"none\")`: matches nothing", summaries(hours, 'service("none")')),
        ("service graph of 5 minutes", graph(minutes)),
        ("service graph of 6 hours", graph(hours)),
    ]  # fmt: skip


def timed(ask: Callable[[], int]) -> Tuple[float, int]:
    """The median seconds of a question and how many things came back."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        count = ask()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), count
