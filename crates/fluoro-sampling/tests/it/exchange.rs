//! The documents exchanged with the service.

use fluoro_sampling::exchange::{
    RulesPage, StatisticsDocument, Target, Targets, encode_rules_request, encode_statistics,
};
use fluoro_sampling::{EpochSeconds, Quota, Statistics};
use serde_json::{Value, json};

fn rule() -> Value {
    json!({
        "RuleName": "checkout", "RuleARN": "arn:aws:xray:eu-west-1:1:sampling-rule/checkout",
        "ResourceARN": "*", "Priority": 7, "FixedRate": 0.05, "ReservoirSize": 3,
        "ServiceName": "shop", "ServiceType": "*", "Host": "*.example.com", "HTTPMethod": "POST",
        "URLPath": "/checkout", "Version": 1, "Attributes": {}
    })
}

fn page(rules: &[Value]) -> RulesPage {
    let records: Vec<_> = rules
        .iter()
        .map(|rule| json!({"SamplingRule": rule, "CreatedAt": 0.0, "ModifiedAt": 1.5e9}))
        .collect();
    RulesPage::parse(
        json!({"SamplingRuleRecords": records})
            .to_string()
            .as_bytes(),
    )
    .unwrap()
}

#[test]
fn reads_a_rule() {
    let page = page(&[rule()]);
    let rule = &page.rules[0];
    assert_eq!(&*rule.name, "checkout");
    assert_eq!(
        (rule.priority, rule.rate, rule.reservoir_size),
        (7, 0.05, 3)
    );
    assert_eq!(rule.host.as_deref(), Some("*.example.com"));
    assert_eq!(rule.method.as_deref(), Some("POST"));
    assert_eq!(rule.path.as_deref(), Some("/checkout"));
    assert_eq!(rule.service.as_deref(), Some("shop"));
    assert_eq!(rule.service_type.as_deref(), Some("*"));
    assert_eq!(page.next_token, None);
}

#[test]
fn passes_over_rules_it_cannot_follow_and_keeps_the_others() {
    let change = |field: &str, value: Value| {
        let mut rule = rule();
        rule[field] = value;
        rule
    };
    let rules = [
        change("Version", json!(2)),
        change("ResourceARN", json!("arn:aws:some:thing")),
        change("ServiceType", json!("")),
        change("ServiceType", Value::Null),
        change("Attributes", json!({"tier": "gold"})),
        change("Priority", json!("high")),
        change("Attributes", Value::Null),
    ];
    assert_eq!(page(&rules).rules.len(), 1);
}

#[test]
fn pages_are_asked_for_by_token() {
    let page = RulesPage::parse(br#"{"SamplingRuleRecords": [], "NextToken": "t1"}"#).unwrap();
    assert_eq!(page.next_token.as_deref(), Some("t1"));
    assert_eq!(encode_rules_request(None), b"{}");
    assert_eq!(
        encode_rules_request(Some("t\"1")),
        br#"{"NextToken":"t\"1"}"#
    );
    let last = RulesPage::parse(br#"{"SamplingRuleRecords": [], "NextToken": ""}"#).unwrap();
    assert_eq!(last.next_token, None);
}

#[test]
fn an_answer_of_another_kind_is_an_error() {
    for answer in [
        "",
        "[]",
        "{}",
        "null",
        "<html>",
        r#"{"SamplingRuleRecords": 1}"#,
    ] {
        assert!(RulesPage::parse(answer.as_bytes()).is_err(), "{answer}");
        assert!(Targets::parse(answer.as_bytes()).is_err(), "{answer}");
    }
}

#[test]
fn writes_statistics() {
    let statistics = Statistics {
        request_count: 110,
        sampled_count: 20,
        borrow_count: 10,
    };
    let document = StatisticsDocument::new(
        "checkout",
        "0123456789abcdef01234567",
        EpochSeconds(17),
        statistics,
    );
    let body: Value = serde_json::from_slice(&encode_statistics(&[document])).unwrap();
    let expected = json!({"SamplingStatisticsDocuments": [{
        "RuleName": "checkout", "ClientID": "0123456789abcdef01234567", "Timestamp": 17,
        "RequestCount": 110, "SampledCount": 20, "BorrowCount": 10
    }]});
    assert_eq!(body, expected);
}

#[test]
fn reads_targets() {
    let answer = json!({
        "SamplingTargetDocuments": [
            {"RuleName": "checkout", "FixedRate": 0.1, "ReservoirQuota": 4,
             "ReservoirQuotaTTL": 1.529959993E9, "Interval": 20},
            {"RuleName": "quiet", "FixedRate": 0.2, "ReservoirQuota": null},
            {"FixedRate": 1.0},
        ],
        "LastRuleModification": 1529959993.5,
        "UnprocessedStatistics": [{"RuleName": "odd", "ErrorCode": "500", "Message": "no"}]
    });
    let targets = Targets::parse(answer.to_string().as_bytes()).unwrap();
    assert_eq!(
        targets.targets,
        [
            Target {
                rule_name: "checkout".into(),
                rate: Some(0.1),
                quota: Quota {
                    per_second: Some(4),
                    expires: Some(EpochSeconds(1_529_959_993)),
                    report_interval: Some(20),
                },
            },
            Target {
                rule_name: "quiet".into(),
                rate: Some(0.2),
                quota: Quota::default()
            },
        ]
    );
    assert_eq!(
        targets.last_rule_modification,
        Some(EpochSeconds(1_529_959_993))
    );
    assert_eq!(targets.unprocessed, ["odd".into()]);
}
