//! What remains when everything that was said is put together.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use fluoro_store::Limits;

use super::{layers::Origin, setting::Setting};

/// Everything that [`crate::agent::run`] needs to know, with every default applied.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// The directory of the store.
    pub data_directory: PathBuf,
    /// When old traces leave the store.
    pub limits: Limits,
    /// Where X-Ray datagrams arrive.
    pub udp: Option<SocketAddr>,
    /// Where X-Ray SDKs reach the X-Ray API: the daemon's TCP port.
    pub tcp: Option<SocketAddr>,
    /// Where the viewer and the X-Ray API are.
    pub web: Option<SocketAddr>,
    /// Where OTLP over HTTP arrives.
    pub otlp_http: Option<SocketAddr>,
    /// Where OTLP over gRPC arrives.
    pub otlp_grpc: Option<SocketAddr>,
    /// Names beside loopback ones that requests may carry in `Host`.
    pub allowed_hosts: Vec<String>,
    /// Where documents are forwarded to.
    pub sinks: Vec<SinkConfig>,
    /// How AWS is reached.
    pub aws: AwsConfig,
    /// How long a shutdown may take to send what is left.
    pub shutdown: Duration,
}

/// A place that documents are forwarded to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SinkConfig {
    /// AWS X-Ray, with `PutTraceSegments`.
    XRay,
    /// AWS's own OTLP endpoint, signed.
    AwsOtlp,
    /// Any OTLP backend.
    Otlp {
        /// The endpoint, `http://host:4318` or `https://…`; for HTTP without `/v1/traces` it is added.
        endpoint: String,
        /// How it is spoken to.
        protocol: OtlpProtocol,
        /// Headers sent with each request, say an API key.
        headers: Vec<(String, String)>,
    },
}

/// How an OTLP backend is spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OtlpProtocol {
    /// Protobuf over HTTP.
    Http,
    /// gRPC.
    Grpc,
}

/// How AWS is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AwsConfig {
    /// The region, if it was given.
    pub region: Option<String>,
    /// Another address in place of `https://xray.<region>.amazonaws.com`.
    pub endpoint: Option<String>,
    /// A role to assume.
    pub role_arn: Option<String>,
    /// The resource that telemetry names.
    pub resource_arn: Option<String>,
    /// An HTTP proxy for requests to AWS.
    pub proxy: Option<String>,
    /// Check the certificates of AWS; off only for `NoVerifySSL`.
    pub verify_tls: bool,
    /// Do not ask EC2's metadata service for the region (the daemon's `--local-mode`).
    pub local_mode: bool,
}

/// The outcome of [`resolve`](super::resolve): what to run with, and where that came from.
#[derive(Clone, PartialEq, Debug)]
pub struct Resolved {
    /// For [`crate::agent::run`].
    pub config: Config,
    /// For the process: what is written where.
    pub logging: LoggingConfig,
    /// Every setting with its value, in the order of the help.
    pub report: Vec<SettingReport>,
    /// What somebody who set things up should know, say a key without effect.
    pub notes: Vec<String>,
}

/// The value of one setting, and who chose it.
#[derive(Clone, PartialEq, Debug)]
pub struct SettingReport {
    /// The setting.
    pub setting: &'static Setting,
    /// Its value, as it was written; secrets are left out.
    pub value: String,
    /// Who chose it.
    pub origin: Origin,
}

/// What is logged, how and where to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggingConfig {
    /// The least important lines that are written.
    pub level: LogLevel,
    /// How a line looks.
    pub format: LogFormat,
    /// A file in place of standard output.
    pub file: Option<PathBuf>,
    /// Start a new file when this one is large.
    pub rotate: bool,
}

/// How important a line must be, in the daemon's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogLevel {
    /// Everything, also of libraries: `dev`.
    Trace,
    /// `debug`
    Debug,
    /// `info`, and `prod`, which is the default.
    Info,
    /// `warn`
    Warn,
    /// `error`
    Error,
}

/// How a line of the log looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// As the daemon writes it: `2026-02-25T10:00:00Z [Info] message`.
    Text,
    /// One JSON object per line.
    Json,
}
