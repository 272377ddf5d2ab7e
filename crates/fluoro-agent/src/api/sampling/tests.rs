use serde_json::{Value, json};

use super::{Report, Reports, Rule, RuleBook, RuleKey, RuleUpdate, SamplingError, Windows};

fn rule(changes: &Value) -> Rule {
    let mut rule = json!({
        "RuleName": "checkout", "ResourceARN": "*", "Priority": 10, "FixedRate": 0.5,
        "ReservoirSize": 10, "ServiceName": "*", "ServiceType": "*", "Host": "*",
        "HTTPMethod": "*", "URLPath": "/checkout*", "Version": 1,
    });
    for (field, value) in changes.as_object().unwrap() {
        rule[field] = value.clone();
    }
    serde_json::from_value(rule).unwrap()
}

fn named(name: &str) -> Rule {
    rule(&json!({"RuleName": name}))
}

fn update(changes: Value) -> RuleUpdate {
    serde_json::from_value(changes).unwrap()
}

fn key(name: &str) -> RuleKey {
    RuleKey {
        rule_name: Some(name.to_owned()),
        rule_arn: None,
    }
}

fn report(client: char, requests: u64) -> Report {
    Report {
        rule_name: "checkout".to_owned(),
        client_id: client.to_string().repeat(24),
        request_count: requests,
        sampled_count: 1,
        borrow_count: 0,
    }
}

fn names(book: &RuleBook) -> Vec<&str> {
    let rules = book.records().iter().map(|record| &record.sampling_rule);
    rules.map(|rule| rule.rule_name.as_str()).collect()
}

#[test]
fn rules_stand_in_the_order_in_which_they_are_tried() {
    let mut book = RuleBook::new(1.0);
    for (name, priority) in [("b", 5), ("a", 5), ("late", 9_999), ("early", 1)] {
        let rule = rule(&json!({"RuleName": name, "Priority": priority}));
        book.create(rule, 2.0).unwrap();
    }
    assert_eq!(names(&book), ["early", "a", "b", "late", "Default"]);
    assert_eq!(book.last_modification(), 2.0);
    book.update(update(json!({"RuleName": "early", "Priority": 6})), 3.0)
        .unwrap();
    assert_eq!(names(&book), ["a", "b", "early", "late", "Default"]);
    let record = book.delete(&key("b"), 4.0).unwrap();
    assert_eq!((record.created_at, record.modified_at), (2.0, 2.0));
    assert_eq!(names(&book), ["a", "early", "late", "Default"]);
    assert_eq!(book.last_modification(), 4.0);
}

