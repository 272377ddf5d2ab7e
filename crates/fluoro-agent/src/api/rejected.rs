//! `GET /api/rejected`: documents that AWS X-Ray would reject, with the reason.

use axum::extract::{Query, State, rejection::QueryRejection};
use fluoro_store::Rejected;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{Answer, ApiError, json},
    state::Api,
};
use crate::metrics::source_name;

/// Most documents of a page.
const MOST: usize = 200;

#[derive(Deserialize)]
pub(super) struct Page {
    before: Option<i64>,
    limit: Option<usize>,
}

/// A page, newest first.
pub(super) async fn list(
    State(api): State<Api>,
    page: Result<Query<Page>, QueryRejection>,
) -> Answer {
    let Query(page) = page?;
    let limit = page.limit.unwrap_or(50).min(MOST);
    let answer = api.queries.ask(move |store| {
        let rejected = store.rejected(page.before, limit)?;
        let total = store.statistics()?.rejected;
        let rejected: Vec<_> = rejected.iter().map(document).collect();
        json(&json!({"Rejected": rejected, "Total": total}))
    });
    answer.await
}

fn document(rejected: &Rejected) -> Value {
    json!({
        "Number": rejected.number,
        "ReceivedAt": rejected.received_at,
        "Source": source_name(rejected.source),
        "ErrorCode": rejected.code,
        "Message": rejected.message,
        "SegmentId": rejected.segment_id,
        "TraceId": rejected.trace_id,
        "Document": String::from_utf8_lossy(&rejected.document),
    })
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}
