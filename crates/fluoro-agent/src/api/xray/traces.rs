//! `BatchGetTraces`.

use fluoro_store::query::whole_trace;
use fluoro_wire::TraceId;
use serde::Deserialize;
use serde_json::json;

use crate::api::{
    answer::{Answer, ApiError, json},
    state::Api,
};

/// Most traces of one request.
const MOST_TRACES: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TraceIds {
    trace_ids: Vec<String>,
}

impl TraceIds {
    /// The ids, at most `most` of them; they may be spelled as X-Ray or as W3C does.
    pub(super) fn parse(&self, most: usize) -> Result<Vec<TraceId>, ApiError> {
        if self.trace_ids.len() > most {
            return Err(ApiError::invalid(format!(
                "Exceeding maximum query size: {most}"
            )));
        }
        let parse = |id: &String| {
            id.parse::<TraceId>()
                .map_err(|error| ApiError::invalid(format!("TraceIds: {id:?} is {error}")))
        };
        self.trace_ids.iter().map(parse).collect()
    }
}

/// Whole traces; those that are not there are unprocessed.
pub(super) async fn get(api: &Api, request: TraceIds) -> Answer {
    let ids = request.parse(MOST_TRACES)?;
    let answer = api.queries.ask(move |store| {
        let (mut traces, mut unprocessed) = (Vec::new(), Vec::new());
        for id in ids {
            match whole_trace(store, id)? {
                Some(trace) => traces.push(trace),
                None => unprocessed.push(id.to_string()),
            }
        }
        json(&json!({"Traces": traces, "UnprocessedTraceIds": unprocessed}))
    });
    answer.await
}
