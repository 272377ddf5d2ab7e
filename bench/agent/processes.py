"""The processes that are measured, their cost, and what is sent to them."""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

HOST = "127.0.0.1"
START_SECONDS = 20
STOP_SECONDS = 30
TICKS = os.sysconf("SC_CLK_TCK")
#: Receivers have a core of their own, and so have the senders.
RECEIVER_CORE, SENDER_CORE = "0", str((os.cpu_count() or 2) - 1)


class Ports(NamedTuple):
    """Where an agent listens."""

    udp: int
    web: int
    otlp_http: int


class Cost(NamedTuple):
    """What a process has used so far."""

    cpu_seconds: float
    resident_bytes: int
    most_resident_bytes: int


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def started(command: List[str], log: Path, ready_port: int) -> Iterator[subprocess.Popen]:
    """A process on the receivers' core, from when it accepts connections until the block ends.

    :raises SystemExit: when it does not come up
    """
    with open(log, "wb") as output:
        process = subprocess.Popen(["taskset", "-c", RECEIVER_CORE, *command], stdout=output, stderr=output)
    try:
        wait_for_port(process, ready_port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(process: subprocess.Popen, port: int, log: Path) -> None:
    """Wait until a process accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args[3]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


@contextlib.contextmanager
def agent(binary: Path, directory: Path) -> Iterator["Agent"]:
    """An agent that keeps what it receives in a directory."""
    ports = Ports(free_port(), free_port(), free_port())
    command = [
        str(binary), "agent", "--data", str(directory), "--bind", f"{HOST}:{ports.udp}",
        "--bind-tcp", f"{HOST}:{free_port()}", "--web", f"{HOST}:{ports.web}",
        "--otlp-http", f"{HOST}:{ports.otlp_http}", "--otlp-grpc", f"{HOST}:{free_port()}",
    ]  # fmt: skip
    with started(command, directory.with_suffix(".log"), ports.web) as process:
        yield Agent(process.pid, ports)


class Agent(NamedTuple):
    """A running agent."""

    pid: int
    ports: Ports

    def counters(self) -> Dict[str, float]:
        """The sums of its counters, by name without labels."""
        with urllib.request.urlopen(f"http://{HOST}:{self.ports.web}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        sums: Dict[str, float] = {}
        for line in lines:
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                name = name.partition("{")[0]
                sums[name] = sums.get(name, 0) + float(value)
        return sums

    def kept(self) -> int:
        """How many documents are in its store since it started."""
        return int(self.counters().get("fluoro_documents_kept_total", 0))

    def wait_until_kept(self, count: int, seconds: float = 30) -> int:
        """Wait until that many documents are kept, or no more come."""
        deadline = time.monotonic() + seconds
        while (kept := self.kept()) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        return kept

    def ask(self, path: str, body: Dict[str, Any]) -> Dict[str, Any]:
        """The answer of an operation of the X-Ray API."""
        headers = {"Content-Type": "application/json"}
        url = f"http://{HOST}:{self.ports.web}{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)


def cost(pid: int) -> Cost:
    """What a process has used so far, kernel time included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    resident, most = (int(status[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
    return Cost((int(fields[11]) + int(fields[12])) / TICKS, resident, most)


def load(binary: Path, port: int, rate: int, seconds: float, seed: int = 1, history: int = 0) -> Dict[str, Any]:
    """Send documents over UDP at a rate; returns what the sender says about it."""
    command = [
        "taskset", "-c", SENDER_CORE, str(binary), "--address", f"{HOST}:{port}", "--rate", str(rate),
        "--seconds", str(seconds), "--seed", str(seed), "--history", str(history),
    ]  # fmt: skip
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=seconds * 5 + 60).stdout)
