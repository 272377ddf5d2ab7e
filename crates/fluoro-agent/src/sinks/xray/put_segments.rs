//! Sends documents to X-Ray, in batches as the daemon sends them.

use std::time::Instant;

use bytes::Bytes;
use http::HeaderValue;

use super::{
    super::{
        answer::{Answer, Failure, Trouble},
        backend::{Backend, BatchLimits, Sending},
        http_outcome,
    },
    Host, request,
    unprocessed::PutTraceSegmentsOutput,
};
use crate::aws::Client;

/// X-Ray takes no more documents than this at once; the bytes keep a request quick.
const LIMITS: BatchLimits = BatchLimits {
    documents: 50,
    bytes: 1 << 20,
};

/// X-Ray of one region.
pub(in super::super) struct XRay {
    client: Client,
    user_agent: HeaderValue,
}

impl XRay {
    pub(in super::super) fn new(client: Client, host: &Host) -> Self {
        Self {
            client,
            user_agent: host.user_agent(),
        }
    }

    async fn put(&self, documents: &[Vec<u8>]) -> Result<Answer, Failure> {
        let began = Instant::now();
        let body = encode(documents)?;
        let answer = request::post(&self.client, "/TraceSegments", &self.user_agent, body).await?;
        let output: PutTraceSegmentsOutput = serde_json::from_slice(&answer).map_err(|_| {
            let text = http_outcome::shown(&String::from_utf8_lossy(&answer));
            let reason = format!("its answer is not X-Ray's: {text}");
            http_outcome::unavailable(Trouble::Other, reason)
        })?;
        let answer = output.answer(documents);
        let sent = documents.len() - answer.refused.len() - answer.again.len();
        let seconds = began.elapsed().as_secs_f64();
        tracing::info!("Successfully sent batch of {sent} segments ({seconds:.3} seconds)");
        Ok(answer)
    }
}

impl Backend for XRay {
    fn batch_limits(&self) -> BatchLimits {
        LIMITS
    }

    fn send<'a>(&'a self, documents: &'a [Vec<u8>]) -> Sending<'a> {
        Box::pin(self.put(documents))
    }
}

fn encode(documents: &[Vec<u8>]) -> Result<Bytes, Failure> {
    let mut body = b"{\"TraceSegmentDocuments\":[".to_vec();
    for (place, document) in documents.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        let text = std::str::from_utf8(document).map_err(|error| Failure::Unsuitable {
            code: "NotUtf8".to_owned(),
            message: error.to_string(),
        })?;
        serde_json::to_writer(&mut body, text).map_err(|error| Failure::Unsuitable {
            code: "NotJson".to_owned(),
            message: error.to_string(),
        })?;
    }
    body.extend_from_slice(b"]}");
    Ok(body.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_strings_in_json() {
        let body = encode(&[br#"{"name":"a\"b"}"#.to_vec(), "{\"name\":\"é\"}".into()]).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let documents = &value["TraceSegmentDocuments"];
        assert_eq!(documents[0], r#"{"name":"a\"b"}"#);
        assert_eq!(documents[1], "{\"name\":\"é\"}");
    }

    #[test]
    fn bytes_that_are_no_text_are_blamed() {
        let failure = encode(&[b"{\"name\":\"\xff\"}".to_vec()]).unwrap_err();
        assert!(matches!(failure, Failure::Unsuitable { code, .. } if code == "NotUtf8"));
    }
}
