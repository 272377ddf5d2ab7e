"""The aws CLI in front of the agent, as people type it."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest

from conftest import put, segment, trace_id, xray_client

AWS = pathlib.Path(sys.executable).parent / "aws"


@pytest.fixture
def aws(agent):
    """Run ``aws xray …`` against the agent; returns what it prints, read as JSON, or its complaint."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
    }

    def run(*arguments, fails=False):
        command = [AWS, "xray", *arguments, "--endpoint-url", agent.url, "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stderr if fails else json.loads(done.stdout or "{}")

    return run


def last_minute():
    """Flags for the last minute."""
    return "--start-time", str(time.time() - 60), "--end-time", str(time.time() + 1)


def test_traces_are_put_listed_and_read(aws):
    trace = trace_id()
    document = json.dumps(segment(trace, fault=True))
    answer = aws("put-trace-segments", "--trace-segment-documents", document)
    assert answer["UnprocessedTraceSegments"] == []
    found = aws("get-trace-summaries", *last_minute(), "--filter-expression", 'service("checkout") { fault }')
    assert [summary["Id"] for summary in found["TraceSummaries"]] == [trace]
    traces = aws("batch-get-traces", "--trace-ids", trace)["Traces"]
    assert json.loads(traces[0]["Segments"][0]["Document"])["fault"] is True
    names = {service["Name"] for service in aws("get-service-graph", *last_minute())["Services"]}
    assert "checkout" in names
    names = {service["Name"] for service in aws("get-trace-graph", "--trace-ids", trace)["Services"]}
    assert "checkout" in names
    series = aws("get-time-series-service-statistics", *last_minute(), "--entity-selector-expression", "service()")
    assert series["TimeSeriesServiceStatistics"]


def test_all_pages_are_followed(agent, aws):
    client = xray_client(agent.url)
    ids = {trace_id() for _ in range(300)}
    for start in range(0, 300, 50):
        put(client, *(segment(trace) for trace in sorted(ids)[start : start + 50]))
    found = aws("get-trace-summaries", *last_minute())["TraceSummaries"]
    assert {summary["Id"] for summary in found} == ids


def test_rules_and_groups(aws):
    rule = "RuleName=pay,ResourceARN=*,Priority=10,FixedRate=0.5,ReservoirSize=3,ServiceName=*,ServiceType=*"
    aws("create-sampling-rule", "--sampling-rule", f"{rule},Host=*,HTTPMethod=*,URLPath=/pay*,Version=1")
    aws("update-sampling-rule", "--sampling-rule-update", "RuleName=pay,FixedRate=0.1")
    rules = aws("get-sampling-rules")["SamplingRuleRecords"]
    assert [each["SamplingRule"]["FixedRate"] for each in rules] == [0.1, 0.05]
    aws("delete-sampling-rule", "--rule-name", "pay")
    aws("create-group", "--group-name", "slow", "--filter-expression", "duration > 5")
    assert [group["GroupName"] for group in aws("get-groups")["Groups"]] == ["slow"]
    aws("delete-group", "--group-name", "slow")
    assert aws("get-encryption-config")["EncryptionConfig"]["Type"] == "NONE"


def test_errors_are_printed_with_their_reason(aws):
    message = aws("get-trace-summaries", *last_minute(), "--filter-expression", "duration > slow", fails=True)
    assert "InvalidRequestException" in message and "^^^^" in message
    message = aws("delete-sampling-rule", "--rule-name", "Default", fails=True)
    assert "cannot be deleted" in message
