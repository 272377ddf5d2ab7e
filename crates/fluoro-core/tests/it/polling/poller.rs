//! The poller against a sampling service.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluoro_core::polling::{
    Connector, HttpSamplingService, LogLevel, PolledSampler, Poller, PollerHost, Silent,
};
use fluoro_sampling::{Decision, RuleCache, SamplingRequest};
use serde_json::{Value, json};

use super::server::{Request, Server, ok, wait_until};

const RULES: &str = "/GetSamplingRules";
const TARGETS: &str = "/SamplingTargets";

fn record(name: &str, path: &str) -> Value {
    json!({"SamplingRule": {
        "RuleName": name, "ResourceARN": "*", "Priority": 1, "FixedRate": 1.0, "ReservoirSize": 0,
        "ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": path,
        "Version": 1, "Attributes": {}
    }})
}

fn rules(records: &[Value]) -> Vec<u8> {
    ok(&json!({"SamplingRuleRecords": records}).to_string())
}

fn targets(request: &Request) -> Vec<u8> {
    let documents: Vec<_> = request.json()["SamplingStatisticsDocuments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reported| {
            json!({
                "RuleName": reported["RuleName"], "FixedRate": 0.0, "ReservoirQuota": 1000,
                "ReservoirQuotaTTL": 4e9, "Interval": 10
            })
        })
        .collect();
    ok(&json!({"SamplingTargetDocuments": documents, "LastRuleModification": 0}).to_string())
}

fn reported(requests: &[Request]) -> Vec<Value> {
    let documents = |request: &Request| request.json()["SamplingStatisticsDocuments"].clone();
    requests
        .iter()
        .flat_map(|request| documents(request).as_array().unwrap().clone())
        .collect()
}

fn request(path: &str) -> SamplingRequest<'_> {
    SamplingRequest {
        path: Some(path),
        ..SamplingRequest::default()
    }
}

#[derive(Default)]
struct Log(Mutex<Vec<(LogLevel, String)>>);

impl Log {
    fn lines(&self, level: LogLevel) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .filter(|line| line.0 == level)
            .map(|line| line.1.clone())
            .collect()
    }
}

impl PollerHost for Log {
    fn log(&self, level: LogLevel, message: &str) {
        self.0.lock().unwrap().push((level, message.to_owned()));
    }
}

fn sampler(server: &Server, host: Arc<dyn PollerHost>, targets_interval: u64) -> PolledSampler {
    let service = HttpSamplingService::new(server.endpoint.clone());
    let connector = Arc::new(Connector::new(Arc::new(service)));
    let sampler = PolledSampler::new(Arc::default(), connector, host);
    sampler
        .poller()
        .set_targets_interval(Duration::from_millis(targets_interval));
    sampler
}

#[test]
fn the_first_decision_starts_polling_and_all_pages_count() {
    let server = Server::start(|request| match request.json()["NextToken"].as_str() {
        None => {
            ok(&json!({"SamplingRuleRecords": [record("a", "/a")], "NextToken": "2"}).to_string())
        }
        Some("2") => ok(&json!({"SamplingRuleRecords": [], "NextToken": "3"}).to_string()),
        _ => rules(&[record("b", "/b")]),
    });
    let sampler = sampler(&server, Arc::new(Silent), 10_000);
    assert!(server.requests(RULES).is_empty());
    sampler.decide(&request("/b"));
    let by_b = Decision::Sampled {
        rule: Some("b".into()),
    };
    wait_until("a decision by the second page", || {
        sampler.decide(&request("/b")) == by_b
    });
    assert_eq!(server.requests(RULES).len(), 3);
    assert!(server.requests(TARGETS).is_empty());
}

#[test]
fn pages_without_end_are_an_outage() {
    let server = Server::start(|_| {
        ok(&json!({"SamplingRuleRecords": [record("a", "/a")], "NextToken": "x"}).to_string())
    });
    let log = Arc::new(Log::default());
    let sampler = sampler(&server, log.clone(), 10_000);
    sampler.decide(&request("/"));
    wait_until("a log line", || !log.lines(LogLevel::Warning).is_empty());
    assert!(log.lines(LogLevel::Warning)[0].contains("pages"));
    assert!(sampler.poller().cache().rules().is_empty());
}

