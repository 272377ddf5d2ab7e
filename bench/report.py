"""From runs to numbers, and from numbers to the page."""

import statistics
from typing import Any, Dict, Iterator, List, Optional

from rows import Row

TITLES = {
    "datagram": "one datagram",
    "upstream": "aws-xray-sdk",
    "fluoro": "Fluoro",
    "opentelemetry": "OpenTelemetry",
    "datadog": "ddtrace",
}
DISTRIBUTIONS = {
    "upstream": ("aws-xray-sdk", "wrapt"),
    "fluoro": ("fluoro",),
    "opentelemetry": ("opentelemetry-sdk", "opentelemetry-instrumentation", "opentelemetry-exporter-otlp-proto-http"),
    "datadog": ("ddtrace",),
}
FRAMEWORKS = ("Django", "Flask", "aiohttp", "Jinja2", "Werkzeug")
METHOD = """\
CPU time of the whole process (every thread, kernel included), garbage collector on, sampling off or always sampled.
Each side of a row is a process in a virtual environment of its own; all are pinned to the first core and take their
samples in turns, while the receivers are processes on the last core. A round starts them anew. A cell is the median
over the rounds of the median sample, with the smallest sample of all in brackets. *Added* is the difference to the
same request without tracing, taken sample by sample; in brackets, that of the smallest samples.

- The first four rows record only: nothing is encoded or sent, on any side. In all others everything goes to a real
  receiver (UDP, OTLP over HTTP, Datadog agent API over HTTP), background threads and the final flush included.
- The UDP receiver polls every millisecond, as Fluoro's agent does while documents come: an application that sends to
  a receiver which waits for each datagram pays for waking it (AGENT.md has the figure).
- What empty hooks and a finished datagram of 1 KB for each segment add is the least that tracing can add when each
  segment is sent as it ends: the system call runs in caches full of the request.
- OpenTelemetry's batch queue is longer than its default, so that a loop without pauses loses nothing. It has no
  instrumentation of Django's own templates. Its closed spans are counted as memory as long as a batch queue keeps them.
- ddtrace also traces what it finds beside the request (see *entities* below); its database and template spans are
  switched on, its telemetry and remote configuration off.
- The import row is `import aws_xray_sdk.core`, the tracer with its exporter, or `import ddtrace.trace`, in a fresh
  interpreter with warm caches."""


def render(results: Dict[str, Any], rows: List[Row], tracers: List[str]) -> str:
    """The page."""
    runs = results["runs"]
    paragraphs = [
        "# Benchmark",
        f"Written by `{results['command']}` at {results['taken_at']}, {results['rounds']} rounds, "
        f"{results['seconds']} s. All samples: `results.json`.",
    ]
    if results["is_development_build"]:
        paragraphs.append("**Development build: these are not the figures of the release wheel.**")
    paragraphs += [
        budget_table(runs, rows, tracers),
        baseline_table(runs, rows),
        "## How it is measured\n\n" + METHOD,
        "## What arrived\n\n" + arrivals_table(runs),
        "## Machine and versions\n\n" + versions_list(results),
    ]
    found = problems(runs)
    if found:
        paragraphs.insert(2, "**Problems:**\n\n" + "\n".join(f"- {problem}" for problem in found))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def budget_table(runs: List[Dict[str, Any]], rows: List[Row], tracers: List[str]) -> str:
    """A line for each row: budget, every tracer, the ratio, whether the budget is reached."""
    lines = [table_line(["what", "budget", *(TITLES[name] for name in tracers), "aws-xray-sdk / Fluoro", "reached"])]
    lines.append(table_line(["---"] + ["---:"] * (len(tracers) + 2) + ["---"]))
    for row in rows:
        medians = {name: median(runs, row, name) for name in tracers}
        cells = [cell(medians[name], minimum(runs, row, name), row) for name in tracers]
        ours, theirs = medians.get("fluoro"), medians.get("upstream")
        ratio = f"{theirs / ours:.1f}" if ours and theirs and ours > 0 else ""
        reached = "" if ours is None else "yes" if ours / row.scale <= row.budget else "**no**"
        lines.append(table_line([row.title, f"<= {row.budget:g} {row.unit}", *cells, ratio, reached]))
    return "\n".join(lines)


def baseline_table(runs: List[Dict[str, Any]], rows: List[Row]) -> str:
    """What a request costs untraced, and what hooks add that do nothing."""
    added = [row for row in rows if row.is_added_to_baseline]
    if not added:
        return ""
    lines = [
        table_line(["request", "untraced", "added by empty hooks", "by empty hooks and a datagram for each segment"]),
        table_line(["---", "---:", "---:", "---:"]),
    ]
    for row in added:
        untraced = samples(runs, row, "none")
        lines.append(
            table_line(
                [
                    row.scenario,
                    cell(statistics.median(untraced) if untraced else None, None, row),
                    *(cell(median(runs, row, name), minimum(runs, row, name), row) for name in ("empty", "datagram")),
                ]
            )
        )
    return "\n".join(lines)


