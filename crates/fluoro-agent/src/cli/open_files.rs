//! How many files the agent may have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Enough for the connections of all ports and for the store.
const ENOUGH: u64 = 65_536;

/// Raises the limit as far as the system lets anyone. Connections count as files; many of them, on
/// any port, must not keep the others from answering and the store from opening its files.
pub(super) fn raise_limit() {
    let Ok((allowed, most)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return;
    };
    let wanted = most.min(ENOUGH);
    if allowed < wanted
        && let Err(failure) = setrlimit(Resource::RLIMIT_NOFILE, wanted, most)
    {
        tracing::warn!("no more than {allowed} files and connections can be open: {failure}");
    }
}