#[test]
fn reports_in_batches_and_takes_over_targets() {
    let server = Server::start(|request| match request.path() {
        RULES => {
            let records: Vec<_> = (0..60)
                .map(|n| record(&format!("rule{n}"), &format!("/{n}")))
                .collect();
            rules(&records)
        }
        _ => targets(request),
    });
    let sampler = sampler(&server, Arc::new(Silent), 200);
    sampler.poller().start();
    wait_until("rules", || !sampler.poller().cache().rules().is_empty());
    for n in 0..60 {
        sampler.decide(&request(&format!("/{n}")));
    }
    wait_until("three reports", || {
        reported(&server.requests(TARGETS)).len() >= 60
    });
    let requests = server.requests(TARGETS);
    let documents = reported(&requests);
    let sizes: Vec<_> = requests
        .iter()
        .map(|request| reported(std::slice::from_ref(request)).len())
        .collect();
    assert!(sizes.iter().all(|size| *size <= 25), "{sizes:?}");
    assert_eq!(documents.len(), 60);
    let names: HashSet<_> = documents
        .iter()
        .map(|document| document["RuleName"].to_string())
        .collect();
    assert_eq!(names.len(), 60);
    for document in &documents {
        assert_eq!(document["RequestCount"], 1);
        assert_eq!(document["SampledCount"], 1);
        assert_eq!(document["BorrowCount"], 0);
        assert_eq!(document["ClientID"], documents[0]["ClientID"]);
    }
    let client_id = documents[0]["ClientID"].as_str().unwrap();
    assert!(client_id.len() == 24 && client_id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let rule = sampler.poller().cache().rules()[0].clone();
    wait_until("targets", || rule.rate() == 0.0);
    assert_eq!(rule.reservoir().quota().per_second, Some(1000));
}

#[test]
fn counters_survive_a_failed_report_and_an_outage_is_two_log_lines() {
    static IS_BROKEN: AtomicBool = AtomicBool::new(true);
    let server = Server::start(|request| match request.path() {
        RULES => rules(&[record("rule", "*")]),
        _ if IS_BROKEN.load(Ordering::SeqCst) => b"HTTP/1.1 500 Oops\r\n\r\nno".to_vec(),
        _ => targets(request),
    });
    let log = Arc::new(Log::default());
    let sampler = sampler(&server, log.clone(), 50);
    sampler.poller().start();
    wait_until("rules", || !sampler.poller().cache().rules().is_empty());
    for _ in 0..7 {
        assert!(sampler.decide(&request("/")).is_sampled());
    }
    wait_until("failures", || server.requests(TARGETS).len() >= 3);
    IS_BROKEN.store(false, Ordering::SeqCst);
    wait_until("the end of the outage", || {
        !log.lines(LogLevel::Info).is_empty()
    });
    let requests = server.requests(TARGETS);
    let arrived = &reported(&requests)[requests.len() - 1];
    assert_eq!(
        arrived["RequestCount"], 7,
        "nothing is lost and nothing counts twice"
    );
    assert_eq!(arrived["SampledCount"], 7);
    let outage = log.lines(LogLevel::Warning);
    assert_eq!(outage.len(), 1, "{outage:?}");
    assert!(outage[0].contains("status 500: no"), "{outage:?}");
    assert!(
        outage[0].contains(&format!("127.0.0.1:{}", server.endpoint.port)),
        "{outage:?}"
    );
    let back = log.lines(LogLevel::Info);
    assert_eq!(back.len(), 1, "{back:?}");
    assert!(
        back[0].contains(&format!("{} failed calls", requests.len() - 1)),
        "{back:?}"
    );
}

#[test]
fn statistics_that_were_not_accepted_are_reported_again() {
    let server = Server::start(|request| match request.path() {
        RULES => rules(&[record("odd", "/odd"), record("even", "/even")]),
        _ => ok(&json!({
            "SamplingTargetDocuments": [], "LastRuleModification": 0,
            "UnprocessedStatistics": [{"RuleName": "odd", "ErrorCode": "500"}]
        })
        .to_string()),
    });
    let sampler = sampler(&server, Arc::new(Silent), 50);
    sampler.poller().start();
    wait_until("rules", || !sampler.poller().cache().rules().is_empty());
    sampler.decide(&request("/even"));
    sampler.decide(&request("/odd"));
    wait_until("three reports", || server.requests(TARGETS).len() >= 3);
    let later = reported(&server.requests(TARGETS)[1..]);
    assert!(
        later.iter().all(|document| document["RuleName"] == "odd"),
        "{later:?}"
    );
    assert!(
        later.iter().all(|document| document["RequestCount"] == 1),
        "{later:?}"
    );
}

#[test]
fn changed_rules_are_fetched_at_once() {
    let server = Server::start(|request| match request.path() {
        RULES => rules(&[record("rule", "*")]),
        _ => ok(&json!({"SamplingTargetDocuments": [], "LastRuleModification": 4e9}).to_string()),
    });
    let sampler = sampler(&server, Arc::new(Silent), 50);
    sampler.poller().start();
    wait_until("rules", || !sampler.poller().cache().rules().is_empty());
    sampler.decide(&request("/"));
    wait_until("a second fetch", || server.requests(RULES).len() >= 2);
}

#[test]
fn waking_fetches_and_stopping_stops() {
    let server = Server::start(|_| rules(&[record("rule", "*")]));
    let sampler = sampler(&server, Arc::new(Silent), 10_000);
    let poller = sampler.poller();
    assert!(poller.stop(Duration::ZERO), "it never ran");
    poller.start();
    poller.start();
    wait_until("the first fetch", || server.requests(RULES).len() == 1);
    poller.wake();
    wait_until("the second fetch", || server.requests(RULES).len() == 2);
    assert!(poller.is_running());
    assert!(poller.stop(Duration::from_secs(5)));
    assert!(!poller.is_running());
    poller.wake();
    poller.start();
    wait_until("the fetch of a new start", || {
        server.requests(RULES).len() == 3
    });
}

#[test]
fn a_dropped_poller_ends_its_thread() {
    let server = Server::start(|_| rules(&[record("rule", "*")]));
    let service = HttpSamplingService::new(server.endpoint.clone());
    let connector = Arc::new(Connector::new(Arc::new(service)));
    let cache = Arc::new(RuleCache::new());
    let poller = Poller::new(cache.clone(), connector, Arc::new(Silent));
    poller.start();
    wait_until("rules", || !cache.rules().is_empty());
    drop(poller);
    wait_until("the end of the thread", || Arc::strong_count(&cache) == 1);
}

#[test]
fn a_host_that_ended_ends_the_thread() {
    struct Ended;
    impl PollerHost for Ended {
        fn log(&self, _level: LogLevel, message: &str) {
            panic!("{message}");
        }
        fn without_fork(&self, _change: &mut dyn FnMut()) {}
    }
    let server = Server::start(|_| rules(&[record("rule", "*")]));
    let service = HttpSamplingService::new(server.endpoint.clone());
    let connector = Arc::new(Connector::new(Arc::new(service)));
    let cache = Arc::new(RuleCache::new());
    let poller = Poller::new(cache.clone(), connector, Arc::new(Ended));
    poller.start();
    wait_until("the end of the thread", || Arc::strong_count(&cache) == 2);
    assert!(server.requests(RULES).is_empty());
}

#[test]
fn local_rules_decide_while_nobody_answers() {
    let server = Server::start(|_| b"nonsense".to_vec());
    let log = Arc::new(Log::default());
    let sampler = sampler(&server, log.clone(), 10_000);
    assert_eq!(
        sampler.decide(&request("/")),
        Decision::Sampled { rule: None }
    );
    wait_until("a log line", || log.lines(LogLevel::Warning).len() == 1);
    wait_until("another try", || server.requests(RULES).len() == 2);
    assert_eq!(log.lines(LogLevel::Warning).len(), 1);
    assert!(log.lines(LogLevel::Warning)[0].contains("Trying again in 1 s"));
}
