//! Sampling as AWS X-Ray runs it for its SDKs, without AWS: rules that can be changed, and quotas
//! for those who report.
//!
//! Nothing in here knows the clock, the network or the store: times are arguments.
//!
//! | file | holds |
//! |---|---|
//! | `rule` | a rule, its limits, and what an update may change |
//! | `rule_book` | all rules; the default one cannot leave |
//! | `quota` | how a reservoir is divided between clients |
//! | `reports` | who reported when, and the targets they get |
//! | `windows` | recent counts for `GetSamplingStatisticSummaries` |

mod error;
mod quota;
mod reports;
mod rule;
mod rule_book;
#[cfg(test)]
mod tests;
mod windows;

pub(crate) use error::SamplingError;
pub(crate) use reports::{Report, Reports, Target, UnprocessedReport};
pub(crate) use rule::{Rule, RuleUpdate};
pub(crate) use rule_book::{RuleBook, RuleKey};
pub(crate) use windows::Windows;
