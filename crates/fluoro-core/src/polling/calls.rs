//! The calls of centralized sampling, whole: every page of the rules, every batch of statistics.

use std::sync::Arc;

use fluoro_sampling::exchange::{MAX_STATISTICS_DOCUMENTS, StatisticsDocument, Target};
use fluoro_sampling::{EpochSeconds, Rule, RuleDefinition, RuleName, Statistics};

use super::{SamplingService, ServiceError};

/// More pages than any set of rules has; a service that goes on is broken.
const MAX_PAGES: usize = 100;

/// What a report brought, whether or not all of it arrived.
#[derive(Debug, Default)]
pub struct Report {
    /// The targets the service assigned.
    pub targets: Vec<Target>,
    /// When any rule was last changed, if the service said so.
    pub last_rule_modification: Option<EpochSeconds>,
    /// Statistics that did not arrive or were not accepted.
    pub rejected: Vec<RuleStatistics>,
    /// Why not everything arrived.
    pub failure: Option<ServiceError>,
}

/// The counters of one rule, taken for a report.
#[derive(Clone, Debug)]
pub struct RuleStatistics {
    rule: Arc<Rule>,
    statistics: Statistics,
}

/// Fetches all pages of the rules.
///
/// # Errors
/// When a page did not come; what came before is then not usable, because the order of the rules
/// counts.
pub fn fetch_rules(service: &dyn SamplingService) -> Result<Vec<RuleDefinition>, ServiceError> {
    let mut page = service.sampling_rules(None)?;
    let mut rules = page.rules;
    for _ in 1..MAX_PAGES {
        let Some(token) = page.next_token else {
            return Ok(rules);
        };
        page = service.sampling_rules(Some(&token))?;
        rules.append(&mut page.rules);
    }
    Err(ServiceError::EndlessPages)
}

/// Takes the counters of `rules` for a report.
pub fn take_statistics(rules: Vec<Arc<Rule>>) -> Vec<RuleStatistics> {
    let taken = |rule: Arc<Rule>| RuleStatistics {
        statistics: rule.take_statistics(),
        rule,
    };
    rules.into_iter().map(taken).collect()
}

/// Puts back counters whose report did not arrive.
pub fn restore_statistics(rejected: &[RuleStatistics]) {
    for RuleStatistics { rule, statistics } in rejected {
        rule.restore_statistics(*statistics);
    }
}

/// Reports `taken`, in batches of 25, until one does not arrive.
pub fn report(
    service: &dyn SamplingService,
    client_id: &str,
    now: EpochSeconds,
    taken: &[RuleStatistics],
) -> Report {
    let mut report = Report::default();
    for (index, batch) in taken.chunks(MAX_STATISTICS_DOCUMENTS).enumerate() {
        let documents: Vec<_> = batch
            .iter()
            .map(|taken| {
                StatisticsDocument::new(taken.rule.name(), client_id, now, taken.statistics)
            })
            .collect();
        match service.sampling_targets(&documents) {
            Ok(answer) => {
                let is_rejected = |name: &RuleName| answer.unprocessed.contains(name);
                let rejected = batch.iter().filter(|taken| is_rejected(taken.rule.name()));
                report.rejected.extend(rejected.cloned());
                report.targets.extend(answer.targets);
                report.last_rule_modification = report
                    .last_rule_modification
                    .max(answer.last_rule_modification);
            }
            Err(failure) => {
                report
                    .rejected
                    .extend_from_slice(&taken[index * MAX_STATISTICS_DOCUMENTS..]);
                report.failure = Some(failure);
                break;
            }
        }
    }
    report
}
