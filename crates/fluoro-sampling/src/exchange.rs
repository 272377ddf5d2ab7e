//! The documents exchanged with the sampling service.
//!
//! * `POST /GetSamplingRules` takes `{}` or `{"NextToken": …}` and answers a [`RulesPage`].
//! * `POST /SamplingTargets` takes [`StatisticsDocument`]s, at most [`MAX_STATISTICS_DOCUMENTS`]
//!   of them, and answers [`Targets`].
//!
//! Times are JSON numbers in epoch seconds. A record that is malformed or of a kind not known here
//! is passed over; it never makes the others unusable.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{EpochSeconds, Quota, RuleDefinition, RuleName, Statistics};

/// Where rules are fetched.
pub const RULES_PATH: &str = "/GetSamplingRules";
/// Where statistics are reported and targets fetched.
pub const TARGETS_PATH: &str = "/SamplingTargets";
/// The most documents that one report may carry.
pub const MAX_STATISTICS_DOCUMENTS: usize = 25;

/// One page of rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RulesPage {
    /// The rules that can be used here.
    pub rules: Vec<RuleDefinition>,
    /// Asks for the next page.
    pub next_token: Option<String>,
}

/// The rate and quota of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The rule.
    pub rule_name: RuleName,
    /// The new rate; `None` keeps the rate in force.
    pub rate: Option<f64>,
    /// The new quota.
    pub quota: Quota,
}

/// The answer to a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// One target per rule the service has one for.
    pub targets: Vec<Target>,
    /// When any rule was last changed.
    pub last_rule_modification: Option<EpochSeconds>,
    /// Rules whose statistics the service did not accept.
    pub unprocessed: Vec<RuleName>,
}

/// The statistics of one rule, as reported.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatisticsDocument<'a> {
    /// The rule.
    pub rule_name: &'a str,
    /// 24 hexadecimal digits that name the reporting process.
    #[serde(rename = "ClientID")]
    pub client_id: &'a str,
    /// When the counters were taken.
    pub timestamp: i64,
    /// See [`Statistics::request_count`].
    pub request_count: u64,
    /// See [`Statistics::sampled_count`].
    pub sampled_count: u64,
    /// See [`Statistics::borrow_count`].
    pub borrow_count: u64,
}

impl<'a> StatisticsDocument<'a> {
    /// The document of the rule `rule_name`, taken at `now`.
    pub fn new(
        rule_name: &'a str,
        client_id: &'a str,
        now: EpochSeconds,
        statistics: Statistics,
    ) -> Self {
        Self {
            rule_name,
            client_id,
            timestamp: now.0,
            request_count: statistics.request_count,
            sampled_count: statistics.sampled_count,
            borrow_count: statistics.borrow_count,
        }
    }
}

/// The body that asks for a page of rules.
pub fn encode_rules_request(next_token: Option<&str>) -> Vec<u8> {
    match next_token {
        Some(token) => serde_json::json!({ "NextToken": token })
            .to_string()
            .into_bytes(),
        None => b"{}".to_vec(),
    }
}

/// The body that reports statistics.
pub fn encode_statistics(documents: &[StatisticsDocument<'_>]) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Report<'a, 'b> {
        sampling_statistics_documents: &'a [StatisticsDocument<'b>],
    }
    let report = Report {
        sampling_statistics_documents: documents,
    };
    serde_json::to_vec(&report).unwrap_or_default() // texts and integers always encode
}

impl RulesPage {
    /// Reads the answer to a request for rules.
    ///
    /// # Errors
    /// When `body` is not the JSON object of such an answer.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        Self::from_value(serde_json::from_slice(body)?)
    }

    /// Reads an answer that was parsed elsewhere.
    ///
    /// # Errors
    /// When it is not the object of such an answer.
    pub fn from_value(answer: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Page {
            sampling_rule_records: Vec<Value>,
            next_token: Option<String>,
        }
        let page = Page::deserialize(answer)?;
        Ok(Self {
            rules: page
                .sampling_rule_records
                .into_iter()
                .filter_map(parse_record)
                .collect(),
            next_token: page.next_token.filter(|token| !token.is_empty()),
        })
    }
}

/// The definition in a rule record, unless it asks for what is not supported: another version, a
/// resource, or attributes of the request.
fn parse_record(record: Value) -> Option<RuleDefinition> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Record {
        sampling_rule: RuleDocument,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct RuleDocument {
        rule_name: String,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
        priority: f64,
        fixed_rate: f64,
        reservoir_size: f64,
        service_name: Box<str>,
        service_type: Box<str>,
        host: Box<str>,
        #[serde(rename = "HTTPMethod")]
        method: Box<str>,
        #[serde(rename = "URLPath")]
        path: Box<str>,
        version: f64,
        attributes: Option<serde_json::Map<String, Value>>,
    }
    let rule = Record::deserialize(record).ok()?.sampling_rule;
    let is_supported = rule.version == 1.0
        && rule.resource_arn == "*"
        && !rule.service_type.is_empty()
        && rule
            .attributes
            .is_none_or(|attributes| attributes.is_empty());
    is_supported.then(|| RuleDefinition {
        name: rule.rule_name.into(),
        priority: rule.priority as i64,
        rate: rule.fixed_rate,
        reservoir_size: rule.reservoir_size as i64,
        host: Some(rule.host),
        method: Some(rule.method),
        path: Some(rule.path),
        service: Some(rule.service_name),
        service_type: Some(rule.service_type),
    })
}

impl Targets {
    /// Reads the answer to a report.
    ///
    /// # Errors
    /// When `body` is not the JSON object of such an answer.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        Self::from_value(serde_json::from_slice(body)?)
    }

    /// Reads an answer that was parsed elsewhere.
    ///
    /// # Errors
    /// When it is not the object of such an answer.
    pub fn from_value(answer: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            sampling_target_documents: Vec<Value>,
            last_rule_modification: Option<f64>,
            #[serde(default)]
            unprocessed_statistics: Option<Vec<Value>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Unprocessed {
            rule_name: String,
        }
        let answer = Answer::deserialize(answer)?;
        let unprocessed = answer.unprocessed_statistics.unwrap_or_default();
        Ok(Self {
            targets: answer
                .sampling_target_documents
                .into_iter()
                .filter_map(parse_target)
                .collect(),
            last_rule_modification: answer.last_rule_modification.map(EpochSeconds::containing),
            unprocessed: unprocessed
                .into_iter()
                .filter_map(|statistics| Unprocessed::deserialize(statistics).ok())
                .map(|statistics| statistics.rule_name.into())
                .collect(),
        })
    }
}

fn parse_target(document: Value) -> Option<Target> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct TargetDocument {
        rule_name: String,
        fixed_rate: Option<f64>,
        reservoir_quota: Option<f64>,
        #[serde(rename = "ReservoirQuotaTTL")]
        reservoir_quota_ttl: Option<f64>,
        interval: Option<f64>,
    }
    let document = TargetDocument::deserialize(document).ok()?;
    Some(Target {
        rule_name: document.rule_name.into(),
        rate: document.fixed_rate,
        quota: Quota {
            per_second: document.reservoir_quota.map(|quota| quota as i64),
            expires: document.reservoir_quota_ttl.map(EpochSeconds::containing),
            report_interval: document.interval.map(|interval| interval as i64),
        },
    })
}
