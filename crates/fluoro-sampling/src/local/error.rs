//! What can be wrong with local sampling rules.

use std::fmt;

/// Local sampling rules that cannot be used.
///
/// The message names the rule, the field, the value found and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The text is not JSON.
    #[error("sampling rules are not valid JSON: {0}")]
    Syntax(String),
    /// A field is missing or has a value that is not allowed.
    #[error("{place}: {field} is {found}; allowed is {allowed}")]
    Field {
        /// The rule that holds the field.
        place: RulePlace,
        /// The field.
        field: &'static str,
        /// The value, or `missing`.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
}

/// A place in the local sampling rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePlace {
    /// Outside the rules.
    TopLevel,
    /// The rule for requests that match no other.
    Default,
    /// One of the rules.
    Rule {
        /// Its position, from 1.
        number: usize,
        /// Its description.
        description: Option<Box<str>>,
    },
}

impl fmt::Display for RulePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TopLevel => write!(formatter, "sampling rules"),
            Self::Default => write!(formatter, "default rule"),
            Self::Rule {
                number,
                description: None,
            } => write!(formatter, "rule {number}"),
            Self::Rule {
                number,
                description: Some(description),
            } => {
                write!(formatter, "rule {number} ({description:?})")
            }
        }
    }
}
