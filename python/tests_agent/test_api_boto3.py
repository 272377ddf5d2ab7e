"""Every operation that the agent answers, asked by boto3; conftest holds each answer against AWS's model."""

import json
import time

import botocore.exceptions
import pytest

from conftest import RULE, put, segment, trace_id, window, xray_client


def refused(call, code="InvalidRequestException"):
    """Make a call that has to fail; returns the message."""
    with pytest.raises(botocore.exceptions.ClientError) as failure:
        call()
    assert failure.value.response["Error"]["Code"] == code
    return failure.value.response["Error"]["Message"]


@pytest.fixture
def checkout(xray):
    """A trace: checkout calls inventory, which fails, and writes to a table."""
    trace = trace_id()
    root = segment(
        trace,
        origin="AWS::ECS::Container",
        user="ada",
        annotations={"tenant": "blue", "items": 3, "gift": True},
        http={"request": {"method": "POST", "url": "http://shop/checkout"}, "response": {"status": 502}},
        fault=True,
    )
    call = {
        "id": "00000000000000aa",
        "name": "inventory",
        "namespace": "remote",
        "start_time": root["start_time"] + 0.1,
        "end_time": root["end_time"] - 0.2,
        "fault": True,
        "http": {
            "request": {"method": "GET", "url": "http://inventory/items", "traced": True},
            "response": {"status": 500},
        },
    }
    table = {
        "id": "00000000000000bb",
        "name": "DynamoDB",
        "namespace": "aws",
        "start_time": root["start_time"] + 0.3,
        "end_time": root["end_time"] - 0.1,
        "aws": {"operation": "PutItem", "table_name": "orders", "region": "us-east-1"},
        "http": {"response": {"status": 200}},
    }
    root["subsegments"] = [call, table]
    callee = segment(
        trace,
        name="inventory",
        parent_id=call["id"],
        start_time=call["start_time"] + 0.01,
        end_time=call["end_time"] - 0.01,
        fault=True,
        cause={
            "working_directory": "/srv",
            "exceptions": [{"id": "00000000000000cc", "type": "KeyError", "message": "no such item"}],
        },
    )
    put(xray, root, callee)
    return {"trace": trace, "root": root, "callee": callee}


def test_unprocessed_documents_have_awss_codes(xray):
    wrong_id = segment("1-zz-yy")
    unnamed = segment(trace_id(), name="")
    documents = ["{", json.dumps(wrong_id), json.dumps(unnamed), json.dumps(segment(trace_id()))]
    answer = xray.put_trace_segments(TraceSegmentDocuments=documents)["UnprocessedTraceSegments"]
    assert [each["ErrorCode"] for each in answer] == ["ParseError", "InvalidTraceId", "InvalidName"]
    assert "Id" not in answer[0]
    assert [each["Id"] for each in answer[1:]] == [wrong_id["id"], unnamed["id"]]
    assert all(each["Message"] for each in answer)


def test_more_than_fifty_documents_are_refused(xray):
    documents = [json.dumps(segment(trace_id()))] * 51
    message = refused(lambda: xray.put_trace_segments(TraceSegmentDocuments=documents))
    assert "maximum segment count: 50" in message


def test_telemetry_is_taken(xray):
    record = {
        "Timestamp": time.time(),
        "SegmentsReceivedCount": 1,
        "BackendConnectionErrors": {"TimeoutCount": 0, "OtherCount": 2},
    }
    xray.put_telemetry_records(TelemetryRecords=[record], Hostname="here")


def test_summaries_tell_what_happened(xray, checkout):
    answer = xray.get_trace_summaries(**window())
    (summary,) = answer["TraceSummaries"]
    assert answer["TracesProcessedCount"] == 1
    assert summary["Id"] == checkout["trace"]
    assert summary["HasFault"] and not summary["HasError"] and not summary["IsPartial"]
    assert summary["ResponseTime"] == pytest.approx(0.5, abs=0.01)
    assert summary["Http"]["HttpURL"] == "http://shop/checkout"
    assert (summary["Http"]["HttpStatus"], summary["Http"]["HttpMethod"]) == (502, "POST")
    assert summary["Users"][0]["UserName"] == "ada"
    assert summary["EntryPoint"]["Name"] == "checkout"
    assert summary["Annotations"]["tenant"][0]["AnnotationValue"] == {"StringValue": "blue"}
    assert summary["Annotations"]["items"][0]["AnnotationValue"] == {"NumberValue": 3.0}
    assert summary["Annotations"]["gift"][0]["AnnotationValue"] == {"BooleanValue": True}
    assert {"checkout", "inventory"} <= {service["Name"] for service in summary["ServiceIds"]}
    assert summary["FaultRootCauses"], "the exception in inventory is the root cause"


