//! Sampling against the agent, as this project's own client reads it.

use fluoro_sampling::exchange::{RulesPage, Targets};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api_support::{Running, answer};

fn rule(name: &str) -> Value {
    json!({
        "RuleName": name, "ResourceARN": "*", "Priority": 10, "FixedRate": 0.25,
        "ReservoirSize": 10, "ServiceName": "*", "ServiceType": "*", "Host": "*",
        "HTTPMethod": "*", "URLPath": "/pay*", "Version": 1,
    })
}

fn report(rule: &str, client: char) -> Value {
    json!({
        "RuleName": rule, "ClientID": client.to_string().repeat(24), "Timestamp": 1,
        "RequestCount": 1_000, "SampledCount": 20, "BorrowCount": 1,
    })
}

async fn targets(agent: &Running, reports: Value) -> Value {
    let request = agent.tcp(Method::POST, "/SamplingTargets");
    let request = request.json(&json!({"SamplingStatisticsDocuments": reports}));
    let (status, answer) = answer(request).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn rules_are_made_fetched_by_sdks_and_kept_over_a_restart() {
    let agent = Running::start().await;
    let request = json!({"SamplingRule": rule("pay"), "Tags": [{"Key": "team", "Value": "a"}]});
    let (status, created) = agent.call("/CreateSamplingRule", request).await;
    assert_eq!(status, 200, "{created}");
    let arn = &created["SamplingRuleRecord"]["SamplingRule"]["RuleARN"];
    let (status, error) = agent
        .call("/CreateSamplingRule", json!({"SamplingRule": rule("pay")}))
        .await;
    assert_eq!(
        (status, &error["__type"]),
        (400, &json!("InvalidRequestException"))
    );

    let agent = agent.restart().await;
    let response = agent.tcp(Method::POST, "/GetSamplingRules").body("{}");
    let body = response.send().await.unwrap().bytes().await.unwrap();
    let page = RulesPage::parse(&body).unwrap();
    let names: Vec<_> = page
        .rules
        .iter()
        .map(|rule| rule.name.to_string())
        .collect();
    assert_eq!(names, ["pay", "Default"]);
    assert_eq!(page.next_token, None);
    let (_, tags) = agent
        .call("/ListTagsForResource", json!({"ResourceARN": arn}))
        .await;
    assert_eq!(tags, json!({"Tags": [{"Key": "team", "Value": "a"}]}));

    let update = json!({"SamplingRuleUpdate": {"RuleName": "pay", "FixedRate": 2}});
    let (status, error) = agent.call("/UpdateSamplingRule", update).await;
    assert_eq!(status, 400);
    assert_eq!(error["message"], "FixedRate is 2; allowed is 0 to 1");
    let (status, _) = agent
        .call("/DeleteSamplingRule", json!({"RuleARN": arn}))
        .await;
    assert_eq!(status, 200);
    let (status, error) = agent
        .call("/DeleteSamplingRule", json!({"RuleName": "Default"}))
        .await;
    assert_eq!(
        (status, &error["message"]),
        (400, &json!("the Default rule cannot be deleted"))
    );
}

#[tokio::test]
async fn too_many_rules_are_an_error_of_its_own() {
    let agent = Running::start().await;
    for number in 0..26 {
        let rule = rule(&format!("rule {number}"));
        let (status, answer) = agent
            .call("/CreateSamplingRule", json!({"SamplingRule": rule}))
            .await;
        if number < 25 {
            assert_eq!(status, 200, "{answer}");
        } else {
            assert_eq!(status, 400);
            assert_eq!(answer["__type"], "RuleLimitExceededException");
        }
    }
}

#[tokio::test]
async fn two_clients_share_a_reservoir_and_what_they_report_is_summed() {
    let agent = Running::start().await;
    agent
        .call("/CreateSamplingRule", json!({"SamplingRule": rule("pay")}))
        .await;
    let first = targets(&agent, json!([report("pay", 'a')])).await;
    assert_eq!(first["SamplingTargetDocuments"][0]["ReservoirQuota"], 10);
    let reports = json!([
        report("pay", 'b'),
        report("gone", 'b'),
        report("Default", 'b')
    ]);
    let second = targets(&agent, reports).await;
    let parsed = Targets::parse(second.to_string().as_bytes()).unwrap();
    assert_eq!(parsed.targets.len(), 2);
    assert_eq!(parsed.targets[0].rate, Some(0.25));
    assert_eq!(second["SamplingTargetDocuments"][0]["ReservoirQuota"], 5);
    assert_eq!(second["SamplingTargetDocuments"][0]["Interval"], 10);
    assert_eq!(
        second["UnprocessedStatistics"],
        json!([{"RuleName": "gone", "ErrorCode": "400", "Message": "Unknown rule"}])
    );
    let (_, summaries) = agent.call("/SamplingStatisticSummaries", json!({})).await;
    let summaries = summaries["SamplingStatisticSummaries"].as_array().unwrap();
    let of_rule = summaries.iter().filter(|each| each["RuleName"] == "pay");
    let requests: i64 = of_rule
        .map(|each| each["RequestCount"].as_i64().unwrap())
        .sum();
    assert_eq!(requests, 2_000);
}

#[tokio::test]
async fn sdks_hear_when_a_rule_changes() {
    let agent = Running::start().await;
    let modified = |answer: Value| answer["LastRuleModification"].as_f64().unwrap();
    let before = modified(targets(&agent, json!([])).await);
    agent
        .call("/CreateSamplingRule", json!({"SamplingRule": rule("pay")}))
        .await;
    assert!(modified(targets(&agent, json!([])).await) > before);
    let reports: Vec<_> = (0..26).map(|_| report("pay", 'a')).collect();
    let request = agent.tcp(Method::POST, "/SamplingTargets");
    let request = request.json(&json!({"SamplingStatisticsDocuments": reports}));
    let (status, error) = answer(request).await;
    assert_eq!(status, 400, "{error}");
}
