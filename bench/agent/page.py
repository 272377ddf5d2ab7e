"""From numbers to the page."""

from typing import Any, Dict, List

METHOD = """\
The agent has one core for everything: the kernel's part of receiving, reading, checking and storing each document,
writing what questions need, and answering. A document is about 1 KB; three make a trace. *Lost* is what was sent and is
not in the store. CPU time is that of the process, kernel included; memory is the most that was resident, mapped pages
of the database included. What sending costs is the median of a system call that a busy process on the other core makes
every half millisecond. Spans are sent 500 to a request over one connection; Fluoro answers when they are in its store,
rotel passes them to its black hole."""


def render(results: Dict[str, Any]) -> str:
    """The page."""
    paragraphs = [
        "# The agent, measured",
        f"Written by `python bench/agent/run.py` at {results['taken_at']} in {results['seconds']} s; "
        f"{results['version']}, {results['machine']}. The numbers: `agent.json`.",
        "## Documents over UDP into the store, on one core\n\n" + documents_table(results["documents"]),
        "## What a document costs who sends it\n\n" + sending_table(results["sending"]),
        "## Questions\n\n" + queries_table(results["queries"]),
        "## OTLP over HTTP\n\n" + spans_table(results["spans"]),
        "## How it is measured\n\n" + METHOD,
    ]
    return "\n\n".join(paragraphs) + "\n"


def documents_table(documents: Dict[str, Any]) -> str:
    """A line for each rate, the highest without a loss last."""
    header = ["documents/s", "lost", "CPU of one core", "documents per CPU second", "memory", "on disk, per document"]
    rows = documents["rates"] + ([documents["most"]] if documents["most"] else [])
    lines = table(header, [document_cells(row) for row in rows])
    return lines + "\n\nThe last line is the highest rate that was tried of which nothing was lost."


def document_cells(row: Dict[str, Any]) -> List[str]:
    """The cells of one rate."""
    return [
        f"{row['rate']:,}",
        f"{row['lost']:,}",
        f"{row['cpu_share']:.1%}",
        f"{row['documents_per_cpu_second']:,.0f}",
        megabytes(row["most_resident_bytes"]),
        f"{row['store_bytes_per_document']:,.0f} of {row['bytes_per_document']:,.0f} B",
    ]


def sending_table(sending: Dict[str, float]) -> str:
    """CPU time of a send, with and without waking the receiver."""
    rows = [
        ["Fluoro's agent, which lets documents gather for up to 5 ms", f"{sending['agent']:.1f} µs"],
        ["one that waits for each datagram", f"{sending['waiting']:.1f} µs"],
    ]
    return table(["receiver", "CPU time of the sender, per document"], rows)


def queries_table(queries: Dict[str, Any]) -> str:
    """A line for each question."""
    rows = [[title, f"{seconds * 1000:,.1f} ms", f"{count:,}"] for title, seconds, count in queries["rows"]]
    store = f"A store of {queries['kept'] // 3:,} traces ({queries['kept']:,} documents) of 6 hours; medians over HTTP."
    return f"{store} Memory: {megabytes(queries['most_resident_bytes'])}.\n\n" + table(
        ["question", "time", "results"], rows
    )


def spans_table(spans: Dict[str, Any]) -> str:
    """Both receivers."""
    rows = [
        [
            name,
            f"{spans[key]['spans_per_second']:,.0f}",
            f"{spans[key]['spans_per_cpu_second']:,.0f}",
            megabytes(spans[key]["most_resident_bytes"]),
        ]
        for name, key in (("Fluoro, kept", "fluoro"), ("rotel, thrown away", "rotel"))
    ]
    return table(["receiver", "spans/s", "spans per CPU second", "memory"], rows)


def table(header: List[str], rows: List[List[str]]) -> str:
    """A table whose first column is text."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def megabytes(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:,.0f} MB"
