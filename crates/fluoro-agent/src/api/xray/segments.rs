//! `PutTraceSegments` and `PutTelemetryRecords`.

use fluoro_store::{Arrival, Rejected, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    api::{
        answer::{Answer, ApiError, json},
        state::Api,
    },
    clock,
};

/// Most documents of one request.
const MOST_DOCUMENTS: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutTraceSegments {
    trace_segment_documents: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnprocessedSegment {
    /// Absent when the document cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    error_code: &'static str,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutTelemetryRecords {
    telemetry_records: Vec<Value>,
}

/// Keeps documents; answers when they are kept.
pub(super) async fn put(api: &Api, request: PutTraceSegments) -> Answer {
    let documents = request.trace_segment_documents;
    if documents.len() > MOST_DOCUMENTS {
        return Err(ApiError::invalid(format!(
            "Exceeding maximum segment count: {MOST_DOCUMENTS}"
        )));
    }
    let received_at = clock::now();
    let arrivals = documents
        .into_iter()
        .map(|document| Arrival {
            document: document.into_bytes(),
            source: Source::Api,
            received_at,
        })
        .collect();
    let rejected = api.intake.submit(arrivals).await?;
    let unprocessed: Vec<_> = rejected
        .into_iter()
        .map(|(_, rejected)| unprocessed(rejected))
        .collect();
    json(&json!({"UnprocessedTraceSegments": unprocessed}))
}

fn unprocessed(rejected: Rejected) -> UnprocessedSegment {
    UnprocessedSegment {
        id: rejected.segment_id,
        error_code: rejected.code,
        message: rejected.message,
    }
}

/// Accepts what a daemon says about itself, which nobody here needs to know.
pub(super) fn put_telemetry(request: &PutTelemetryRecords) -> Answer {
    let has_time = |record: &Value| record.get("Timestamp").is_some_and(Value::is_number);
    if !request.telemetry_records.iter().all(has_time) {
        return Err(ApiError::invalid(
            "a telemetry record has no Timestamp in epoch seconds",
        ));
    }
    json(&json!({}))
}
