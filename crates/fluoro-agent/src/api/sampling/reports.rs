//! Who reported lately, and the targets they get.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rule, RuleBook, quota::divide};

/// Seconds after which clients report again.
const INTERVAL: u32 = 10;

/// A client that has not reported for this long takes no part in the division any more.
const ABSENT_SECONDS: f64 = 3.0 * INTERVAL as f64;

/// How long a quota holds. A client that has no requests does not report, and then lives from
/// borrowing until it does; so its share is not lost to the others for long.
const QUOTA_SECONDS: f64 = 60.0;

/// Clients that are remembered per rule; beyond that the oldest is forgotten.
const MOST_CLIENTS: usize = 1_000;

/// What a client counted for one rule since its last report.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Report {
    pub(crate) rule_name: String,
    #[serde(rename = "ClientID")]
    pub(crate) client_id: String,
    pub(crate) request_count: u64,
    pub(crate) sampled_count: u64,
    #[serde(default)]
    pub(crate) borrow_count: u64,
}

/// What a client may sample by one rule until its next report.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Target {
    pub(crate) rule_name: String,
    pub(crate) fixed_rate: f64,
    pub(crate) reservoir_quota: u64,
    #[serde(rename = "ReservoirQuotaTTL")]
    pub(crate) reservoir_quota_ttl: f64,
    pub(crate) interval: u32,
}

/// A report that was not taken, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UnprocessedReport {
    pub(crate) rule_name: String,
    pub(crate) error_code: &'static str,
    pub(crate) message: String,
}

/// The clients of each rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    clients: BTreeMap<String, Vec<Client>>,
}

#[derive(Clone, Debug)]
struct Client {
    id: String,
    reported_at: f64,
    requests_per_second: u64,
}

impl Reports {
    /// Takes a report that came at `now` and gives its client a share of the rule's reservoir.
    pub(crate) fn take(
        &mut self,
        report: &Report,
        rules: &RuleBook,
        now: f64,
    ) -> Result<Target, UnprocessedReport> {
        let rule = check(report, rules)?;
        self.clients.retain(|name, _| rules.rule(name).is_some());
        let clients = self.clients.entry(rule.rule_name.clone()).or_default();
        let place = note(clients, report, now);
        let demands: Vec<_> = clients
            .iter()
            .map(|client| client.requests_per_second)
            .collect();
        let reservoir = u64::try_from(rule.reservoir_size).unwrap_or(0);
        Ok(Target {
            rule_name: rule.rule_name.clone(),
            fixed_rate: rule.fixed_rate,
            reservoir_quota: divide(reservoir, &demands)[place],
            reservoir_quota_ttl: now + QUOTA_SECONDS,
            interval: INTERVAL,
        })
    }
}

fn check<'a>(report: &Report, rules: &'a RuleBook) -> Result<&'a Rule, UnprocessedReport> {
    let unprocessed = |message: String| UnprocessedReport {
        rule_name: report.rule_name.clone(),
        error_code: "400",
        message,
    };
    if report.client_id.chars().count() != 24 {
        let message = format!(
            "ClientID is {:?}; allowed are 24 characters",
            report.client_id
        );
        return Err(unprocessed(message));
    }
    rules
        .rule(&report.rule_name)
        .ok_or_else(|| unprocessed("Unknown rule".to_owned()))
}

/// Remembers the report; returns the client's place. Clients keep the order in which they came.
fn note(clients: &mut Vec<Client>, report: &Report, now: f64) -> usize {
    clients.retain(|client| {
        now - client.reported_at <= ABSENT_SECONDS || client.id == report.client_id
    });
    let known = clients
        .iter()
        .position(|client| client.id == report.client_id);
    let place = known.unwrap_or_else(|| {
        if clients.len() >= MOST_CLIENTS {
            clients.remove(0);
        }
        clients.push(Client {
            id: report.client_id.clone(),
            reported_at: now - f64::from(INTERVAL),
            requests_per_second: 0,
        });
        clients.len() - 1
    });
    let client = &mut clients[place];
    let seconds = (now - client.reported_at).clamp(1.0, ABSENT_SECONDS);
    client.requests_per_second = (report.request_count as f64 / seconds).ceil() as u64;
    client.reported_at = now;
    place
}
