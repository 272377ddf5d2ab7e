//! All sampling rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rule, RuleUpdate, SamplingError};

/// Most rules beside the default one.
pub(super) const MOST_RULES: usize = 25;

/// A rule, with the times of its making and last change in epoch seconds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RuleRecord {
    pub(crate) sampling_rule: Rule,
    pub(crate) created_at: f64,
    pub(crate) modified_at: f64,
}

/// Names a rule in one of two ways.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RuleKey {
    pub(crate) rule_name: Option<String>,
    #[serde(rename = "RuleARN")]
    pub(crate) rule_arn: Option<String>,
}

/// The rules, in the order in which they are tried, and when any of them last changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RuleBook {
    records: Vec<RuleRecord>,
    last_modification: f64,
    /// Tags of rules, by ARN.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
}

impl RuleBook {
    /// The default rule alone.
    pub(crate) fn new(now: f64) -> Self {
        let record = RuleRecord {
            sampling_rule: Rule::default_rule(),
            created_at: 0.0,
            modified_at: now,
        };
        Self {
            records: vec![record],
            last_modification: now,
            tags: BTreeMap::new(),
        }
    }

    /// All rules, in the order in which they are tried.
    pub(crate) fn records(&self) -> &[RuleRecord] {
        &self.records
    }

    /// When any rule last changed, in epoch seconds.
    pub(crate) fn last_modification(&self) -> f64 {
        self.last_modification
    }

    /// The rule with a name.
    pub(crate) fn rule(&self, name: &str) -> Option<&Rule> {
        let mut rules = self.records.iter().map(|record| &record.sampling_rule);
        rules.find(|rule| rule.rule_name == name)
    }

    /// Adds a rule.
    ///
    /// # Errors
    ///
    /// [`SamplingError`] when a field is out of its limits, the name is taken, or there are too
    /// many rules.
    pub(crate) fn create(&mut self, mut rule: Rule, now: f64) -> Result<RuleRecord, SamplingError> {
        if self.rule(&rule.rule_name).is_some() {
            return Err(SamplingError::Exists(rule.rule_name));
        }
        rule.check()?;
        if self.records.len() > MOST_RULES {
            return Err(SamplingError::TooMany);
        }
        rule.rule_arn = Rule::arn_of(&rule.rule_name);
        let record = RuleRecord {
            sampling_rule: rule,
            created_at: now,
            modified_at: now,
        };
        self.records.push(record.clone());
        self.changed(now);
        Ok(record)
    }

    /// Changes a rule.
    ///
    /// # Errors
    ///
    /// [`SamplingError`] when there is no such rule or a change is not allowed.
    pub(crate) fn update(
        &mut self,
        update: RuleUpdate,
        now: f64,
    ) -> Result<RuleRecord, SamplingError> {
        let place = self.place(&RuleKey {
            rule_name: update.rule_name.clone(),
            rule_arn: update.rule_arn.clone(),
        })?;
        let record = &mut self.records[place];
        record.sampling_rule = record.sampling_rule.updated(update)?;
        record.modified_at = now;
        let record = record.clone();
        self.changed(now);
        Ok(record)
    }

    /// Removes a rule.
    ///
    /// # Errors
    ///
    /// [`SamplingError`] when there is no such rule, or it is the default one.
    pub(crate) fn delete(&mut self, key: &RuleKey, now: f64) -> Result<RuleRecord, SamplingError> {
        let place = self.place(key)?;
        if self.records[place].sampling_rule.is_default() {
            return Err(SamplingError::Default("cannot be deleted"));
        }
        let record = self.records.remove(place);
        self.tags.remove(&record.sampling_rule.rule_arn);
        self.changed(now);
        Ok(record)
    }

    fn place(&self, key: &RuleKey) -> Result<usize, SamplingError> {
        let is_it = |rule: &Rule| match (&key.rule_name, &key.rule_arn) {
            (Some(name), None) => rule.rule_name == *name,
            (None, Some(arn)) => rule.rule_arn == *arn,
            (Some(name), Some(arn)) => rule.rule_name == *name && rule.rule_arn == *arn,
            (None, None) => false,
        };
        let named = key.rule_name.as_ref().or(key.rule_arn.as_ref());
        let named = named.ok_or(SamplingError::Unnamed)?;
        self.records
            .iter()
            .position(|record| is_it(&record.sampling_rule))
            .ok_or_else(|| SamplingError::Unknown(named.clone()))
    }

    fn changed(&mut self, now: f64) {
        self.last_modification = now;
        self.records.sort_by(|one, other| {
            let (one, other) = (&one.sampling_rule, &other.sampling_rule);
            (one.priority, &one.rule_name).cmp(&(other.priority, &other.rule_name))
        });
    }
}
