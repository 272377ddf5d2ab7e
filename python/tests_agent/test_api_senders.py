"""Other people's SDKs, and this project's own, send to the agent and take their sampling from it.

``FLUORO_PACKAGE`` may name the directory of this project's package with its engine; otherwise it is the source tree's.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from conftest import RULE, wait_until, window

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NODE_PACKAGES = ROOT / ".cache" / "agent-node"
SENDER_SECONDS = 90


def package():
    """The directory of this project's package; it has to have an engine."""
    directory = pathlib.Path(os.environ.get("FLUORO_PACKAGE", ROOT / "python"))
    assert list(directory.glob("aws_xray_sdk/_engine*")), f"no engine in {directory}: `make engine` builds it"
    return directory


def upstream(environment):
    """The AWS X-Ray SDK for Python."""
    return [sys.executable, HERE / "senders" / "sdk.py"], environment


def own(environment):
    """This project's package."""
    return [sys.executable, HERE / "senders" / "sdk.py"], {**environment, "PYTHONPATH": str(package())}


def node(environment):
    """The AWS X-Ray SDK for Node.js."""
    NODE_PACKAGES.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "senders" / "package.json", NODE_PACKAGES)
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=NODE_PACKAGES, check=True, timeout=300
    )
    return ["node", HERE / "senders" / "sdk.js"], {**environment, "NODE_PATH": str(NODE_PACKAGES / "node_modules")}


@pytest.mark.parametrize("sender_of", [upstream, own, node])
def test_an_sdk_is_sampled_by_the_agents_rules_and_its_traces_arrive(agent, xray, sender_of):
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "Default", "FixedRate": 0, "ReservoirSize": 0})
    xray.create_sampling_rule(SamplingRule={**RULE, "FixedRate": 1, "ReservoirSize": 0})
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTHON"))}
    command, environment = sender_of({**environment, "AWS_XRAY_DAEMON_ADDRESS": agent.daemon_address})
    sender = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def requests_reported():
        assert sender.poll() is None, sender.communicate()
        summaries = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
        return sum(each["RequestCount"] for each in summaries if each["RuleName"] == "pay")

    try:
        reported = wait_until(requests_reported, SENDER_SECONDS, lambda: "no report of sampling")
    finally:
        sender.kill()
        output, errors = sender.communicate(timeout=10)
    decisions = [json.loads(line) for line in output.splitlines()]
    assert decisions, errors
    assert reported <= len(decisions) + 1
    sent = {decision["trace"] for decision in decisions}

    def arrived():
        pages = xray.get_paginator("get_trace_summaries").paginate(**window())
        found = {summary["Id"] for page in pages for summary in page["TraceSummaries"]}
        return sent <= found

    wait_until(arrived, 10, lambda: f"not all of {sent} arrived")
    document = json.loads(xray.batch_get_traces(TraceIds=[min(sent)])["Traces"][0]["Segments"][0]["Document"])
    # The SDK for Node.js has another name for it.
    assert "pay" in (document["aws"]["xray"].get(key) for key in ("sampling_rule_name", "rule_name"))
    assert document["subsegments"][0]["name"] == "reserve"
    status = agent.get("/api/agent")
    assert status["Sources"][0]["Rejected"] == 0, agent.get("/api/rejected")
    assert status["Lost"] == []
