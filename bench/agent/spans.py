"""OTLP input, beside rotel: CPU time for the same requests over HTTP with protobuf.

Fluoro makes segment documents of the spans and keeps them before it answers; rotel hands them to its black hole.
"""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import processes

REQUESTS = 400
SPANS_PER_REQUEST = 500
HERE = Path(__file__).resolve().parent


def measure(binary: Path, rotel: Path, spans_python: Path, directory: Path) -> Dict[str, Any]:
    """Spans per CPU second of both receivers."""
    directory.mkdir(parents=True)
    bodies = directory / "bodies"
    command = [str(spans_python), str(HERE / "make_spans.py"), str(bodies), str(REQUESTS), str(SPANS_PER_REQUEST)]
    subprocess.run(command, check=True)
    store = directory / "store"
    store.mkdir()
    with processes.agent(binary, store) as agent:
        fluoro = send(agent.pid, agent.ports.otlp_http, bodies)
        fluoro["kept"] = agent.wait_until_kept(REQUESTS * SPANS_PER_REQUEST)
    port = processes.free_port()
    options = [
        "start", "--otlp-http-endpoint", f"{processes.HOST}:{port}",
        "--otlp-grpc-endpoint", f"{processes.HOST}:{processes.free_port()}", "--exporter", "blackhole",
        "--log-file", str(directory / "rotel-agent.log"), "--pid-file", str(directory / "rotel.pid"),
    ]  # fmt: skip
    with processes.started([str(rotel), *options], directory / "rotel.log", port) as process:
        other = send(process.pid, port, bodies)
    return {"spans": REQUESTS * SPANS_PER_REQUEST, "fluoro": fluoro, "rotel": other}


def send(pid: int, port: int, bodies: Path) -> Dict[str, Any]:
    """Send every request from a process of its own, and compare what the receiver has used before and after."""
    before = processes.cost(pid)
    command = ["taskset", "-c", processes.SENDER_CORE, sys.executable, __file__, str(port), str(bodies)]
    seconds = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["seconds"]
    after = processes.cost(pid)
    cpu_seconds = after.cpu_seconds - before.cpu_seconds
    spans = REQUESTS * SPANS_PER_REQUEST
    return {
        "spans_per_second": spans / seconds,
        "spans_per_cpu_second": spans / cpu_seconds,
        "most_resident_bytes": after.most_resident_bytes,
    }


def post_all(port: int, bodies: Path) -> List[int]:
    """Post each body over one connection; returns the statuses."""
    connection = http.client.HTTPConnection(processes.HOST, port, timeout=60)
    statuses = []
    for body in sorted(bodies.iterdir()):
        headers = {"Content-Type": "application/x-protobuf"}
        connection.request("POST", "/v1/traces", body.read_bytes(), headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    return statuses


if __name__ == "__main__":
    import time

    started = time.perf_counter()
    if set(post_all(int(sys.argv[1]), Path(sys.argv[2]))) != {200}:
        sys.exit("a request was not answered with 200")
    print(json.dumps({"seconds": time.perf_counter() - started}))