@pytest.mark.parametrize(
    "expression, is_found",
    [
        ("fault", True),
        ("ok", False),
        ('annotation.tenant = "blue" AND http.status = 502', True),
        ('annotation.tenant = "red"', False),
        ('service("inventory") { fault }', True),
        ('edge("checkout", "inventory") { responsetime > 5 }', False),
        ("responsetime > 0.1 user = \"ada\"", True),
    ],
)
def test_filter_expressions_select(xray, checkout, expression, is_found):
    summaries = xray.get_trace_summaries(**window(), FilterExpression=expression)["TraceSummaries"]
    assert [summary["Id"] for summary in summaries] == [checkout["trace"]] * is_found


@pytest.mark.parametrize("kind", ["TraceId", "Event", "Service"])
def test_each_kind_of_time_range_finds_the_trace(xray, checkout, kind):
    assert len(xray.get_trace_summaries(**window(), TimeRangeType=kind)["TraceSummaries"]) == 1
    past = {"StartTime": time.time() - 7200, "EndTime": time.time() - 3600}
    assert xray.get_trace_summaries(**past, TimeRangeType=kind)["TraceSummaries"] == []


def test_an_error_in_a_filter_points_at_its_place(xray):
    message = refused(lambda: xray.get_trace_summaries(**window(), FilterExpression="fault AND responsetme > 2"))
    line, marks = message.splitlines()[1:3]
    assert line[marks.index("^") : marks.rindex("^") + 1] == "responsetme"
    assert "responsetime" in message


def test_pages_hold_each_trace_once_newest_first(xray):
    now = time.time()
    ids = []
    for number in range(620):
        ids.append(f"1-{int(now):08x}-{number:024x}")
    for start in range(0, len(ids), 50):
        put(
            xray,
            *(
                segment(trace, start_time=now - 10 + place / 100, end_time=now)
                for place, trace in enumerate(ids[start : start + 50], start)
            ),
        )
    pages = list(xray.get_paginator("get_trace_summaries").paginate(**window()))
    assert len(pages) > 2
    found = [summary["Id"] for page in pages for summary in page["TraceSummaries"]]
    assert found == ids[::-1]
    message = refused(lambda: xray.get_trace_summaries(**window(), NextToken="made up"))
    assert "NextToken" in message


def test_a_share_of_the_traces_can_be_asked_for(xray):
    for _ in range(4):
        put(xray, *(segment(trace_id()) for _ in range(50)))
    strategy = {"Name": "FixedRate", "Value": 0.5}
    found = xray.get_trace_summaries(**window(), Sampling=True, SamplingStrategy=strategy)["TraceSummaries"]
    assert 50 < len(found) < 150
    wrong = {"Name": "FixedRate", "Value": 2}
    assert "FixedRate" in refused(lambda: xray.get_trace_summaries(**window(), SamplingStrategy=wrong))


def test_whole_traces_are_given_with_streamed_subsegments_in_their_parents(xray, checkout):
    streamed = {
        "id": "00000000000000dd",
        "type": "subsegment",
        "trace_id": checkout["trace"],
        "parent_id": checkout["root"]["id"],
        "name": "render",
        "start_time": checkout["root"]["end_time"] - 0.1,
        "end_time": checkout["root"]["end_time"],
    }
    put(xray, streamed)
    missing = trace_id()
    answer = xray.batch_get_traces(TraceIds=[checkout["trace"], missing])
    assert answer["UnprocessedTraceIds"] == [missing]
    (trace,) = answer["Traces"]
    assert trace["Duration"] == pytest.approx(0.5, abs=0.01)
    documents = {each["Id"]: json.loads(each["Document"]) for each in trace["Segments"]}
    root = documents[checkout["root"]["id"]]
    assert [each["name"] for each in root["subsegments"]] == ["inventory", "DynamoDB", "render"]
    assert root["annotations"] == checkout["root"]["annotations"]
    assert checkout["callee"]["id"] in documents
    assert any(document.get("inferred") for document in documents.values()), "DynamoDB sends no segment of its own"


def test_traces_are_found_by_either_spelling_and_at_most_five(agent, xray, checkout):
    w3c = checkout["trace"][2:].replace("-", "")
    (trace,) = agent.post("/Traces", {"TraceIds": [w3c]})["Traces"]
    assert trace["Id"] == checkout["trace"]
    message = refused(lambda: xray.batch_get_traces(TraceIds=[trace_id() for _ in range(6)]))
    assert "maximum query size: 5" in message
    assert "not-an-id" in refused(lambda: xray.batch_get_traces(TraceIds=["not-an-id"]))


