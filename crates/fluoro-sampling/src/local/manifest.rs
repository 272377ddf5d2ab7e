//! Reads local sampling rules.
//!
//! ```json
//! {
//!   "version": 2,
//!   "rules": [
//!     {"description": "moves", "host": "*", "http_method": "*", "url_path": "/api/move/*",
//!      "fixed_target": 0, "rate": 0.05}
//!   ],
//!   "default": {"fixed_target": 1, "rate": 0.1}
//! }
//! ```
//!
//! `rules` may be left out. Version 1 calls the field `host` `service_name`. A rate above 1 counts
//! as 1. Fields that are not known are ignored.

use std::fmt;

use serde_json::{Map, Value};

use super::{LocalRule, ManifestError, RulePlace};

const A_PATTERN: &str = "a text that is not empty, in which * and ? are wildcards";
const A_TARGET: &str = "a number of requests a second, 0 or more";
const A_RATE: &str = "a number from 0 to 1";
const AN_OBJECT: &str = "an object";
const NOTHING: &str = "nothing, because the default rule applies to every request";

/// Local sampling rules that were checked.
#[derive(Debug)]
pub struct Manifest {
    pub(super) rules: Vec<LocalRule>,
    pub(super) default: LocalRule,
}

/// The version of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestVersion {
    /// Hosts are called `service_name`.
    One,
    /// Hosts are called `host`.
    Two,
}

impl ManifestVersion {
    /// The version with this number.
    ///
    /// # Errors
    /// When it is neither 1 nor 2.
    pub fn from_number(number: f64) -> Result<Self, ManifestError> {
        if number == 1.0 {
            Ok(Self::One)
        } else if number == 2.0 {
            Ok(Self::Two)
        } else {
            Err(version_error(number.to_string()))
        }
    }

    fn host_field(self) -> &'static str {
        match self {
            Self::One => "service_name",
            Self::Two => "host",
        }
    }
}

impl Manifest {
    /// Reads and checks the text of a rules file.
    ///
    /// # Errors
    /// When it is not JSON, or with the first rule and field that is not allowed.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| ManifestError::Syntax(error.to_string()))?;
        Self::from_value(&document)
    }

    /// Checks rules that were read elsewhere.
    ///
    /// # Errors
    /// With the first rule and field that is not allowed.
    pub fn from_value(document: &Value) -> Result<Self, ManifestError> {
        let Value::Object(fields) = document else {
            return Err(field_error(
                RulePlace::TopLevel,
                "document",
                Some(document),
                AN_OBJECT,
            ));
        };
        let version = match fields.get("version") {
            Some(Value::Number(number)) => {
                ManifestVersion::from_number(number.as_f64().unwrap_or(f64::NAN))?
            }
            found => return Err(version_error(describe(found))),
        };
        let default = match fields.get("default") {
            Some(rule) => parse_rule(rule, version, RulePlace::Default)?,
            None => return Err(field_error(RulePlace::TopLevel, "default", None, AN_OBJECT)),
        };
        let rules = match fields.get("rules") {
            None => &[][..],
            Some(Value::Array(rules)) => rules,
            found => return Err(field_error(RulePlace::TopLevel, "rules", found, "a list")),
        };
        let rules = rules.iter().enumerate().map(|(index, rule)| {
            let description = rule
                .get("description")
                .and_then(Value::as_str)
                .map(Box::from);
            parse_rule(
                rule,
                version,
                RulePlace::Rule {
                    number: index + 1,
                    description,
                },
            )
        });
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            default,
        })
    }
}

impl Manifest {
    /// The rules in the order in which they are tried.
    pub fn rules(&self) -> &[LocalRule] {
        &self.rules
    }

    /// The rule for requests that match no other.
    pub fn default_rule(&self) -> &LocalRule {
        &self.default
    }
}

impl Default for Manifest {
    /// No rules; one request a second and 5 % of the others are recorded.
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            default: LocalRule::default(),
        }
    }
}

impl LocalRule {
    /// Checks one rule; the place tells whether it is the default rule.
    ///
    /// # Errors
    /// With the first field that is not allowed.
    pub fn from_value(
        rule: &Value,
        version: ManifestVersion,
        place: RulePlace,
    ) -> Result<Self, ManifestError> {
        parse_rule(rule, version, place)
    }
}

fn parse_rule(
    rule: &Value,
    version: ManifestVersion,
    place: RulePlace,
) -> Result<LocalRule, ManifestError> {
    let Value::Object(fields) = rule else {
        return Err(field_error(place, "rule", Some(rule), AN_OBJECT));
    };
    let number = |field, allowed| match fields.get(field).and_then(Value::as_f64) {
        Some(number) if number >= 0.0 => Ok(number),
        _ => Err(field_error(
            place.clone(),
            field,
            fields.get(field),
            allowed,
        )),
    };
    let fixed_target = number("fixed_target", A_TARGET)?.ceil() as u64;
    let rate = number("rate", A_RATE)?;
    let pattern = |field| parse_pattern(fields, field, &place);
    let [host, method, path] = [
        pattern(version.host_field())?,
        pattern("http_method")?,
        pattern("url_path")?,
    ];
    Ok(LocalRule::new(
        place,
        [host, method, path],
        fixed_target,
        rate,
    ))
}

fn parse_pattern(
    fields: &Map<String, Value>,
    field: &'static str,
    place: &RulePlace,
) -> Result<Option<Box<str>>, ManifestError> {
    let found = fields.get(field);
    let is_default = matches!(place, RulePlace::Default);
    match found {
        Some(Value::String(pattern)) if !pattern.is_empty() && !is_default => {
            Ok(Some(pattern.as_str().into()))
        }
        None | Some(Value::Null) if is_default => Ok(None),
        Some(Value::String(pattern)) if pattern.is_empty() && is_default => Ok(None),
        _ => {
            let allowed = if is_default { NOTHING } else { A_PATTERN };
            Err(field_error(place.clone(), field, found, allowed))
        }
    }
}

fn version_error(found: String) -> ManifestError {
    let place = RulePlace::TopLevel;
    ManifestError::Field {
        place,
        field: "version",
        found,
        allowed: "1 or 2",
    }
}

fn field_error(
    place: RulePlace,
    field: &'static str,
    found: Option<&Value>,
    allowed: &'static str,
) -> ManifestError {
    ManifestError::Field {
        place,
        field,
        found: describe(found),
        allowed,
    }
}

/// The value as JSON, cut when it is long.
fn describe(found: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let Some(value) = found else {
        return "missing".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl fmt::Display for ManifestVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::One => "1",
            Self::Two => "2",
        })
    }
}
