//! AWS X-Ray as a backend: `PutTraceSegments`, and the telemetry of the daemon.

mod host;
mod put_segments;
mod request;
mod telemetry;
mod unprocessed;

pub(super) use host::Host;
pub(super) use put_segments::XRay;
pub(super) use telemetry::Telemetry;
