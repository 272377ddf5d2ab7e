//! Pages of summaries, newest first.

use serde::Serialize;

use super::TraceSummary;
use crate::{Store, StoreError, TimeRange, filter::Filter};

/// Which summaries are asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SummaryQuery<'a> {
    /// When the traces happened.
    pub range: TimeRange,
    /// Which of them.
    pub filter: &'a Filter,
    /// Which share of them, from 0 to 1; a trace is always in or always out.
    pub sampled_share: f64,
    /// Most summaries of a page.
    pub limit: usize,
    /// The token of the page before.
    pub token: Option<&'a str>,
}

/// One page of summaries.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SummaryPage {
    /// The summaries, newest first.
    pub trace_summaries: Vec<TraceSummary>,
    /// When the page's last trace began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate_time: Option<f64>,
    /// How many traces were looked at for this page.
    pub traces_processed_count: u64,
    /// What to ask the next page with; none after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum SummariesError {
    /// The token is not one that an earlier page gave.
    #[error("NextToken {0:?} is not one that this API gave")]
    InvalidToken(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A page of summaries, newest first; arrivals between two pages neither repeat nor hide a trace.
///
/// # Errors
///
/// [`SummariesError`] for a foreign token, or when the store fails.
pub fn summaries(
    _store: &dyn Store,
    _query: &SummaryQuery<'_>,
) -> Result<SummaryPage, SummariesError> {
    todo!()
}
