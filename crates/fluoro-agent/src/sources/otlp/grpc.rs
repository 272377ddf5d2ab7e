//! OTLP over gRPC.

use std::{convert::Infallible, time::Duration};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    Request, Response, Status,
    codec::CompressionEncoding,
    transport::{Server, server::TcpIncoming},
};

use super::receiver::{MOST_BYTES, OtlpReceiver, TakeError};

const OPERATION: &str = "TraceService/Export";

/// Requests of one connection that are worked on at the same time.
const REQUESTS_PER_CONNECTION: usize = 8;

/// How long requests that are under way may take when the agent ends.
const FAREWELL_TIME: Duration = Duration::from_secs(5);

/// Serves OTLP over gRPC until `stop` is cancelled; requests under way get their answer.
///
/// # Errors
///
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    receiver: OtlpReceiver,
    stop: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let service = TraceServiceServer::new(Service(receiver))
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(MOST_BYTES);
    let server = Server::builder()
        .concurrency_limit_per_connection(REQUESTS_PER_CONNECTION)
        .add_service(service)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stop.clone().cancelled_owned(),
        );
    let farewell = async {
        stop.cancelled().await;
        tokio::time::sleep(FAREWELL_TIME).await;
    };
    tokio::select! {
        outcome = server => outcome,
        // A client that does not go on must not keep the agent.
        () = farewell => Ok(()),
    }
}

struct Service(OtlpReceiver);

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let request = request.into_inner();
        let outcome = self.0.take(move || Ok::<_, Infallible>(request)).await;
        let answer = match outcome {
            Ok(partial_success) => Ok(ExportTraceServiceResponse { partial_success }),
            Err(TakeError::Decode(never)) => match never {},
            // Exporters send again what was unavailable.
            Err(TakeError::Intake(error)) => Err(Status::unavailable(error.to_string())),
        };
        self.0
            .count(OPERATION, if answer.is_ok() { 200 } else { 503 });
        answer.map(Response::new)
    }
}
