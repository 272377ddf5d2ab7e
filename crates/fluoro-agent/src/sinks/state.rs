//! What is known and counted about one sink, shared by its parts.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use prometheus_client::metrics::{counter::Counter, gauge::Gauge};

use super::{
    answer::{Refusal, Trouble},
    quiet_log::QuietLog,
    status::{Condition, LastError, SinkStatus},
};
use crate::{
    clock::now,
    metrics::{Metrics, SinkLabel},
};

/// Counters and condition of one sink.
pub(super) struct State {
    name: String,
    sent: Counter,
    refused: Counter,
    expired: Counter,
    retries: Counter,
    pending: Gauge,
    known: Mutex<Known>,
}

struct Known {
    condition: Condition,
    since: f64,
    outage: Option<Outage>,
    last_error: Option<LastError>,
    last_refusal: Option<LastError>,
    troubles: Troubles,
    log: QuietLog,
}

struct Outage {
    began: Instant,
    told: bool,
}

impl Outage {
    const fn beginning(now: Instant) -> Self {
        Self {
            began: now,
            told: false,
        }
    }

    /// Whether the outage is to be told of now. Each is told of once; one that follows another
    /// closely only if it lasts.
    fn is_news(&mut self, log: &mut QuietLog, now: Instant) -> bool {
        let news = !self.told && log.pass("outage", 1, now).is_some();
        self.told |= news;
        news
    }
}

/// How many requests failed, by kind, since it was asked last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Troubles {
    pub(super) timeout: u64,
    pub(super) connection_refused: u64,
    pub(super) unknown_host: u64,
    pub(super) status_4xx: u64,
    pub(super) status_5xx: u64,
    pub(super) other: u64,
}

impl State {
    pub(super) fn new(name: &str, metrics: &Metrics) -> Arc<Self> {
        let label = SinkLabel {
            sink: name.to_owned(),
        };
        Arc::new(Self {
            name: name.to_owned(),
            sent: metrics.sent.get_or_create_owned(&label),
            refused: metrics.refused.get_or_create_owned(&label),
            expired: metrics.expired_unsent.get_or_create_owned(&label),
            retries: metrics.retries.get_or_create_owned(&label),
            pending: metrics.pending.get_or_create_owned(&label),
            known: Mutex::new(Known {
                condition: Condition::Waiting,
                since: now(),
                outage: None,
                last_error: None,
                last_refusal: None,
                troubles: Troubles::default(),
                log: QuietLog::default(),
            }),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The backend has answered. Returns how long it had not, if the last request had failed.
    pub(super) fn answered(&self) -> Option<Duration> {
        let mut known = self.known.lock();
        if known.condition != Condition::Working {
            known.condition = Condition::Working;
            known.since = now();
        }
        let outage = known.outage.take()?;
        let lasted = outage.began.elapsed();
        if outage.told {
            let name = &self.name;
            let seconds = lasted.as_secs_f64();
            let pending = self.pending.get();
            tracing::info!(
                "sink {name} works again after {seconds:.1} seconds; {pending} documents wait"
            );
        }
        Some(lasted)
    }

    /// A request failed and will be tried again.
    pub(super) fn failed(&self, trouble: Trouble, reason: &str) {
        self.retries.inc();
        let mut known = self.known.lock();
        known.troubles.count(trouble);
        known.last_error = Some(LastError {
            message: reason.to_owned(),
            at: now(),
        });
        if known.condition != Condition::Failing {
            known.condition = Condition::Failing;
            known.since = now();
        }
        let Known { outage, log, .. } = &mut *known;
        let outage = outage.get_or_insert_with(|| Outage::beginning(Instant::now()));
        if outage.is_news(log, Instant::now()) {
            let name = &self.name;
            tracing::warn!("sink {name} does not get through, documents wait: {reason}");
        }
    }

    /// The backend has taken documents.
    pub(super) fn sent(&self, documents: usize) {
        self.sent.inc_by(documents as u64);
    }

    /// The backend will never take some documents; of none, if it is only about a part of one.
    pub(super) fn refused(&self, refusal: &Refusal) {
        let Refusal { code, message, .. } = refusal;
        self.refused.inc_by(refusal.documents as u64);
        let of = match &refusal.document {
            Some(document) => format!(" (the last is {document})"),
            None => String::new(),
        };
        let mut known = self.known.lock();
        known.last_refusal = Some(LastError {
            message: format!("{code}: {message}{of}"),
            at: now(),
        });
        let count = refusal.documents as u64;
        let name = &self.name;
        if count == 0 {
            if let Some(parts) = known.log.pass("parts", 1, Instant::now()) {
                tracing::error!("sink {name}: {parts} parts of documents were left out: {message}");
            }
        } else if let Some(count) = known.log.pass(code, count, Instant::now()) {
            tracing::error!("sink {name}: {count} documents were refused: {code}: {message}{of}");
        }
    }

    /// Documents left the store before they could be sent.
    pub(super) fn expired(&self, documents: u64) {
        self.expired.inc_by(documents);
        let mut known = self.known.lock();
        if let Some(count) = known.log.pass("expired", documents, Instant::now()) {
            let name = &self.name;
            tracing::error!(
                "sink {name}: {count} documents left the store before they could be sent"
            );
        }
    }

    /// The store could not be read or written.
    pub(super) fn store_failed(&self, reason: &str) {
        let mut known = self.known.lock();
        known.last_error = Some(LastError {
            message: reason.to_owned(),
            at: now(),
        });
        if let Some(times) = known.log.pass("store", 1, Instant::now()) {
            let name = &self.name;
            tracing::error!("sink {name} could not use the store, {times} times: {reason}");
        }
    }

    pub(super) fn set_pending(&self, documents: u64) {
        self.pending.set(documents.min(i64::MAX as u64) as i64);
    }

    /// What failed since this was asked last.
    pub(super) fn take_troubles(&self) -> Troubles {
        std::mem::take(&mut self.known.lock().troubles)
    }

    pub(super) fn counts(&self) -> (u64, u64, u64) {
        (self.sent.get(), self.refused.get(), self.expired.get())
    }

    pub(super) fn status(&self) -> SinkStatus {
        let known = self.known.lock();
        SinkStatus {
            name: self.name.clone(),
            state: known.condition,
            since: known.since,
            sent: self.sent.get(),
            refused: self.refused.get(),
            expired: self.expired.get(),
            pending: self.pending.get().max(0) as u64,
            retries: self.retries.get(),
            last_error: known.last_error.clone(),
            last_refusal: known.last_refusal.clone(),
        }
    }
}

impl Troubles {
    fn count(&mut self, trouble: Trouble) {
        let counter = match trouble {
            Trouble::Timeout => &mut self.timeout,
            Trouble::ConnectionRefused => &mut self.connection_refused,
            Trouble::UnknownHost => &mut self.unknown_host,
            Trouble::Status4xx => &mut self.status_4xx,
            Trouble::Status5xx => &mut self.status_5xx,
            Trouble::Other => &mut self.other,
        };
        *counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_of_once_and_a_second_one_if_it_lasts() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut log = QuietLog::default();
        let mut first = Outage::beginning(start);
        assert!(first.is_news(&mut log, start));
        assert!(!first.is_news(&mut log, after(70)));
        let mut second = Outage::beginning(after(75));
        assert!(second.is_news(&mut log, after(75)));
        let mut third = Outage::beginning(after(80));
        assert!(!third.is_news(&mut log, after(80)));
        assert!(third.is_news(&mut log, after(140)));
    }
}
