#!/usr/bin/env python3
"""Writes the inputs of the conformance cases to ``fuzz/corpus/``, one file each."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SOURCES = {
    "trace_header": [("trace_headers.json", "header"), ("traceparents.json", "header")],
    "daemon_address": [("daemon_addresses.json", "address")],
    "sql": [("sql.json", "sql")],
    "document": [("names.json", "name"), ("urls.json", "url")],
}


def write(target: str, number: int, content: str) -> None:
    """Writes one input."""
    directory = ROOT / "fuzz" / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"conformance-{number:03}").write_text(content, encoding="utf-8")


def cases(file: str) -> list:
    """Returns the cases of a conformance file."""
    return json.loads((ROOT / "conformance" / file).read_text(encoding="utf-8"))["cases"]


def main() -> None:
    """Writes all inputs."""
    for target, sources in SOURCES.items():
        inputs = [case[key] for file, key in sources for case in cases(file)]
        for number, content in enumerate(inputs):
            write(target, number, content)
    filters = json.loads((ROOT / "conformance" / "filter_expressions.json").read_text("utf-8"))
    for number, case in enumerate(filters["cases"] + filters["errors"]):
        write("filter_expression", number, case["expression"])
    rules = json.loads((ROOT / "conformance" / "sampling_rules_file.json").read_text("utf-8"))
    for number, case in enumerate(rules["accepted"] + rules["refused"]):
        write("sampling_rules_file", number, json.dumps(case["file"]))
    document = {"name": "a", "id": "53995c3f42cd8ad8", "start_time": 1.5, "subsegments": [{}]}
    framed = '{"format":"json","version":1}\n' + json.dumps(document)
    write("document", 900, framed)


if __name__ == "__main__":
    main()
