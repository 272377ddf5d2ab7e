"""Forwarding to backends of other people: moto, which stands in for AWS, and rotel, an OTLP receiver."""

import contextlib
import importlib.util
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import botocore
import pytest
from botocore.config import Config

REGION = "eu-west-1"
PATIENCE_SECONDS = 40
NO_KEYS = {
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}
KEYS = NO_KEYS | {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}


def eventually(ask, what):
    """Ask again and again until there is something, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def send(agent, documents):
    """Send documents as X-Ray SDKs do, one datagram each."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for document in documents:
            datagram = b'{"format":"json","version":1}\n' + document.encode()
            sender.sendto(datagram, ("127.0.0.1", agent.ports["udp"]))


def sink(agent):
    """The status of the only sink."""
    [status] = agent.get("/api/agent")["Sinks"]
    return status


@contextlib.contextmanager
def running(command, log):
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Moto:
    """The address of a moto server that is not running yet."""

    def __init__(self, log):
        self.port = free_port()
        self.log = log
        self.url = f"http://127.0.0.1:{self.port}"
        self.flags = ("--forward=xray", f"--region={REGION}", f"--aws-endpoint={self.url}", "--local-mode=true")

    @contextlib.contextmanager
    def running(self):
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with running(command, self.log) as process:
            eventually(lambda: process.poll() is not None or is_open(self.port), "moto")
            assert process.poll() is None, self.log.read_text()
            yield

    def documents(self, trace_ids):
        """The documents that it has of each trace, once it has something of all of them."""

        def ask():
            xray, found = client(self.url), {}
            for start in range(0, len(trace_ids), 5):
                for trace in xray.batch_get_traces(TraceIds=trace_ids[start : start + 5])["Traces"]:
                    found[trace["Id"]] = [segment["Document"] for segment in trace["Segments"]]
            return len(found) == len(trace_ids) and found

        return eventually(ask, f"{len(trace_ids)} traces")


def client(url, **config):
    return boto3.client(
        "xray",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
        config=Config(proxies={}, retries={"total_max_attempts": 1}, **config),
    )


@pytest.fixture
def moto(tmp_path):
    return Moto(tmp_path / "moto.log")


def documents(count):
    """Segments of a trace each, in spellings of numbers and text that a rewrite would not keep."""
    now, made = int(time.time()), {}
    for number in range(1, count + 1):
        trace_id = f"1-{now:08x}-{number:024x}"
        user = json.dumps('é \u2028 \x07 \\ " 😀', ensure_ascii=number % 2 == 0)
        times = f'"start_time": {now}.50, "end_time":{now + 1}e0'
        made[trace_id] = f'{{"name":"shop", "id":"{number:016x}","trace_id":"{trace_id}",{times},"user":{user}}}'
    return made


def test_documents_arrive_byte_for_byte(moto, start_agent):
    with moto.running():
        agent = start_agent(*moto.flags, environment=KEYS)
        sent = documents(120)
        send(agent, sent.values())
        arrived = moto.documents(list(sent))
        assert arrived == {trace_id: [document] for trace_id, document in sent.items()}
        status = eventually(lambda: (status := sink(agent))["Sent"] == 120 and status, "the count")
        assert (status["Name"], status["State"], status["Refused"]) == ("xray", "working", 0)
        assert re.search(r"Successfully sent batch of \d+ segments \(\d\.\d{3} seconds\)", agent.log.read_text())


def test_nothing_is_lost_when_backend_and_agent_fail(moto, start_agent, tmp_path):
    first = start_agent(*moto.flags, data=tmp_path / "store", environment=KEYS)
    sent = documents(200)
    send(first, sent.values())
    eventually(lambda: sink(first)["Pending"] == 200, "documents that wait")
    eventually(lambda: sink(first)["State"] == "failing", "the failure")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(PATIENCE_SECONDS)
    with moto.running():
        start_agent(*moto.flags, data=tmp_path / "store", environment=KEYS)
        arrived = moto.documents(list(sent))
        assert arrived == {trace_id: [document] for trace_id, document in sent.items()}


def test_the_tcp_port_signs_for_sdks(moto, start_agent):
    with moto.running():
        agent = start_agent(*moto.flags, environment=KEYS)
        [(trace_id, document)] = documents(1).items()
        client(moto.url).put_trace_segments(TraceSegmentDocuments=[document])
        unsigned = client(f"http://127.0.0.1:{agent.ports['tcp']}", signature_version=botocore.UNSIGNED)
        [trace] = unsigned.batch_get_traces(TraceIds=[trace_id])["Traces"]
        assert [segment["Document"] for segment in trace["Segments"]] == [document]


def test_without_credentials_documents_wait(moto, start_agent):
    with moto.running():
        agent = start_agent(*moto.flags, environment=NO_KEYS)
        send(agent, documents(1).values())
        status = eventually(lambda: (status := sink(agent))["LastError"] and status, "the error")
        assert (status["State"], status["Pending"], status["Sent"]) == ("failing", 1, 0)
        assert "no AWS credentials" in status["LastError"]["Message"]
        assert agent.stop() == 0


def test_a_role_is_assumed(moto, start_agent):
    with moto.running():
        flags = (*moto.flags, "--role-arn=arn:aws:iam::210987654321:role/traces")
        agent = start_agent(*flags, environment=KEYS | {"AWS_ENDPOINT_URL_STS": moto.url})
        sent = documents(3)
        send(agent, sent.values())
        eventually(lambda: sink(agent)["Sent"] == 3, "the count")
        # The documents are those of the role's account, which ours does not see.
        assert client(moto.url).batch_get_traces(TraceIds=list(sent))["Traces"] == []
        with urllib.request.urlopen(f"{moto.url}/moto-api/data.json", timeout=10) as response:
            assert json.load(response)["sts"]


@pytest.fixture
def rotel(tmp_path):
    """Receives over HTTP and gRPC, and writes into a log what it understood."""
    package = pathlib.Path(importlib.util.find_spec("rotel").origin).parent
    http, grpc, log = free_port(), free_port(), tmp_path / "rotel.log"
    command = [
        package / "rotel-agent",
        "start",
        f"--otlp-http-endpoint=127.0.0.1:{http}",
        f"--otlp-grpc-endpoint=127.0.0.1:{grpc}",
        "--exporter=blackhole",
        "--debug-log=traces",
        "--debug-log-verbosity=detailed",
    ]
    with running(command, log):
        eventually(lambda: is_open(http) and is_open(grpc), "rotel")
        yield {"otlp": f"http://127.0.0.1:{http}", "otlp-grpc": f"http://127.0.0.1:{grpc}", "log": log}


@pytest.mark.parametrize("protocol", ["otlp", "otlp-grpc"])
def test_every_segment_arrives_as_a_span(protocol, rotel, start_agent):
    agent = start_agent(f"--forward={protocol}={rotel[protocol]}")
    now = int(time.time())
    send(
        agent,
        (
            f'{{"name":"shop-{number}-","id":"{number:016x}","trace_id":"1-{now:08x}-{number:024x}",'
            f'"start_time":{now},"end_time":{now}.5}}'
            for number in range(1, 101)
        ),
    )
    expected = {f"shop-{number}-" for number in range(1, 101)}
    eventually(lambda: set(re.findall(r"shop-\d+-", rotel["log"].read_text())) == expected, "the spans")
    status = eventually(lambda: (status := sink(agent))["Sent"] == 100 and status, "the count")
    assert (status["State"], status["Refused"], status["Pending"]) == ("working", 0, 0)
