"""The agent's binary, started for each test on free ports with a directory of its own.

``FLUORO_BINARY`` names the binary.
"""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import pytest

START_SECONDS = 30
STOP_SECONDS = 20
PORTS = {"udp": "--bind", "tcp": "--bind-tcp", "web": "--web", "otlp_http": "--otlp-http", "otlp_grpc": "--otlp-grpc"}


#: A sampling rule as requests spell it.
RULE = {
    "RuleName": "pay",
    "ResourceARN": "*",
    "Priority": 10,
    "FixedRate": 0.5,
    "ReservoirSize": 10,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "/pay*",
    "Version": 1,
}


@dataclasses.dataclass
class Agent:
    """A running agent."""

    process: subprocess.Popen
    ports: dict
    log: pathlib.Path

    @property
    def url(self):
        """Where the viewer and the whole X-Ray API are."""
        return f"http://127.0.0.1:{self.ports['web']}"

    @property
    def daemon_address(self):
        """What SDKs call ``AWS_XRAY_DAEMON_ADDRESS``."""
        return f"tcp:127.0.0.1:{self.ports['tcp']} udp:127.0.0.1:{self.ports['udp']}"

    def get(self, path):
        """Ask one of the agent's own endpoints."""
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)

    def post(self, path, body):
        """Send JSON to one of the agent's own endpoints."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def stop(self):
        """End it as a service manager does; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@pytest.fixture(scope="session")
def binary():
    """The binary under test."""
    path = os.environ.get("FLUORO_BINARY")
    assert path and os.access(path, os.X_OK), "FLUORO_BINARY has to name the agent's binary"
    return path


@pytest.fixture
def start_agent(binary, tmp_path):
    """Start agents with further flags; each has to end in order."""
    running = []

    def start(*flags, data=None, environment=None):
        number = len(running)
        ports = free_ports()
        listen = [text for name, flag in PORTS.items() for text in (flag, f"127.0.0.1:{ports[name]}")]
        log = tmp_path / f"agent-{number}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [binary, "agent", "--data", data or tmp_path / f"data-{number}", *listen, *flags],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )
        agent = Agent(process, ports, log)
        running.append(agent)
        wait_until(lambda: is_ready(agent), START_SECONDS, lambda: f"the agent does not start: {log.read_text()}")
        return agent

    yield start
    statuses = [agent.stop() for agent in running if agent.process.poll() is None]
    assert not any(statuses), statuses


@pytest.fixture
def agent(start_agent):
    """An agent that forwards nothing."""
    return start_agent()


@pytest.fixture
def xray(agent):
    """A client of boto3 whose answers are held against AWS's model."""
    return xray_client(agent.url)


def xray_client(url):
    """A client of boto3 for an address; its answers must have the members and types of AWS's model, and no others."""
    client = boto3.client(
        "xray",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    client.meta.events.register("before-parse.xray", check_answer)
    return client


def check_answer(operation_model, response_dict, **_):
    """Hold a successful answer against the model."""
    assert response_dict["headers"]["x-amzn-requestid"]
    if response_dict["status_code"] == 200:
        check_shape(operation_model.output_shape, json.loads(response_dict["body"] or "{}"), operation_model.name)


def check_shape(shape, value, place):
    """Hold a JSON value against a shape of botocore's model."""
    kinds = {
        "string": str,
        "integer": int,
        "long": int,
        "double": (int, float),
        "float": (int, float),
        "timestamp": (int, float),
        "boolean": bool,
        "structure": dict,
        "map": dict,
        "list": list,
    }
    assert isinstance(value, kinds[shape.type_name]), f"{place} is {value!r}, not a {shape.type_name}"
    assert isinstance(value, bool) == (shape.type_name == "boolean"), place
    if shape.type_name == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        assert set(value) <= set(members), f"{place} has {sorted(set(value) - set(members))}"
        for name, member in value.items():
            check_shape(members[name], member, f"{place}.{name}")
    elif shape.type_name == "list":
        for number, member in enumerate(value):
            check_shape(shape.member, member, f"{place}[{number}]")
    elif shape.type_name == "map":
        for name, member in value.items():
            check_shape(shape.value, member, f"{place}.{name}")
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{place} is {value!r}"


def free_ports():
    """A port for each listener that nobody uses, for datagrams and for connections."""
    with contextlib.ExitStack() as sockets:
        ports = {}
        while len(ports) < len(PORTS):
            stream = sockets.enter_context(socket.socket())
            stream.bind(("127.0.0.1", 0))
            datagrams = sockets.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                datagrams.bind(stream.getsockname())
                ports[list(PORTS)[len(ports)]] = stream.getsockname()[1]
        return ports


def is_ready(agent):
    """Whether it answers; one that has ended never will."""
    assert agent.process.poll() is None, f"the agent has ended: {agent.log.read_text()}"
    try:
        return agent.get("/ready") == {"status": "ready"}
    except (urllib.error.URLError, ConnectionError):
        return False


def wait_until(holds, seconds, failure=lambda: "it did not happen in time"):
    """Ask again and again until something holds; returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        result = holds()
        if result:
            return result
        assert time.monotonic() < end, failure()
        time.sleep(0.05)


def trace_id():
    """An id of a trace that begins now."""
    return f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"


def segment(trace, name="checkout", **fields):
    """A segment document that ended just now."""
    now = time.time()
    document = {"trace_id": trace, "id": os.urandom(8).hex(), "name": name, "start_time": now - 0.5, "end_time": now}
    return {**document, **fields}


def put(xray, *documents):
    """Send documents; each has to be taken."""
    answer = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
    assert answer["UnprocessedTraceSegments"] == []


def window():
    """The last minute."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"StartTime": now - datetime.timedelta(minutes=1), "EndTime": now + datetime.timedelta(seconds=1)}
