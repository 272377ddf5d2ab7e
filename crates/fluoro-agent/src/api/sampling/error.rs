use super::rule_book::MOST_RULES;

/// Why a rule cannot be made, changed or deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum SamplingError {
    /// A value that its field does not allow.
    #[error("{field} is {value}; allowed is {allowed}")]
    Value {
        /// The field, as the API spells it.
        field: &'static str,
        /// What it was.
        value: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// The name is taken.
    #[error("there is a sampling rule named {0} already")]
    Exists(String),
    /// There is no such rule.
    #[error("there is no sampling rule {0}")]
    Unknown(String),
    /// Neither name nor ARN was given.
    #[error("RuleName or RuleARN must say which sampling rule is meant")]
    Unnamed,
    /// What must stay true of the default rule.
    #[error("the Default rule {0}")]
    Default(&'static str),
    /// There are as many rules as there may be.
    #[error("there are {MOST_RULES} sampling rules, and there may be no more; delete one first")]
    TooMany,
}
