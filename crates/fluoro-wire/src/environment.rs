//! The names of the environment variables that configure tracing.
//!
//! A variable always wins over what code or settings say; code wins over the default.

/// Where the daemon listens, for documents (UDP) and for sampling rules (TCP).
///
/// `host:port`, or `tcp:host:port udp:host:port`. Default: `127.0.0.1:2000`.
pub const AWS_XRAY_DAEMON_ADDRESS: &str = "AWS_XRAY_DAEMON_ADDRESS";

/// The name of the segments this process records. Default: none, code must set one.
pub const AWS_XRAY_TRACING_NAME: &str = "AWS_XRAY_TRACING_NAME";

/// What happens when an entity is needed and none is open.
///
/// `LOG_ERROR`, `LOG_WARNING`, `IGNORE_ERROR` or `RUNTIME_ERROR`. Default: `LOG_ERROR`.
pub const AWS_XRAY_CONTEXT_MISSING: &str = "AWS_XRAY_CONTEXT_MISSING";

/// Whether anything is recorded at all: `false` turns every call into a pass-through.
///
/// Default: `true`. A value that is neither means `true`.
pub const AWS_XRAY_SDK_ENABLED: &str = "AWS_XRAY_SDK_ENABLED";

/// Whether entities of traces that are not sampled get all-zero ids.
///
/// Default: `true`. `false` gives them real ids, for correlating logs.
pub const AWS_XRAY_NOOP_ID: &str = "AWS_XRAY_NOOP_ID";

/// The trace header of the current invocation, set by AWS Lambda. Default: absent.
pub const _X_AMZN_TRACE_ID: &str = "_X_AMZN_TRACE_ID";

/// Where the function's code lies; its presence tells that the process runs in AWS Lambda.
///
/// Default: absent.
pub const LAMBDA_TASK_ROOT: &str = "LAMBDA_TASK_ROOT";