def arrivals_table(runs: List[Dict[str, Any]]) -> str:
    """What the receivers counted, all rounds together."""
    columns = [
        "scenario",
        "tracer",
        "operations",
        "entities an operation",
        "bytes an operation",
        "entities expected",
        "arrived",
        "dropped by the kernel",
    ]
    lines = [table_line(columns), table_line(["---", "---"] + ["---:"] * (len(columns) - 2))]
    groups: Dict[Any, List[Dict[str, int]]] = {}
    for run in runs:
        if run.get("arrivals"):
            groups.setdefault((run["scenario"], run["implementation"]), []).append(run["arrivals"])
    for (scenario, name), arrivals in groups.items():
        totals = {key: sum(one[key] for one in arrivals) for key in arrivals[0]}
        lines.append(
            table_line(
                [
                    scenario,
                    TITLES[name],
                    str(totals["operations"]),
                    str(arrivals[0]["entities_per_operation"]),
                    str(round(totals["bytes_per_operation"] / len(arrivals))),
                    str(totals["entities_expected"]),
                    str(totals["entities_arrived"]),
                    str(totals["dropped_by_kernel"]),
                ]
            )
        )
    return "\n".join(lines) if groups else "Nothing was sent in these rows."


def versions_list(results: Dict[str, Any]) -> str:
    """Machine, interpreter, and the versions that were measured."""
    lines = [f"- {key.replace('_', ' ')}: {value}" for key, value in results["machine"].items()]
    installed: Dict[str, Dict[str, str]] = {}
    for run in results["runs"]:
        installed.setdefault(run["implementation"], run.get("versions", {}))
    every = next((versions for versions in installed.values() if versions), {})
    lines.append("- frameworks: " + ", ".join(f"{name} {every[name]}" for name in FRAMEWORKS if name in every))
    for name, distributions in DISTRIBUTIONS.items():
        known = [f"{item} {installed[name][item]}" for item in distributions if item in installed.get(name, {})]
        if known:
            lines.append(f"- {TITLES[name]}: " + ", ".join(known))
    return "\n".join(lines)


def problems(runs: List[Dict[str, Any]]) -> List[str]:
    """Runs that failed, and documents that did not arrive."""
    return list(find_problems(runs))


def find_problems(runs: List[Dict[str, Any]]) -> Iterator[str]:
    """One sentence for each problem."""
    for run in runs:
        where = f"{run['scenario']} with {run['implementation']}, round {run['round'] + 1}"
        arrivals = run.get("arrivals")
        if "failure" in run:
            yield f"{where}: {(run['failure'].strip().splitlines() or ['failed silently'])[-1]}"
        elif arrivals and not arrivals["entities_expected"]:
            yield f"{where}: an operation sent nothing"
        elif arrivals and arrivals["entities_arrived"] != arrivals["entities_expected"]:
            yield f"{where}: {arrivals['entities_arrived']} of {arrivals['entities_expected']} entities arrived"


def median(runs: List[Dict[str, Any]], row: Row, name: str) -> Optional[float]:
    """The median over the rounds, in the smallest unit."""
    rounds = []
    untraced = {run["round"]: run["measures"][row.measure] for run in matching(runs, row, "none")}
    for run in matching(runs, row, name):
        taken = run["measures"][row.measure]
        if row.is_added_to_baseline:
            taken = [traced - bare for traced, bare in zip(taken, untraced.get(run["round"], ()))]
        if taken:
            rounds.append(statistics.median(taken))
    return statistics.median(rounds) if rounds else None


def minimum(runs: List[Dict[str, Any]], row: Row, name: str) -> Optional[float]:
    """The smallest sample of all, less the smallest untraced one where a baseline is taken off."""
    values = samples(runs, row, name)
    untraced = samples(runs, row, "none") if row.is_added_to_baseline else [0.0]
    return min(values) - min(untraced) if values and untraced else None


def samples(runs: List[Dict[str, Any]], row: Row, name: str) -> List[float]:
    """All samples of a row and an implementation."""
    return [sample for run in matching(runs, row, name) for sample in run["measures"][row.measure]]


def matching(runs: List[Dict[str, Any]], row: Row, name: str) -> List[Dict[str, Any]]:
    """The runs of a row and an implementation that have a result."""
    return [
        run for run in runs if run["scenario"] == row.scenario and run["implementation"] == name and "measures" in run
    ]


def cell(value: Optional[float], smallest: Optional[float], row: Row) -> str:
    """A median and, in brackets, the minimum."""
    if value is None:
        return "failed"
    text = f"{number(value / row.scale)} {row.unit}"
    return text if smallest is None else f"{text} ({number(smallest / row.scale)})"


def number(value: float) -> str:
    """Three digits, never an exponent."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def table_line(cells: List[str]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"
