//! Notices when the process was forked, so that a child never repeats its parent's identifiers.
#![allow(unsafe_code)]

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(1);
static REGISTER: Once = Once::new();

extern "C" fn child_started() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// A number that differs between a process and its forked children.
///
/// Reading it costs one atomic load; the process id would cost a system call.
pub fn generation() -> u64 {
    REGISTER.call_once(|| {
        // SAFETY: the handler only adds to an atomic, which is safe in a freshly forked child.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(child_started)) };
    });
    GENERATION.load(Ordering::Relaxed)
}
