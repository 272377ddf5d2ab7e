"""Start the agent and three services that call each other, send them real traffic, and show every trace as a tree.

Nothing is simulated: the services speak HTTP to each other and send UDP documents to the agent, and the trees and the
service map come from its store. The exit status is 0 only when every request was answered as expected and every trace
arrived whole. The agent stays, with its viewer, until it is stopped or half an hour is over.
"""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

EXAMPLES = pathlib.Path(__file__).resolve().parent
STATE = EXAMPLES.parent / ".cache" / "demo"
HOST = "127.0.0.1"
STARTUP_SECONDS = 20
REQUEST_SECONDS = 10
ARRIVAL_SECONDS = 20
SHUTDOWN_SECONDS = 10
STAY_SECONDS = 30 * 60


class DemoFailed(Exception):
    """Something did not come out as it should; the message says what."""


class Visit(NamedTuple):
    """One request to the shop, and what its answer and its trace should be."""

    method: str
    path: str
    status: int
    services: tuple  # each sends a segment
    subsegments: int  # queries, calls and templates of all of them
    form: dict = {}


# A product page asks the inventory, which asks pricing; the sample has no price, and the margin report divides by it.
VISITS = (
    Visit("GET", "/products/teapot", 200, ("shop", "inventory", "pricing"), 7),
    Visit("GET", "/products/sample", 200, ("shop", "inventory", "pricing"), 6),
    Visit("GET", "/stock", 200, ("shop",) + ("inventory", "pricing") * 3, 9),
    Visit("POST", "/orders", 201, ("shop", "inventory"), 3, {"sku": "mug", "quantity": "2"}),
    Visit("GET", "/reports/margin", 500, ("shop",), 1),
)


def main():
    """Run the whole demonstration, or stop an earlier one; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", type=pathlib.Path, help="path of the binary fluoro")
    parser.add_argument("--end", action="store_true", help="stop the agent at the end, too")
    parser.add_argument("--stop", action="store_true", help="only stop the agent of an earlier demonstration")
    arguments = parser.parse_args()
    # Ended from outside, it still ends its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    stop_earlier_agent()
    if arguments.stop:
        return 0
    with tempfile.TemporaryDirectory(prefix="fluoro-demo-") as directory, contextlib.ExitStack() as children:
        logs = pathlib.Path(directory)
        try:
            run(arguments.agent.resolve(), logs, children, stays=not arguments.end)
        except DemoFailed as failure:
            children.close()
            stop_earlier_agent()
            show_logs(logs)
            print(f"demo failed: {failure}", file=sys.stderr)
            return 1
    return 0


def run(binary, logs, children, stays):
    """Start everything, send the visits, and check and show the traces."""
    started = time.monotonic()
    agent = start_agent(binary, logs, children, stays)
    ports = {service: free_port() for service in ("pricing", "inventory", "shop")}
    environment = {
        **os.environ,
        "AWS_XRAY_DAEMON_ADDRESS": agent.daemon_address,
        "PRICING_URL": f"http://{HOST}:{ports['pricing']}",
        "INVENTORY_URL": f"http://{HOST}:{ports['inventory']}",
        "SHOP_DATABASE": str(logs / "shop.sqlite3"),
    }
    services = {name: start_service(name, port, environment, logs, children) for name, port in ports.items()}
    for name, process in services.items():
        wait_until(functools.partial(accepts_connections, ports[name]), process, name)
    print(f"agent, and shop -> inventory -> pricing, are up after {time.monotonic() - started:.1f} s\n")

    expected = {}
    for visit in VISITS:
        expected[send(visit, ports["shop"])] = visit
    for trace_id, visit in expected.items():
        wait_for_trace(agent, trace_id, visit)
        tree = agent.show(trace_id)
        print(f"\n{tree}")
        check_tree(tree, visit)
    check_map(agent, ports)
    count = sum(len(visit.services) for visit in VISITS)
    print(f"\n{len(VISITS)} requests, {count} segments of {len(ports)} services, every trace complete")
    if stays:
        print(f"\nThe traces are at {agent.url} and the service map at {agent.url}/map")
        print(f"for {STAY_SECONDS // 60} minutes, or until `make demo-stop`.")


class Agent(NamedTuple):
    """The running agent."""

    binary: pathlib.Path
    daemon_address: str
    url: str

    def show(self, trace_id):
        """What ``fluoro trace`` prints about a trace."""
        command = [self.binary, "trace", trace_id, "--agent", self.url]
        shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
        if shown.returncode != 0:
            raise DemoFailed(f"fluoro trace {trace_id} ended with {shown.returncode}: {shown.stdout.strip()}")
        return shown.stdout.rstrip()

    def ask(self, operation, body):
        """The answer of an operation of the X-Ray API."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{operation}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
                return json.load(answer)
        except (OSError, ValueError) as error:
            raise DemoFailed(f"the agent did not answer {operation}: {error}") from error


def start_agent(binary, logs, children, stays):
    """Start the agent with an empty store, on its usual ports where they are free."""
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    udp, tcp, web = usual_or_free(2000, socket.SOCK_DGRAM), usual_or_free(2000), usual_or_free(2080)
    command = [
        "timeout", "--signal=TERM", str(STAY_SECONDS), binary, "agent", "--data", STATE / "store",
        "--bind", f"{HOST}:{udp}", "--bind-tcp", f"{HOST}:{tcp}", "--web", f"{HOST}:{web}",
        "--otlp-http", f"{HOST}:{usual_or_free(4318)}", "--otlp-grpc", f"{HOST}:{usual_or_free(4317)}",
    ]  # fmt: skip
    process = start("agent", command, None, logs, contextlib.ExitStack() if stays else children, detached=stays)
    if stays:
        (STATE / "agent.pid").write_text(str(process.pid))
    wait_until(functools.partial(accepts_connections, web), process, "the agent")
    return Agent(binary, f"tcp:{HOST}:{tcp} udp:{HOST}:{udp}", f"http://{HOST}:{web}")


