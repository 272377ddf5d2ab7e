//! Pages of summaries, newest first.

use std::{fmt, ops::ControlFlow};

use fluoro_wire::TraceId;
use serde::Serialize;

use super::{TraceSummary, summary};
use crate::{StoreError, TimeRange, Traces, filter::Filter};

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
    store: &dyn Traces,
    query: &SummaryQuery<'_>,
) -> Result<SummaryPage, SummariesError> {
    let mut page = SummaryPage::default();
    let token = query.token.map(PageToken::parse).transpose()?;
    let latest_start = token.map(|token| token.start + SLACK);
    let mut before = token;
    store.search(
        query.range,
        latest_start,
        &query.filter.needs(),
        &mut |trace| {
            let Some(trace) = trace else {
                page.traces_processed_count += u64::from(before.is_none());
                return ControlFlow::Continue(());
            };
            let start = trace.facts.span().map_or(0.0, |(start, _)| start);
            if let Some(token) = before {
                // What the page before has shown, up to and including its last trace.
                if trace.id == token.id {
                    before = None;
                    return ControlFlow::Continue(());
                }
                if start >= token.start - SLACK {
                    return ControlFlow::Continue(());
                }
                before = None;
            }
            page.traces_processed_count += 1;
            if !is_sampled(trace.id, query.sampled_share) || !query.filter.matches(trace) {
                return ControlFlow::Continue(());
            }
            page.trace_summaries.push(summary(trace));
            page.approximate_time = Some(start);
            if page.trace_summaries.len() < query.limit.max(1) {
                return ControlFlow::Continue(());
            }
            let token = PageToken {
                start,
                id: trace.id,
            };
            page.next_token = Some(token.to_string());
            ControlFlow::Break(())
        },
    )?;
    Ok(page)
}

/// How far a store's notion of a start may be from the exact one, in seconds.
const SLACK: f64 = 2e-6;

/// The last trace of a page.
#[derive(Clone, Copy, PartialEq, Debug)]
struct PageToken {
    start: f64,
    id: TraceId,
}

impl PageToken {
    fn parse(text: &str) -> Result<Self, SummariesError> {
        let parsed = text.split_once('-').and_then(|(start, id)| {
            let start = f64::from_bits(u64::from_str_radix(start, 16).ok()?);
            let id = (id.len() == 32).then(|| id.parse().ok())??;
            start.is_finite().then_some(Self { start, id })
        });
        parsed.ok_or_else(|| SummariesError::InvalidToken(text.to_owned()))
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:016x}-{}",
            self.start.to_bits(),
            self.id.to_w3c()
        )
    }
}

/// Spreads traces evenly by their id, whose last bytes are random.
fn is_sampled(id: TraceId, share: f64) -> bool {
    let [.., a, b, c, d] = *id.as_bytes();
    share >= 1.0 || f64::from(u32::from_be_bytes([a, b, c, d])) < share * 2_f64.powi(32)
}
