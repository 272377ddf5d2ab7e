//! What HTTP and gRPC have in common: from a request's bytes to what became of its spans.

use std::{fmt::Write as _, sync::Arc};

use fluoro_store::{Arrival, Rejected, Source};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest,
};
use tokio::sync::Semaphore;

use crate::{
    clock,
    intake::{Intake, IntakeError},
    metrics::{Metrics, RequestLabel},
    otlp::to_segment,
};

/// Largest message, decompressed. Exporters send some hundred spans at once, about a kilobyte each.
pub(super) const MOST_BYTES: usize = 16 << 20;

/// Requests that are decoded at the same time: spans take more room than their bytes.
const DECODED_AT_ONCE: usize = 4;

/// Rejected spans whose reason an answer tells.
const TOLD_REASONS: usize = 3;

/// Takes export requests; clones share everything.
#[derive(Clone, Debug)]
pub struct OtlpReceiver {
    intake: Intake,
    metrics: Arc<Metrics>,
    decoders: Arc<Semaphore>,
}

impl OtlpReceiver {
    /// A receiver that hands documents to `intake`.
    pub fn new(intake: Intake, metrics: Arc<Metrics>) -> Self {
        Self {
            intake,
            metrics,
            decoders: Arc::new(Semaphore::new(DECODED_AT_ONCE)),
        }
    }

    /// Decodes a request with `decode`, keeps its spans, and tells which of them were rejected.
    pub(super) async fn take<E: Send + 'static>(
        &self,
        decode: impl FnOnce() -> Result<ExportTraceServiceRequest, E> + Send + 'static,
    ) -> Result<Option<ExportTracePartialSuccess>, TakeError<E>> {
        let arrivals = self.decode(decode).await?;
        let count = arrivals.len();
        if count == 0 {
            return Ok(None);
        }
        let rejected = self.intake.submit(arrivals).await;
        let rejected = rejected.map_err(TakeError::Intake)?;
        Ok(partial_success(count, &rejected))
    }

    /// Counts an answered request.
    pub(super) fn count(&self, operation: &'static str, status: u16) {
        let label = RequestLabel { operation, status };
        self.metrics.requests.get_or_create(&label).inc();
    }

    async fn decode<E: Send + 'static>(
        &self,
        decode: impl FnOnce() -> Result<ExportTraceServiceRequest, E> + Send + 'static,
    ) -> Result<Vec<Arrival>, TakeError<E>> {
        let closed = |_| TakeError::Intake(IntakeError::Closed);
        let permit = Arc::clone(&self.decoders).acquire_owned().await;
        let permit = permit.map_err(|_| TakeError::Intake(IntakeError::Closed))?;
        // Large requests take milliseconds, which other connections shall not wait for.
        let decoding = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            decode().map(|request| arrivals(&request))
        });
        decoding.await.map_err(closed)?.map_err(TakeError::Decode)
    }
}

/// Why a request was not taken.
#[derive(Debug)]
pub(super) enum TakeError<E> {
    /// It could not be read.
    Decode(E),
    /// Its spans were not kept; they may be sent again.
    Intake(IntakeError),
}

fn arrivals(request: &ExportTraceServiceRequest) -> Vec<Arrival> {
    let received_at = clock::now();
    let documents = to_segment::convert(request).into_iter();
    documents
        .map(|document| Arrival {
            document,
            source: Source::Otlp,
            received_at,
        })
        .collect()
}

fn partial_success(
    count: usize,
    rejected: &[(usize, Rejected)],
) -> Option<ExportTracePartialSuccess> {
    if rejected.is_empty() {
        return None;
    }
    let mut message = format!("{} of {count} spans were rejected:", rejected.len());
    for (place, reason) in rejected.iter().take(TOLD_REASONS) {
        // Writing to a string does not fail.
        let _ = write!(
            message,
            " span {place}: {}, {};",
            reason.code, reason.message
        );
    }
    if rejected.len() > TOLD_REASONS {
        message.push_str(" …");
    }
    Some(ExportTracePartialSuccess {
        rejected_spans: rejected.len() as i64,
        error_message: message,
    })
}
