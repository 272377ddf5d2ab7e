"""Start three services that call each other, send them real traffic, and show every trace as a tree.

Nothing is simulated: the services speak HTTP to each other, and the trees are read from the UDP documents they send.
The exit status is 0 only when every request was answered as expected and every trace arrived whole.
"""

import argparse
import contextlib
import errno
import functools
import os
import pathlib
import re
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
HOST = "127.0.0.1"
STARTUP_SECONDS = 20
REQUEST_SECONDS = 10
PRINTER_SECONDS = 40
SHUTDOWN_SECONDS = 5


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
    """Run the whole demonstration and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--printer", required=True, help="path of the fluoro-trace-printer binary")
    arguments = parser.parse_args()
    # Ended from outside, it still ends its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="fluoro-demo-") as directory, contextlib.ExitStack() as children:
        logs = pathlib.Path(directory)
        try:
            run(arguments.printer, logs, children)
        except DemoFailed as failure:
            children.close()
            show_logs(logs)
            print(f"demo failed: {failure}", file=sys.stderr)
            return 1
    return 0


def run(printer_path, logs, children):
    """Start everything, send the visits, and check the printed traces."""
    started = time.monotonic()
    daemon_address = f"{HOST}:{free_port(socket.SOCK_DGRAM)}"
    printer = start_printer(printer_path, daemon_address, logs, children)
    ports = {service: free_port(socket.SOCK_STREAM) for service in ("pricing", "inventory", "shop")}
    environment = {
        **os.environ,
        "AWS_XRAY_DAEMON_ADDRESS": daemon_address,
        "PRICING_URL": f"http://{HOST}:{ports['pricing']}",
        "INVENTORY_URL": f"http://{HOST}:{ports['inventory']}",
        "SHOP_DATABASE": str(logs / "shop.sqlite3"),
    }
    services = {name: start_service(name, port, environment, logs, children) for name, port in ports.items()}
    for name, process in services.items():
        wait_until(functools.partial(accepts_connections, ports[name]), process, name)
    print(f"shop -> inventory -> pricing are up after {time.monotonic() - started:.1f} s\n")

    expected = {}
    for visit in VISITS:
        trace_id = send(visit, ports["shop"])
        expected[trace_id] = visit
    check_traces(read_traces(printer, logs), expected)
    count = sum(len(visit.services) for visit in VISITS)
    print(f"\n{len(VISITS)} requests, {count} segments of {len(ports)} services, every trace complete")


def start_printer(path, address, logs, children):
    """Start the trace printer and wait until it listens."""
    options = ["--address", address, "--count", str(len(VISITS)), "--timeout", str(PRINTER_SECONDS)]
    process = start("printer", [pathlib.Path(path).resolve(), *options], None, logs, children)
    wait_until(functools.partial(is_udp_port_taken, address), process, "the trace printer")
    return process


def start_service(name, port, environment, logs, children):
    """Start one of the example services as a user would."""
    return start(name, [sys.executable, "-m", name, "--port", str(port)], environment, logs, children)


def start(name, command, environment, logs, children):
    """Start a child whose output goes to a file, and which ends with the demonstration."""
    with open(logs / f"{name}.out", "wb") as output, open(logs / f"{name}.log", "wb") as errors:
        try:
            process = subprocess.Popen(command, cwd=EXAMPLES, env=environment, stdout=output, stderr=errors)
        except OSError as error:
            raise DemoFailed(f"cannot start {name}: {error}") from error
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


def free_port(kind):
    """Find a port nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def accepts_connections(port):
    """Tell whether somebody listens on a TCP port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def is_udp_port_taken(address):
    """Tell whether somebody listens on a UDP port; UDP has no connection to try, so try to take the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HOST, int(address.rpartition(":")[2])))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


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


def read_traces(printer, logs):
    """Wait for the printer to have seen every document, and return what it printed."""
    try:
        status = printer.wait(PRINTER_SECONDS + SHUTDOWN_SECONDS)
    except subprocess.TimeoutExpired:
        status = None
    text = (logs / "printer.out").read_text(encoding="utf-8")
    print(f"\n{text.rstrip()}")
    if status != 0:
        raise DemoFailed("some segments did not arrive")
    return text


def check_traces(text, expected):
    """Check that the printed trace of each visit is one tree with every service and subsegment it went through."""
    trees = {re.match(r"Trace (\S+)", tree)[1]: tree for tree in re.split(r"\n(?=Trace )", text.strip())}
    for trace_id, visit in expected.items():
        tree = trees.get(trace_id, "")
        services = re.findall(r"● (\S+)", tree)
        roots = re.findall(r"^● (\S+)", tree, re.MULTILINE)
        subsegments = re.search(r"(\d+) subsegments?,", tree)
        if (sorted(services), roots) != (sorted(visit.services), ["shop"]):
            raise DemoFailed(f"the trace of {visit.method} {visit.path} does not join the services {visit.services}")
        if int(subsegments[1]) != visit.subsegments:
            raise DemoFailed(f"the trace of {visit.method} {visit.path} should have {visit.subsegments} subsegments")


def show_logs(logs):
    """Show the end of what each child wrote, to find out why the demonstration failed."""
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        if lines:
            print(f"\n--- {log.stem}", *lines, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