#[test]
fn limits_name_the_field_the_value_and_what_is_allowed() {
    let long = |length| "x".repeat(length);
    for (changes, field) in [
        (json!({"RuleName": ""}), "RuleName"),
        (json!({"RuleName": long(33)}), "RuleName"),
        (json!({"RuleName": "a\nb"}), "RuleName"),
        (json!({"Priority": 0}), "Priority"),
        (json!({"Priority": 10_000}), "Priority"),
        (json!({"FixedRate": 1.01}), "FixedRate"),
        (json!({"FixedRate": -0.01}), "FixedRate"),
        (json!({"ReservoirSize": -1}), "ReservoirSize"),
        (json!({"Version": 2}), "Version"),
        (json!({"ServiceName": long(65)}), "ServiceName"),
        (json!({"ServiceType": long(65)}), "ServiceType"),
        (json!({"Host": long(65)}), "Host"),
        (json!({"HTTPMethod": long(11)}), "HTTPMethod"),
        (json!({"URLPath": long(129)}), "URLPath"),
        (json!({"ResourceARN": long(501)}), "ResourceARN"),
        (
            json!({"Attributes": {"1": "a", "2": "a", "3": "a", "4": "a", "5": "a", "6": "a"}}),
            "Attributes",
        ),
        (json!({"Attributes": {"a": long(33)}}), "Attributes"),
        (
            json!({"SamplingRateBoost": {"MaxRate": 2, "CooldownWindowMinutes": 1}}),
            "SamplingRateBoost.MaxRate",
        ),
    ] {
        let mut book = RuleBook::new(1.0);
        match book.create(rule(&changes), 2.0) {
            Err(SamplingError::Value { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{changes}: {other:?}"),
        }
        assert_eq!(book, RuleBook::new(1.0), "{changes}");
    }
    let error = RuleBook::new(1.0)
        .create(rule(&json!({"Priority": 0})), 2.0)
        .unwrap_err();
    assert_eq!(error.to_string(), "Priority is 0; allowed is 1 to 9999");
}

#[test]
fn a_name_is_there_once_and_rules_are_limited() {
    let mut book = RuleBook::new(1.0);
    for number in 0..25 {
        book.create(named(&format!("rule {number}")), 2.0).unwrap();
    }
    assert_eq!(
        book.create(named("rule 7"), 2.0),
        Err(SamplingError::Exists("rule 7".to_owned()))
    );
    assert_eq!(book.create(named("more"), 2.0), Err(SamplingError::TooMany));
    book.delete(&key("rule 7"), 3.0).unwrap();
    book.create(named("more"), 4.0).unwrap();
}

#[test]
fn the_default_rule_stays_and_changes_in_two_fields_only() {
    let mut book = RuleBook::new(1.0);
    assert!(matches!(
        book.delete(&key("Default"), 2.0),
        Err(SamplingError::Default(_))
    ));
    assert!(matches!(
        book.update(update(json!({"RuleName": "Default", "Host": "a"})), 2.0),
        Err(SamplingError::Default(_))
    ));
    assert_eq!(book, RuleBook::new(1.0));
    let changes = json!({"RuleName": "Default", "FixedRate": 1.0, "ReservoirSize": 0});
    let record = book.update(update(changes), 2.0).unwrap();
    assert_eq!(
        (
            record.sampling_rule.fixed_rate,
            record.sampling_rule.reservoir_size
        ),
        (1.0, 0)
    );
}

#[test]
fn a_rule_is_found_by_its_arn_and_must_be_named() {
    let mut book = RuleBook::new(1.0);
    let arn = book.create(named("a"), 2.0).unwrap().sampling_rule.rule_arn;
    book.update(update(json!({"RuleARN": arn, "Host": "here"})), 3.0)
        .unwrap();
    assert_eq!(book.rule("a").unwrap().host, "here");
    assert_eq!(
        book.update(update(json!({"Host": "here"})), 3.0),
        Err(SamplingError::Unnamed)
    );
    assert_eq!(
        book.delete(&key("b"), 3.0),
        Err(SamplingError::Unknown("b".to_owned()))
    );
}

#[test]
fn a_reservoir_is_shared_by_those_who_reported_lately() {
    let mut book = RuleBook::new(0.0);
    book.create(named("checkout"), 0.0).unwrap();
    let mut reports = Reports::default();
    let mut quota = |client, requests, now| {
        let report = report(client, requests);
        let target = reports.take(&report, &book, now).unwrap();
        assert_eq!(
            (target.fixed_rate, target.interval),
            (0.5, 10),
            "{target:?}"
        );
        assert_eq!(target.reservoir_quota_ttl, now + 60.0);
        target.reservoir_quota
    };
    assert_eq!(quota('a', 1_000, 100.0), 10);
    assert_eq!(quota('b', 1_000, 101.0), 5);
    assert_eq!(quota('a', 1_000, 110.0), 5);
    assert_eq!(quota('c', 10, 110.0), 1, "it has one request a second");
    assert_eq!(quota('b', 1_000, 111.0), 4);
    assert_eq!(quota('b', 1_000, 139.0), 5, "a and c may come back");
    assert_eq!(quota('b', 1_000, 149.0), 10, "a and c are gone");
}

#[test]
fn a_report_for_an_unknown_rule_is_given_back() {
    let book = RuleBook::new(0.0);
    let mut reports = Reports::default();
    let unprocessed = reports.take(&report('a', 1), &book, 1.0).unwrap_err();
    assert_eq!(
        serde_json::to_value(&unprocessed).unwrap(),
        json!({"RuleName": "checkout", "ErrorCode": "400", "Message": "Unknown rule"})
    );
    let short = Report {
        rule_name: "Default".to_owned(),
        client_id: "short".to_owned(),
        ..report('a', 1)
    };
    let unprocessed = reports.take(&short, &book, 1.0).unwrap_err();
    assert!(unprocessed.message.contains("ClientID is \"short\""));
}

#[test]
fn counts_are_summed_by_minute_and_the_oldest_leave() {
    let mut windows = Windows::default();
    windows.add(&report('a', 3), 61.0);
    windows.add(&report('b', 4), 119.9);
    windows.add(&report('a', 5), 120.0);
    let summaries = windows.summaries();
    let counts: Vec<_> = summaries
        .iter()
        .map(|summary| (summary.timestamp, summary.request_count))
        .collect();
    assert_eq!(counts, [(120.0, 5), (60.0, 7)]);
    for minute in 3..100 {
        windows.add(&report('a', 1), f64::from(minute) * 60.0);
    }
    let summaries = windows.summaries();
    assert_eq!(summaries.len(), 30);
    assert_eq!(summaries[29].timestamp, 70.0 * 60.0);
}
