//! The centralized rules in force.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::exchange::Target;
use crate::{EpochSeconds, Rule, RuleDefinition, RuleName, SamplingRequest};

/// How long rules count after they were last fetched.
pub const TIME_TO_LIVE_SECONDS: i64 = 60 * 60;

/// The rules in force, in the order in which they are tried.
///
/// Requests read while a refresh prepares the next set; only putting it in place excludes them.
/// A rule handed out before a refresh stays usable, and shares its counters and reservoir with the
/// rule of the same name that replaced it.
#[derive(Debug, Default)]
pub struct RuleCache(RwLock<Contents>);

#[derive(Debug, Default)]
struct Contents {
    rules: Arc<[Arc<Rule>]>,
    last_updated: Option<EpochSeconds>,
}

impl RuleCache {
    /// A cache that was never filled, and therefore counts as expired.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first rule that applies to `request`; `None` when there is none or when the rules are
    /// older than [`TIME_TO_LIVE_SECONDS`].
    pub fn matched_rule(
        &self,
        request: &SamplingRequest<'_>,
        now: EpochSeconds,
    ) -> Option<Arc<Rule>> {
        let contents = self.0.read();
        if !contents.is_fresh(now) {
            return None;
        }
        contents
            .rules
            .iter()
            .find(|rule| rule.matches(request) || rule.name().is_default())
            .cloned()
    }

    /// True while the rules count.
    pub fn is_fresh(&self, now: EpochSeconds) -> bool {
        self.0.read().is_fresh(now)
    }

    /// The rules in the order in which they are tried.
    pub fn rules(&self) -> Arc<[Arc<Rule>]> {
        self.0.read().rules.clone()
    }

    /// Replaces the rules by freshly fetched ones.
    pub fn load_definitions(&self, definitions: Vec<RuleDefinition>) {
        self.load_rules(
            definitions
                .into_iter()
                .map(|definition| Arc::new(Rule::new(definition))),
        );
    }

    /// Replaces the rules, sorts them by priority and name, and lets each go on with the counters
    /// and the reservoir of the rule of the same name.
    pub fn load_rules(&self, rules: impl IntoIterator<Item = Arc<Rule>>) {
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by(|left, right| {
            let key = |rule: &Arc<Rule>| (rule.definition().priority, rule.name().clone());
            key(left).cmp(&key(right))
        });
        let mut contents = self.0.write();
        for rule in &rules {
            if let Some(replaced) = contents.find(rule.name()) {
                rule.merge(replaced);
            }
        }
        contents.rules = rules.into();
    }

    /// Puts `rules` in force as they are: in this order, with their own counters.
    pub fn set_rules(&self, rules: Vec<Arc<Rule>>) {
        self.0.write().rules = rules.into();
    }

    /// Takes over the rates and quotas that the service assigned; unknown names are ignored.
    pub fn load_targets<'a>(&self, targets: impl IntoIterator<Item = &'a Target>) {
        let contents = self.0.read();
        for target in targets {
            if let Some(rule) = contents.find(&target.rule_name) {
                rule.reservoir().load_quota(target.quota);
                if let Some(rate) = target.rate {
                    rule.set_rate(rate);
                }
            }
        }
    }

    /// When the rules were last fetched.
    pub fn last_updated(&self) -> Option<EpochSeconds> {
        self.0.read().last_updated
    }

    /// Sets when the rules were last fetched; `None` makes them count as expired.
    pub fn set_last_updated(&self, time: Option<EpochSeconds>) {
        self.0.write().last_updated = time;
    }

    /// The rules that saw requests and whose report is due.
    pub fn reportable_rules(&self) -> Vec<Arc<Rule>> {
        self.rules()
            .iter()
            .filter(|rule| rule.statistics().request_count > 0 && rule.reservoir().is_report_due())
            .cloned()
            .collect()
    }

    /// Gives up counters and quotas, which belong to the process this one was forked from; the
    /// rules themselves stay in force.
    pub fn reset_after_fork(&self) {
        for rule in self.rules().iter() {
            rule.reset();
        }
    }
}

impl Contents {
    fn is_fresh(&self, now: EpochSeconds) -> bool {
        self.last_updated
            .is_some_and(|updated| now <= updated.plus(TIME_TO_LIVE_SECONDS))
    }

    fn find(&self, name: &RuleName) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| rule.name() == name)
    }
}
