//! `GetTraceSummaries`.

use fluoro_store::{
    TimeRangeKind,
    query::{SummariesError, SummaryQuery, summaries},
};
use serde::Deserialize;

use crate::api::{
    answer::{Answer, ApiError, json},
    state::Api,
    window::{Window, filter},
};

/// Most summaries of a page.
const PAGE: usize = 250;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTraceSummaries {
    #[serde(flatten)]
    window: Window,
    filter_expression: Option<String>,
    sampling_strategy: Option<SamplingStrategy>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SamplingStrategy {
    name: Option<StrategyName>,
    value: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
enum StrategyName {
    PartialScan,
    FixedRate,
}

/// A page of summaries, newest first.
pub(super) async fn get(api: &Api, request: GetTraceSummaries) -> Answer {
    let range = request.window.range(TimeRangeKind::TraceId)?;
    let filter = filter(api, request.filter_expression.as_deref())?;
    let sampled_share = share(request.sampling_strategy.as_ref())?;
    let page = api
        .queries
        .ask(move |store| {
            let query = SummaryQuery {
                range,
                filter: &filter,
                sampled_share,
                limit: PAGE,
                token: request.next_token.as_deref(),
            };
            Ok(summaries(store, &query)?)
        })
        .await?;
    json(&page)
}

/// Which share of the traces is asked for. A partial scan may look at all of them.
fn share(strategy: Option<&SamplingStrategy>) -> Result<f64, ApiError> {
    let Some(SamplingStrategy { name, value }) = strategy else {
        return Ok(1.0);
    };
    if *name != Some(StrategyName::FixedRate) {
        return Ok(1.0);
    }
    match value {
        Some(share) if (0.0..=1.0).contains(share) => Ok(*share),
        _ => Err(ApiError::invalid(
            "SamplingStrategy FixedRate needs a Value; allowed is 0 to 1",
        )),
    }
}

impl From<SummariesError> for ApiError {
    fn from(error: SummariesError) -> Self {
        match error {
            SummariesError::Store(failure) => failure.into(),
            SummariesError::InvalidToken(_) => Self::invalid(error.to_string()),
        }
    }
}
