use std::{io, net::SocketAddr};

use fluoro_store::StoreError;

use crate::{api::SettingError, aws::AwsError, sinks::SinksError};

/// Why an agent cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The store cannot be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sampling rules or groups cannot be read.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// AWS is configured wrongly.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A sink cannot start.
    #[error(transparent)]
    Sinks(#[from] SinksError),
    /// A port is taken, or not of this machine.
    #[error("cannot listen on {address} for {purpose}: {reason}; {flag} ADDRESS chooses another")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What it is for.
        purpose: &'static str,
        /// The flag that chooses another.
        flag: &'static str,
        /// What the system says.
        reason: io::Error,
    },
    /// The system does not tell of signals.
    #[error("signals cannot be waited for: {0}")]
    Signals(#[source] io::Error),
}
