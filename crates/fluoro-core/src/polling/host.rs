//! What the poller needs from the program it runs in.

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Of interest when looking for the cause of something.
    Debug,
    /// Normal operation resumed or changed.
    Info,
    /// Something needs attention; the program goes on.
    Warning,
}

/// The program a [`Poller`](super::Poller) runs in; called from the poller's thread.
///
/// Neither method may wait for a lock that is held while a sampling decision is made.
pub trait PollerHost: Send + Sync {
    /// Takes one line for the program's log.
    fn log(&self, level: LogLevel, message: &str);

    /// Calls `change`, which alters rules or counters, while the process cannot be forked: a child
    /// forked in the middle of it would inherit a lock that nobody releases. A host that cannot do
    /// so any more, since the program ends, does not call `change`.
    fn without_fork(&self, change: &mut dyn FnMut()) {
        change();
    }
}

/// A host that logs nothing and never forks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl PollerHost for Silent {
    fn log(&self, _level: LogLevel, _message: &str) {}
}
