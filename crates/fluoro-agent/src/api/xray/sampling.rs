//! Sampling rules, reports and targets.

use serde::Deserialize;
use serde_json::json;

use crate::{
    api::{
        answer::{Answer, ApiError, json},
        sampling::{
            Report, Rule, RuleBook, RuleKey, RuleUpdate, SamplingError, Target, UnprocessedReport,
        },
        state::Api,
        tags::{Tag, tag_map},
    },
    clock,
};

/// Most reports of one request.
const MOST_REPORTS: usize = 25;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateSamplingRule {
    sampling_rule: Rule,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateSamplingRule {
    sampling_rule_update: RuleUpdate,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetSamplingTargets {
    sampling_statistics_documents: Vec<Report>,
    #[serde(default)]
    sampling_boost_statistics_documents: Vec<BoostReport>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BoostReport {
    rule_name: String,
}

impl From<SamplingError> for ApiError {
    fn from(error: SamplingError) -> Self {
        match error {
            SamplingError::TooMany => Self::rule_limit(error.to_string()),
            _ => Self::invalid(error.to_string()),
        }
    }
}

pub(super) fn rules(api: &Api) -> Answer {
    api.rules
        .read(|rules| json(&json!({"SamplingRuleRecords": rules.records()})))
}

pub(super) async fn create(api: &Api, request: CreateSamplingRule) -> Answer {
    let tags = tag_map(request.tags)?;
    let create = move |rules: &mut RuleBook| {
        let record = rules.create(request.sampling_rule, clock::now())?;
        if !tags.is_empty() {
            let arn = record.sampling_rule.rule_arn.clone();
            rules.tags.insert(arn, tags);
        }
        Ok(record)
    };
    let record = api.rules.change(create).await?;
    json(&json!({"SamplingRuleRecord": record}))
}

pub(super) async fn update(api: &Api, request: UpdateSamplingRule) -> Answer {
    let update = request.sampling_rule_update;
    let record = api
        .rules
        .change(|rules| Ok(rules.update(update, clock::now())?))
        .await?;
    json(&json!({"SamplingRuleRecord": record}))
}

pub(super) async fn delete(api: &Api, key: RuleKey) -> Answer {
    let record = api
        .rules
        .change(move |rules| Ok(rules.delete(&key, clock::now())?))
        .await?;
    json(&json!({"SamplingRuleRecord": record}))
}

/// Takes reports of clients, and tells each what it may sample until its next.
pub(super) fn targets(api: &Api, request: GetSamplingTargets) -> Answer {
    let reports = request.sampling_statistics_documents;
    if reports.len() > MOST_REPORTS
        || request.sampling_boost_statistics_documents.len() > MOST_REPORTS
    {
        return Err(ApiError::invalid(format!(
            "Exceeding maximum number of statistics documents: {MOST_REPORTS}"
        )));
    }
    // A rule keeps its boost for those who take it to AWS; here rates stay what they are.
    let boosts = request.sampling_boost_statistics_documents.iter();
    let unprocessed_boosts: Vec<_> = boosts
        .map(|boost| UnprocessedReport {
            rule_name: boost.rule_name.clone(),
            error_code: "400",
            message: "the agent hands out no sampling boosts".to_owned(),
        })
        .collect();
    let (targets, unprocessed, modified) = take(api, &reports);
    json(&json!({
        "SamplingTargetDocuments": targets,
        "LastRuleModification": modified,
        "UnprocessedStatistics": unprocessed,
        "UnprocessedBoostStatistics": unprocessed_boosts,
    }))
}

/// Targets for reports, the reports that were not taken, and when any rule last changed.
fn take(api: &Api, reports: &[Report]) -> (Vec<Target>, Vec<UnprocessedReport>, f64) {
    let now = clock::now();
    let (mut targets, mut unprocessed) = (Vec::new(), Vec::new());
    let state = &mut *api.sampling.lock();
    api.rules.read(|rules| {
        for report in reports {
            match state.reports.take(report, rules, now) {
                Ok(target) => {
                    state.windows.add(report, now);
                    targets.push(target);
                }
                Err(refused) => unprocessed.push(refused),
            }
        }
        (targets, unprocessed, rules.last_modification())
    })
}

/// What was sampled in the last half hour, by rule and minute.
pub(super) fn summaries(api: &Api) -> Answer {
    let summaries = api.sampling.lock().windows.summaries();
    json(&json!({"SamplingStatisticSummaries": summaries}))
}
