//! What an OTLP request carries, and what its answer means for the documents.

use std::{borrow::Cow, io::Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use serde::Deserialize;

use super::super::{
    answer::{Answer, Failure, Refusal, Trouble},
    http_outcome,
};
use crate::otlp::to_span;

/// Spans of a batch, and what is said about documents that gave none.
pub(super) struct Content {
    pub(super) request: ExportTraceServiceRequest,
    answer: Answer,
    documents: usize,
}

impl Content {
    /// Converts documents. Those in progress are left out: a span is sent once, when it has ended.
    pub(super) fn of(documents: &[Vec<u8>]) -> Self {
        let ended: Cow<'_, [Vec<u8>]> = if documents.iter().any(|one| is_in_progress(one)) {
            let ended = documents.iter().filter(|one| !is_in_progress(one));
            Cow::Owned(ended.cloned().collect())
        } else {
            Cow::Borrowed(documents)
        };
        let converted = to_span::convert(&ended);
        let whole = converted.refused.into_iter().map(|refused| (1, refused));
        let partly = converted.left_out.into_iter().map(|left_out| (0, left_out));
        let refused = whole
            .chain(partly)
            .map(|(count, (place, error))| Refusal {
                documents: count,
                code: "NoSpan".to_owned(),
                message: error.to_string(),
                document: Some(http_outcome::shown(&String::from_utf8_lossy(&ended[place]))),
            })
            .collect();
        Self {
            answer: Answer {
                refused,
                again: Vec::new(),
                left_out: documents.len() - ended.len(),
            },
            documents: ended.len(),
            request: converted.request,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.request.resource_spans.is_empty()
    }

    /// The request as protobuf, compressed.
    pub(super) fn gzip(&self) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder
            .write_all(&self.request.encode_to_vec())
            .and_then(|()| encoder.finish())
            .expect("writing into memory does not fail")
            .into()
    }

    /// Nothing had to be sent.
    pub(super) fn without_request(self) -> Answer {
        self.answer
    }

    /// The backend has answered with success, as protobuf.
    pub(super) fn answered(self, body: &[u8]) -> Result<Answer, Failure> {
        let response = ExportTraceServiceResponse::decode(body).map_err(|_| {
            let text = http_outcome::shown(&String::from_utf8_lossy(body));
            let reason = format!("its answer is not one of OTLP: {text}");
            http_outcome::unavailable(Trouble::Other, reason)
        })?;
        Ok(self.taken(response.partial_success))
    }

    /// The backend has taken the request, maybe without some spans. It does not say which, so that
    /// each counts as a document, as far as there are as many.
    pub(super) fn taken(mut self, partial: Option<ExportTracePartialSuccess>) -> Answer {
        if let Some(partial) = partial
            && partial.rejected_spans > 0
        {
            let spans = partial.rejected_spans;
            self.answer.refused.push(Refusal {
                documents: self.documents.min(spans as usize),
                code: "PartialSuccess".to_owned(),
                message: format!(
                    "{spans} spans: {}",
                    http_outcome::shown(&partial.error_message)
                ),
                document: None,
            });
        }
        self.answer
    }
}

fn is_in_progress(document: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Progress {
        #[serde(default)]
        in_progress: bool,
    }
    serde_json::from_slice::<Progress>(document).is_ok_and(|document| document.in_progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents() -> Vec<Vec<u8>> {
        let document = |id: &str, rest: &str| {
            format!(
                r#"{{"name":"shop","id":"{id}","trace_id":"1-5759e988-bd862e3fe1be46a994272793","start_time":1.5,{rest}}}"#
            )
            .into_bytes()
        };
        vec![
            document("00000000000000aa", r#""in_progress":true"#),
            document("00000000000000bb", r#""end_time":2.5"#),
            b"{}".to_vec(),
        ]
    }

    #[test]
    fn documents_in_progress_are_left_out_and_those_without_a_span_refused() {
        let content = Content::of(&documents());
        let spans = &content.request.resource_spans[0].scope_spans[0].spans;
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].span_id, [0, 0, 0, 0, 0, 0, 0, 0xbb]);
        let answer = content.answered(&[]).unwrap();
        assert_eq!(answer.left_out, 1);
        assert_eq!(answer.refused.len(), 1);
        assert_eq!(answer.refused[0].document.as_deref(), Some("{}"));
    }

    #[test]
    fn spans_that_the_backend_rejects_are_refused() {
        let body = ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans: 1,
                error_message: "no room".to_owned(),
            }),
        };
        let content = Content::of(&documents()[1..2]);
        let answer = content.answered(&body.encode_to_vec()).unwrap();
        assert_eq!(answer.refused[0].documents, 1);
        assert_eq!(answer.refused[0].message, "1 spans: no room");
    }

    #[test]
    fn a_page_of_something_else_is_no_answer() {
        let content = Content::of(&documents()[1..2]);
        let failure = content.answered(b"<html>Log in</html>").unwrap_err();
        assert!(matches!(failure, Failure::Unavailable { .. }));
    }
}
