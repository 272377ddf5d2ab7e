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
    for number, case in enumerate(cases("otlp_spans.json")):
        write("otlp_json", number, json.dumps(case["request"]))
        for place, made in enumerate(case["documents"]):
            write("otlp_documents", number * 100 + place, json.dumps(made))
    document = {"name": "a", "id": "53995c3f42cd8ad8", "start_time": 1.5, "subsegments": [{}]}
    framed = '{"format":"json","version":1}\n' + json.dumps(document)
    write("document", 900, framed)
    write("received_document", 0, json.dumps(received_document()))


def received_document() -> dict:
    """Returns a document with everything that the agent reads of one."""
    times = {"start_time": 1.5, "end_time": 2.5}
    query = {"name": "db", "id": "53995c3f42cd8ad9", "namespace": "remote", **times}
    query["sql"] = {"database_type": "SQLite"}
    return {
        "name": "a",
        "id": "53995c3f42cd8ad8",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        **times,
        "http": {
            "request": {"url": "http://a/", "method": "GET", "client_ip": "::1", "traced": True},
            "response": {"status": 200, "content_length": "5"},
        },
        "aws": {"ec2": {"instance_id": "i"}, "account_id": 1, "table_names": ["t"]},
        "annotations": {"text": "b", "number": 1, "flag": True},
        "cause": {"exceptions": [{"id": "53995c3f42cd8ad7", "type": "E", "message": "m"}]},
        "links": [{"trace_id": "1-5759e988-bd862e3fe1be46a994272794", "attributes": {}}],
        "subsegments": [query],
    }


if __name__ == "__main__":
    main()