def by_name(services):
    """Services by name, of which each must be there once."""
    names = [(service["Name"], service.get("Type")) for service in services]
    assert len(set(names)) == len(names)
    return {service["Name"]: service for service in services if service.get("Type") != "client"}


def test_the_service_graph_connects_callers_and_called(xray, checkout):
    graph = xray.get_service_graph(**window())
    services = by_name(graph["Services"])
    assert services["checkout"]["Root"] is True
    assert services["checkout"]["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    called = {edge["ReferenceId"]: edge for edge in services["checkout"]["Edges"]}
    edge = called[services["inventory"]["ReferenceId"]]
    assert edge["SummaryStatistics"]["TotalCount"] == 1
    assert edge["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    clients = [service for service in graph["Services"] if service.get("Type") == "client"]
    assert [edge["ReferenceId"] for edge in clients[0]["Edges"]] == [services["checkout"]["ReferenceId"]]
    same = xray.get_trace_graph(TraceIds=[checkout["trace"]])["Services"]
    assert by_name(same).keys() == services.keys()


def test_statistics_over_time(xray, checkout):
    series = xray.get_time_series_service_statistics(
        **window(), EntitySelectorExpression='service("inventory")', Period=60
    )["TimeSeriesServiceStatistics"]
    assert sum(each["ServiceSummaryStatistics"]["TotalCount"] for each in series) == 1
    edges = xray.get_time_series_service_statistics(
        **window(), EntitySelectorExpression='edge("checkout", "inventory")'
    )["TimeSeriesServiceStatistics"]
    assert sum(each["EdgeSummaryStatistics"]["FaultStatistics"]["TotalCount"] for each in edges) == 1
    wrong = dict(**window(), EntitySelectorExpression="services()")
    assert "services" in refused(lambda: xray.get_time_series_service_statistics(**wrong))


def test_groups_are_filters_with_a_name(xray, checkout):
    created = xray.create_group(
        GroupName="faults",
        FilterExpression="fault",
        InsightsConfiguration={"InsightsEnabled": False},
        Tags=[{"Key": "team", "Value": "shop"}],
    )["Group"]
    assert "faults" in refused(lambda: xray.create_group(GroupName="faults"))
    assert "responsetme" in refused(lambda: xray.create_group(GroupName="x", FilterExpression="responsetme"))
    assert xray.get_groups()["Groups"] == [created]
    assert len(xray.get_trace_summaries(**window(), FilterExpression='group.name = "faults"')["TraceSummaries"]) == 1
    assert xray.get_service_graph(**window(), GroupName="faults")["Services"]
    circle = 'group.name = "faults"'
    assert "back to itself" in refused(lambda: xray.update_group(GroupName="faults", FilterExpression=circle))
    assert xray.get_group(GroupName="faults")["Group"] == created
    xray.update_group(GroupARN=created["GroupARN"], FilterExpression="ok")
    assert xray.get_group(GroupName="faults")["Group"]["FilterExpression"] == "ok"
    assert xray.get_service_graph(**window(), GroupName="faults")["Services"] == []
    assert "nobody" in refused(lambda: xray.get_service_graph(**window(), GroupName="nobody"))
    xray.delete_group(GroupName="faults")
    assert xray.get_groups()["Groups"] == []
    assert "faults" in refused(lambda: xray.get_group(GroupName="faults"))


def test_sampling_rules_are_made_changed_and_deleted(xray):
    record = xray.create_sampling_rule(SamplingRule=RULE)["SamplingRuleRecord"]
    arn = record["SamplingRule"].pop("RuleARN")
    assert record["SamplingRule"] == {**RULE, "Attributes": {}}
    assert abs(record["CreatedAt"].timestamp() - time.time()) < 30
    changed = xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "pay", "FixedRate": 0.75})
    assert changed["SamplingRuleRecord"]["SamplingRule"]["FixedRate"] == 0.75
    rules = xray.get_sampling_rules()["SamplingRuleRecords"]
    assert [each["SamplingRule"]["RuleName"] for each in rules] == ["pay", "Default"]
    assert "Priority" in refused(
        lambda: xray.create_sampling_rule(SamplingRule={**RULE, "RuleName": "x", "Priority": 10000})
    )
    assert "Default" in refused(lambda: xray.delete_sampling_rule(RuleName="Default"))
    xray.delete_sampling_rule(RuleARN=arn)
    assert len(xray.get_sampling_rules()["SamplingRuleRecords"]) == 1


