use std::{io, net::SocketAddr};

use super::AgentError;

/// A port that is to be opened.
#[derive(Clone, Copy)]
pub(super) struct Port {
    pub(super) name: &'static str,
    flag: &'static str,
    pub(super) purpose: &'static str,
    pub(super) address: SocketAddr,
}

impl Port {
    pub(super) fn new(
        name: &'static str,
        flag: &'static str,
        purpose: &'static str,
        address: SocketAddr,
    ) -> Self {
        Self {
            name,
            flag,
            purpose,
            address,
        }
    }

    pub(super) fn refused(&self, reason: io::Error) -> AgentError {
        AgentError::Listen {
            address: self.address,
            purpose: self.purpose,
            flag: self.flag,
            reason,
        }
    }
}
