//! `POST /api/import`: traces of a file, or of another X-Ray, into the store.

use axum::{body::Body, extract::State};
use fluoro_store::{Arrival, Source};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{Answer, json},
    body,
    state::Api,
};
use crate::clock;

/// Documents that are handed over together.
const BATCH: usize = 500;

/// What `BatchGetTraces` answers, or a file of that form.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exported {
    traces: Vec<ExportedTrace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExportedTrace {
    segments: Vec<ExportedSegment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExportedSegment {
    document: String,
}

/// Keeps the documents; tells how many, and what was wrong with the others.
pub(super) async fn import(State(api): State<Api>, headers: HeaderMap, body: Body) -> Answer {
    let body = body::read(&headers, body, body::IMPORT).await?;
    let exported: Exported = body::parse(&body)?;
    drop(body);
    let received_at = clock::now();
    let segments = exported.traces.into_iter().flat_map(|trace| trace.segments);
    let sent = segments.filter(|segment| !is_inferred(&segment.document));
    let mut arrivals = sent.map(|segment| Arrival {
        document: segment.document.into_bytes(),
        source: Source::Import,
        received_at,
    });
    let mut imported = 0;
    let mut rejected = Vec::new();
    loop {
        let batch: Vec<_> = arrivals.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return json(&json!({"Imported": imported, "Rejected": rejected}));
        }
        let count = batch.len();
        let refused = api.intake.submit(batch).await?;
        imported += count - refused.len();
        rejected.extend(refused.into_iter().map(|(_, refused)| -> Value {
            json!({
                "Id": refused.segment_id,
                "TraceId": refused.trace_id,
                "ErrorCode": refused.code,
                "Message": refused.message,
            })
        }));
    }
}

/// Whether X-Ray made up this segment from a call: it will do so again.
fn is_inferred(document: &str) -> bool {
    #[derive(Deserialize)]
    struct Mark {
        #[serde(default)]
        inferred: bool,
    }
    serde_json::from_str(document).is_ok_and(|mark: Mark| mark.inferred)
}