def test_there_are_twenty_five_rules_at_most(xray):
    for number in range(25):
        xray.create_sampling_rule(SamplingRule={**RULE, "RuleName": f"rule {number}"})
    refused(lambda: xray.create_sampling_rule(SamplingRule=RULE), "RuleLimitExceededException")


def test_targets_are_handed_out_for_reports(xray):
    xray.create_sampling_rule(SamplingRule=RULE)

    def report(rule, client):
        return {
            "RuleName": rule,
            "ClientID": client * 24,
            "Timestamp": time.time(),
            "RequestCount": 500,
            "SampledCount": 20,
            "BorrowCount": 10,
        }

    before = time.time()
    xray.get_sampling_targets(SamplingStatisticsDocuments=[report("pay", "a")])
    answer = xray.get_sampling_targets(SamplingStatisticsDocuments=[report("pay", "b"), report("gone", "b")])
    (target,) = answer["SamplingTargetDocuments"]
    assert (target["RuleName"], target["FixedRate"], target["ReservoirQuota"]) == ("pay", 0.5, 5)
    assert target["ReservoirQuotaTTL"].timestamp() > before
    assert [each["RuleName"] for each in answer["UnprocessedStatistics"]] == ["gone"]
    summaries = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    assert sum(each["RequestCount"] for each in summaries) == 1000
    assert sum(each["SampledCount"] for each in summaries) == 40


def test_boosts_are_not_handed_out_and_that_is_said(xray):
    boost = {"MaxRate": 0.9, "CooldownWindowMinutes": 5}
    xray.create_sampling_rule(SamplingRule={**RULE, "SamplingRateBoost": boost})
    counts = {"AnomalyCount": 1, "TotalCount": 2, "SampledAnomalyCount": 0}
    report = {"RuleName": "pay", "ServiceName": "checkout", "Timestamp": time.time(), **counts}
    answer = xray.get_sampling_targets(SamplingStatisticsDocuments=[], SamplingBoostStatisticsDocuments=[report])
    assert [each["RuleName"] for each in answer["UnprocessedBoostStatistics"]] == ["pay"]
    assert xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["SamplingRateBoost"] == boost


def test_tags(xray):
    arn = xray.create_sampling_rule(SamplingRule=RULE)["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
    xray.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    xray.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    refused(lambda: xray.list_tags_for_resource(ResourceARN=arn + "x"), "ResourceNotFoundException")


def test_what_consoles_ask_about_an_account(xray):
    assert xray.get_encryption_config()["EncryptionConfig"] == {"Status": "ACTIVE", "Type": "NONE"}
    assert xray.get_trace_segment_destination()["Destination"] == "XRay"
    assert len(xray.get_indexing_rules()["IndexingRules"]) == 1
    assert xray.get_insight_summaries(**window())["InsightSummaries"] == []
    assert xray.list_resource_policies()["ResourcePolicies"] == []


def test_what_needs_aws_says_so(xray):
    times = {"StartTime": time.time() - 60, "EndTime": time.time()}
    message = refused(lambda: xray.start_trace_retrieval(TraceIds=[trace_id()], **times))
    assert message == "StartTraceRetrieval is not available here: it needs AWS"


def test_every_operation_of_the_model_is_known(agent, xray):
    for name in xray.meta.service_model.operation_names:
        path = xray.meta.service_model.operation_model(name).http["requestUri"]
        try:
            agent.post(path, {})
        except OSError as failure:
            assert json.load(failure)["__type"] == "InvalidRequestException", name


def test_the_tcp_port_answers_as_well(agent, checkout):
    tcp = xray_client(f"http://127.0.0.1:{agent.ports['tcp']}")
    assert tcp.get_trace_summaries(**window())["TraceSummaries"][0]["Id"] == checkout["trace"]


def test_what_was_set_and_kept_is_there_after_a_restart(start_agent, tmp_path):
    first = start_agent(data=tmp_path / "store")
    trace = trace_id()
    client = xray_client(first.url)
    client.create_sampling_rule(SamplingRule=RULE)
    client.create_group(GroupName="faults", FilterExpression="fault")
    put(client, segment(trace, fault=True))
    assert first.stop() == 0
    client = xray_client(start_agent(data=tmp_path / "store").url)
    assert len(client.get_sampling_rules()["SamplingRuleRecords"]) == 2
    found = client.get_trace_summaries(**window(), FilterExpression='group.name = "faults"')["TraceSummaries"]
    assert [summary["Id"] for summary in found] == [trace]