def stop_earlier_agent():
    """Stop the agent that an earlier demonstration has left, if it is still there."""
    pid_file = STATE / "agent.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    if is_running(pid):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    pid_file.unlink()


def is_running(pid):
    """Tell whether a process is the agent of a demonstration; the number may belong to another one by now."""
    try:
        return str(STATE).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def start_service(name, port, environment, logs, children):
    """Start one of the example services as a user would."""
    return start(name, [sys.executable, "-m", name, "--port", str(port)], environment, logs, children)


def start(name, command, environment, logs, children, detached=False):
    """Start a child whose output goes to a file; it ends with the demonstration, unless it is detached."""
    log = STATE / f"{name}.log" if detached else logs / f"{name}.log"
    with open(log, "wb") as output:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=EXAMPLES,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=detached,
            )
        except OSError as error:
            raise DemoFailed(f"cannot start {name}: {error}") from error
    if not detached:
        children.callback(stop, process)
    return process


def stop(process):
    """End a child, gently first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(is_ready, process, name):
    """Wait until a child is ready; its early end or silence is a failure."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while not is_ready():
        if process.poll() is not None:
            raise DemoFailed(f"{name} ended at start with status {process.returncode}")
        if time.monotonic() > deadline:
            raise DemoFailed(f"{name} was not ready within {STARTUP_SECONDS} s")
        time.sleep(0.05)


def free_port(kind=socket.SOCK_STREAM):
    """Find a port nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def usual_or_free(port, kind=socket.SOCK_STREAM):
    """The usual port, or another one if that is taken."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            # Connections that have ended do not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return free_port(kind)
    return port


def accepts_connections(port):
    """Tell whether somebody listens on a TCP port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def send(visit, port):
    """Send one request and return the id of its trace, which the response names."""
    form = urllib.parse.urlencode(visit.form).encode() if visit.form else None
    request = urllib.request.Request(f"http://{HOST}:{port}{visit.path}", form, method=visit.method)
    started = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as response:
            status, headers = response.status, response.headers
    except urllib.error.HTTPError as response:
        status, headers = response.code, response.headers
    except OSError as error:
        raise DemoFailed(f"{visit.method} {visit.path} got no answer: {error}") from error
    milliseconds = (time.monotonic() - started) * 1000
    print(f"{visit.method:<5}{visit.path:<20}{status}  {milliseconds:6.1f} ms")
    if status != visit.status:
        raise DemoFailed(f"{visit.method} {visit.path} was answered {status}, not {visit.status}")
    fields = dict(part.split("=", 1) for part in headers.get("X-Amzn-Trace-Id", "").split(";") if "=" in part)
    if "Root" not in fields:
        raise DemoFailed(f"the response to {visit.method} {visit.path} names no trace")
    return fields["Root"]


def wait_for_trace(agent, trace_id, visit):
    """Wait until the segments of all services that a visit goes through are in the store."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        traces = agent.ask("Traces", {"TraceIds": [trace_id]})["Traces"]
        segments = [json.loads(segment["Document"]) for trace in traces for segment in trace["Segments"]]
        names = sorted(segment["name"] for segment in segments if not segment.get("inferred"))
        if names == sorted(visit.services):
            return
        if time.monotonic() > deadline:
            raise DemoFailed(f"of the trace of {visit.method} {visit.path} only {names or 'nothing'} arrived")
        time.sleep(0.1)


def check_tree(tree, visit):
    """Check that the trace of a visit is one tree with every service and subsegment it went through."""
    services = re.findall(r"● (\S+)", tree)
    roots = re.findall(r"^● (\S+)", tree, re.MULTILINE)
    subsegments = re.search(r"(\d+) subsegments?,", tree)
    if (sorted(services), roots) != (sorted(visit.services), ["shop"]):
        raise DemoFailed(f"the trace of {visit.method} {visit.path} does not join the services {visit.services}")
    if subsegments is None or int(subsegments[1]) != visit.subsegments:
        raise DemoFailed(f"the trace of {visit.method} {visit.path} should have {visit.subsegments} subsegments")


def check_map(agent, services):
    """Check that the service map has every service, and that each calls the next one."""
    now = time.time()
    nodes = agent.ask("ServiceGraph", {"StartTime": now - 600, "EndTime": now + 60})["Services"]
    by_reference = {node["ReferenceId"]: node["Name"] for node in nodes}
    calls = {(node["Name"], by_reference[edge["ReferenceId"]]) for node in nodes for edge in node["Edges"]}
    missing = set(services) - set(by_reference.values())
    if missing or not {("shop", "inventory"), ("inventory", "pricing")} <= calls:
        raise DemoFailed(f"the service map is not whole: {sorted(calls)}")


def show_logs(logs):
    """Show the end of what each child wrote, to find out why the demonstration failed."""
    for log in sorted([*logs.glob("*.log"), *STATE.glob("*.log")]):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        if lines:
            print(f"\n--- {log.stem}", *lines, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
