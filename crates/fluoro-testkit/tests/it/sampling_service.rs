use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use fluoro_testkit::{Answer, SamplingService};
use serde_json::json;

fn post(service: &SamplingService, path: &str, body: &str) -> String {
    let mut connection = TcpStream::connect(service.address()).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let length = body.len();
    write!(
        connection,
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn answers_come_in_order_and_the_last_one_is_repeated() {
    let service = SamplingService::start().unwrap();
    service.answer(SamplingService::RULES, Answer::status(500));
    service.answer(SamplingService::RULES, Answer::Disconnect);
    service.answer_rules(&[json!({"RuleName": "Default"})]);
    assert!(post(&service, SamplingService::RULES, "{}").starts_with("HTTP/1.1 500 "));
    assert_eq!(post(&service, SamplingService::RULES, "{}"), "");
    for _ in 0..2 {
        let response = post(&service, SamplingService::RULES, "{}");
        assert!(
            response
                .ends_with(r#"{"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"Default"}}]}"#)
        );
    }
}

#[test]
fn calls_are_kept_with_headers_and_body() {
    let service = SamplingService::start().unwrap();
    post(
        &service,
        SamplingService::TARGETS,
        r#"{"SamplingStatisticsDocuments":[1]}"#,
    );
    let calls = service.wait_for_calls(SamplingService::TARGETS, 1, Duration::from_secs(10));
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].body, json!({"SamplingStatisticsDocuments": [1]}));
    assert_eq!(calls[0].headers["content-length"], "35");
    assert!(service.calls(SamplingService::RULES).is_empty());
}

#[test]
fn an_untold_service_knows_no_rules_and_other_paths_do_not_exist() {
    let service = SamplingService::start().unwrap();
    assert!(
        post(&service, SamplingService::RULES, "{}").ends_with(r#"{"SamplingRuleRecords":[]}"#)
    );
    assert!(post(&service, "/Traces", "{}").starts_with("HTTP/1.1 404 "));
}
