//! One rule as the API spells it, and the limits of its fields.

use std::{collections::BTreeMap, fmt::Display};

use serde::{Deserialize, Serialize};

use super::SamplingError;

/// A sampling rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Rule {
    #[serde(default)]
    pub(crate) rule_name: String,
    #[serde(rename = "RuleARN", default)]
    pub(crate) rule_arn: String,
    #[serde(rename = "ResourceARN")]
    pub(crate) resource_arn: String,
    pub(crate) priority: i64,
    pub(crate) fixed_rate: f64,
    pub(crate) reservoir_size: i64,
    pub(crate) service_name: String,
    pub(crate) service_type: String,
    pub(crate) host: String,
    #[serde(rename = "HTTPMethod")]
    pub(crate) method: String,
    #[serde(rename = "URLPath")]
    pub(crate) path: String,
    pub(crate) version: i64,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sampling_rate_boost: Option<RateBoost>,
}

/// How far the rate may rise for a while when there are anomalies.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateBoost {
    pub(crate) max_rate: f64,
    pub(crate) cooldown_window_minutes: i64,
}

/// What is to be changed of a rule; what is absent stays.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RuleUpdate {
    pub(crate) rule_name: Option<String>,
    #[serde(rename = "RuleARN")]
    pub(crate) rule_arn: Option<String>,
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    priority: Option<i64>,
    fixed_rate: Option<f64>,
    reservoir_size: Option<i64>,
    service_name: Option<String>,
    service_type: Option<String>,
    host: Option<String>,
    #[serde(rename = "HTTPMethod")]
    method: Option<String>,
    #[serde(rename = "URLPath")]
    path: Option<String>,
    attributes: Option<BTreeMap<String, String>>,
    sampling_rate_boost: Option<RateBoost>,
}

impl Rule {
    /// The rule that applies when no other does.
    pub(crate) fn default_rule() -> Self {
        let any = || "*".to_owned();
        Self {
            rule_name: Self::DEFAULT.to_owned(),
            rule_arn: Self::arn_of(Self::DEFAULT),
            resource_arn: any(),
            priority: 10_000,
            fixed_rate: 0.05,
            reservoir_size: 1,
            service_name: any(),
            service_type: any(),
            host: any(),
            method: any(),
            path: any(),
            version: 1,
            attributes: BTreeMap::new(),
            sampling_rate_boost: None,
        }
    }

    /// The name of the rule that cannot be deleted.
    pub(crate) const DEFAULT: &str = "Default";

    /// The ARN of the rule with a name.
    pub(crate) fn arn_of(name: &str) -> String {
        format!("arn:aws:xray:local:000000000000:sampling-rule/{name}")
    }

    pub(crate) fn is_default(&self) -> bool {
        self.rule_name == Self::DEFAULT
    }

    /// Checks the fields against the limits of AWS X-Ray.
    pub(super) fn check(&self) -> Result<(), SamplingError> {
        check_text("RuleName", &self.rule_name, 1..=32, "1 to 32 characters")?;
        if self.rule_name.chars().any(char::is_control) {
            return Err(refused(
                "RuleName",
                format_args!("{:?}", self.rule_name),
                "text without control characters",
            ));
        }
        if !self.is_default() {
            check("Priority", self.priority, 1..=9_999, "1 to 9999")?;
        }
        check_rate("FixedRate", self.fixed_rate)?;
        check(
            "ReservoirSize",
            self.reservoir_size,
            0..=i64::from(i32::MAX),
            "0 or more",
        )?;
        check("Version", self.version, 1..=1, "1")?;
        for (field, value) in [
            ("ServiceName", &self.service_name),
            ("ServiceType", &self.service_type),
            ("Host", &self.host),
        ] {
            check_text(field, value, 0..=64, "up to 64 characters")?;
        }
        check_text("HTTPMethod", &self.method, 0..=10, "up to 10 characters")?;
        check_text("URLPath", &self.path, 0..=128, "up to 128 characters")?;
        check_text(
            "ResourceARN",
            &self.resource_arn,
            0..=500,
            "up to 500 characters",
        )?;
        self.check_attributes()?;
        self.sampling_rate_boost.iter().try_for_each(|boost| {
            check_rate("SamplingRateBoost.MaxRate", boost.max_rate)?;
            let minutes = boost.cooldown_window_minutes;
            let field = "SamplingRateBoost.CooldownWindowMinutes";
            check(field, minutes, 0..=i64::from(i32::MAX), "0 or more")
        })
    }

    fn check_attributes(&self) -> Result<(), SamplingError> {
        if self.attributes.len() > 5 {
            let count = self.attributes.len();
            return Err(refused("Attributes", count, "up to 5 of them"));
        }
        self.attributes.iter().try_for_each(|(key, value)| {
            check_text("Attributes", key, 1..=32, "keys of 1 to 32 characters")?;
            check_text("Attributes", value, 1..=32, "values of 1 to 32 characters")
        })
    }

    /// The rule with the changes of `update`. Of the default rule only reservoir and rate change.
    pub(super) fn updated(&self, update: RuleUpdate) -> Result<Self, SamplingError> {
        let mut rule = self.clone();
        rule.fixed_rate = update.fixed_rate.unwrap_or(rule.fixed_rate);
        rule.reservoir_size = update.reservoir_size.unwrap_or(rule.reservoir_size);
        set(&mut rule.resource_arn, update.resource_arn);
        set(&mut rule.priority, update.priority);
        set(&mut rule.service_name, update.service_name);
        set(&mut rule.service_type, update.service_type);
        set(&mut rule.host, update.host);
        set(&mut rule.method, update.method);
        set(&mut rule.path, update.path);
        set(&mut rule.attributes, update.attributes);
        if update.sampling_rate_boost.is_some() {
            rule.sampling_rate_boost = update.sampling_rate_boost;
        }
        rule.check()?;
        let allowed_change = Self {
            fixed_rate: rule.fixed_rate,
            reservoir_size: rule.reservoir_size,
            ..self.clone()
        };
        if self.is_default() && rule != allowed_change {
            return Err(SamplingError::Default(
                "can change its FixedRate and ReservoirSize only",
            ));
        }
        Ok(rule)
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn check_rate(field: &'static str, rate: f64) -> Result<(), SamplingError> {
    check(field, rate, 0.0..=1.0, "0 to 1")
}

fn check<T: PartialOrd + Display>(
    field: &'static str,
    value: T,
    range: std::ops::RangeInclusive<T>,
    allowed: &'static str,
) -> Result<(), SamplingError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(refused(field, value, allowed))
}

fn check_text(
    field: &'static str,
    value: &str,
    length: std::ops::RangeInclusive<usize>,
    allowed: &'static str,
) -> Result<(), SamplingError> {
    if length.contains(&value.chars().count()) {
        return Ok(());
    }
    let shown: String = value.chars().take(140).collect();
    Err(refused(field, format_args!("{shown:?}"), allowed))
}

fn refused(field: &'static str, value: impl Display, allowed: &'static str) -> SamplingError {
    SamplingError::Value {
        field,
        value: value.to_string(),
        allowed,
    }
}
