//! Whole traces as the agent answers them: documents in strings.

use fluoro_wire::{
    Document,
    trace::{self, Trace},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{AgentClient, ClientError};

/// Most traces that the X-Ray API gives at once.
const AT_ONCE: usize = 5;

/// A trace with its documents, in the form that export writes and import reads.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WholeTrace {
    pub(super) id: String,
    #[serde(default)]
    pub(super) duration: f64,
    pub(super) segments: Vec<Segment>,
}

/// A segment: its document is JSON in a string.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Segment {
    #[serde(default)]
    pub(super) id: String,
    pub(super) document: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    traces: Vec<WholeTrace>,
}

/// The traces with these ids; those that are not there are left out.
pub(super) async fn fetch(
    client: &AgentClient,
    ids: &[String],
) -> Result<Vec<WholeTrace>, ClientError> {
    let mut traces = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let answer: Answer = client.post("/Traces", &json!({"TraceIds": ids})).await?;
        traces.extend(answer.traces);
    }
    Ok(traces)
}

impl WholeTrace {
    /// The same without the segments that the agent made up for services that sent none.
    pub(super) fn without_inferred(mut self) -> Self {
        self.segments.retain(|segment| {
            let document: Value = serde_json::from_str(&segment.document).unwrap_or_default();
            document["inferred"] != Value::Bool(true)
        });
        self
    }

    /// The documents as a tree; none if there is no document in it.
    pub(super) fn tree(&self) -> Option<Trace> {
        let documents = self.segments.iter();
        let documents =
            documents.filter_map(|segment| Document::parse(segment.document.as_bytes()).ok());
        let sent =
            documents.filter(|document| document.get(&["inferred"]) != Some(&Value::Bool(true)));
        trace::assemble(sent).into_iter().next()
    }
}
