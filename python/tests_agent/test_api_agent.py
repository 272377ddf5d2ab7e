"""The agent as a process: ports, signals, and the daemon's place in front of AWS."""

import http.server
import json
import signal
import socket
import subprocess
import threading
import urllib.request

import pytest

from conftest import put, segment, trace_id, wait_until, xray_client

RULES = {"SamplingRuleRecords": [], "NextToken": "of-aws"}


class Aws(http.server.BaseHTTPRequestHandler):
    """Takes everything, and remembers path, headers and body of each request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """Answer as X-Ray would when all is well."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, self.headers, json.loads(body)))
        answers = {"/GetSamplingRules": RULES, "/TraceSegments": {"UnprocessedTraceSegments": []}}
        answer = json.dumps(answers.get(self.path, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def aws():
    """A double of X-Ray, with the list of its ``calls``."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Aws) as server:
        server.calls = []
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_in_front_of_aws_segments_are_kept_here_and_the_rest_is_signed(start_agent, aws):
    credentials = {
        "AWS_ACCESS_KEY_ID": "AKIDTEST",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    endpoint = f"http://127.0.0.1:{aws.server_address[1]}"
    flags = ("--forward", "xray", "--region", "eu-central-1", "--aws-endpoint", endpoint)
    agent = start_agent(*flags, environment=credentials)
    request = urllib.request.Request(f"http://127.0.0.1:{agent.ports['tcp']}/GetSamplingRules", b"{}")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert json.load(response) == RULES
    (call,) = [call for call in aws.calls if call[0] == "/GetSamplingRules"]
    assert call[1]["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDTEST/")
    assert "/eu-central-1/xray/aws4_request" in call[1]["Authorization"]

    document = segment(trace_id())
    put(xray_client(f"http://127.0.0.1:{agent.ports['tcp']}"), document)
    batches = wait_until(lambda: [call for call in aws.calls if call[0] == "/TraceSegments"], 10)
    assert [json.loads(sent) for sent in batches[0][2]["TraceSegmentDocuments"]] == [document]
    (sink,) = wait_until(lambda: [sink for sink in agent.get("/api/agent")["Sinks"] if sink["Sent"]], 10)
    assert (sink["Name"], sink["State"], sink["Sent"], sink["Pending"]) == ("xray", "working", 1, 0)
    rules = xray_client(agent.url).get_sampling_rules()["SamplingRuleRecords"]
    assert [rule["SamplingRule"]["RuleName"] for rule in rules] == ["Default"], "the web port shows what is kept here"


def test_a_taken_port_is_named_with_a_way_out(binary, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        others = ("--bind", "--bind-tcp", "--otlp-http", "--otlp-grpc")
        listen = [text for flag in others for text in (flag, "127.0.0.1:0")]
        command = [binary, "agent", "--data", tmp_path, *listen, "--web", f"127.0.0.1:{port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    message = done.stdout + done.stderr
    assert f"127.0.0.1:{port}" in message and "--web" in message and "viewer" in message


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_everything_kept(start_agent, tmp_path, sent):
    agent = start_agent(data=tmp_path / "store")
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        for _ in range(100):
            document = json.dumps(segment(trace_id()))
            datagrams.sendto(b'{"format":"json","version":1}\n' + document.encode(), ("127.0.0.1", agent.ports["udp"]))
    agent.process.send_signal(sent)
    assert agent.process.wait(20) == 0
    again = start_agent(data=tmp_path / "store")
    assert again.get("/api/agent")["Store"]["Documents"] == 100
