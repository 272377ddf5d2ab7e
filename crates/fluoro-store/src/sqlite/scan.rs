//! Going through the traces of a range of time, newest start first, over all buckets.
//!
//! Each bucket has its traces sorted by start; the bucket whose next trace starts latest is always
//! the next one to be asked. A bucket is opened when its latest start is reached, and read in
//! pages, so memory does not depend on how many traces there are.
//!
//! A trace with parts in several buckets is left out where its parts are, and comes from the list
//! of continued traces instead, with the times of all parts together.

use std::{cmp::Ordering, ops::ControlFlow, sync::Arc};

use fluoro_wire::TraceId;
use rusqlite::params;

use super::{
    bucket::{Bucket, Reader},
    catalog::{Catalog, Continued},
    connection::FileError,
    trace_row::{self, Times, whole_microseconds},
};
use crate::{
    StoreError, TimeRange, TimeRangeKind,
    facts::{Needs, Trace},
};

/// Traces that are read from a bucket together.
const PAGE: usize = 256;

/// An id above all others, for when the next trace is not known yet.
const LAST_ID: TraceId = TraceId::from_bytes([0xff; 16]);

/// Where a trace stands among all: its start, then its id.
type Place = (f64, TraceId);

fn compare(one: &Place, other: &Place) -> Ordering {
    one.0.total_cmp(&other.0).then_with(|| one.1.cmp(&other.1))
}

/// The same, where what has no more traces comes first.
fn compare_latest(one: Option<Place>, other: Option<Place>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => compare(&one, &other),
        _ => one.is_some().cmp(&other.is_some()),
    }
}

/// A trace of the range.
enum Seen {
    Trace(Trace),
    /// It lacks what is needed.
    Unwanted(TraceId),
}

impl Seen {
    const fn id(&self) -> TraceId {
        match self {
            Self::Trace(trace) => trace.id,
            Self::Unwanted(id) => *id,
        }
    }
}

/// Where traces come from, latest start first.
trait TraceSource {
    /// The place of the next trace, or a later one; none if there is no more.
    fn latest(&self) -> Option<Place>;

    /// The next trace, if there is one after all.
    fn next(&mut self, catalog: &Catalog) -> Result<Option<Seen>, StoreError>;
}

impl Catalog {
    /// See [`Traces::search`](crate::Traces::search).
    pub(super) fn search(
        &self,
        range: TimeRange,
        latest_start: Option<f64>,
        needs: &Needs,
        visit: &mut dyn FnMut(Option<&Trace>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let needs = match range.kind {
            TimeRangeKind::TraceId | TimeRangeKind::Event => needs,
            // Whether a trace is in the range can only be told from its facts.
            TimeRangeKind::Service => &Needs::NOTHING,
        };
        let latest_start = whole_microseconds(latest_start.unwrap_or(f64::INFINITY));
        let mut sources = self.sources(range, latest_start, needs)?;
        loop {
            sources.sort_by(|one, other| compare_latest(other.latest(), one.latest()));
            let foremost = sources.split_first_mut();
            let Some((first, others)) = foremost.filter(|(first, _)| first.latest().is_some())
            else {
                return Ok(());
            };
            // A bucket mostly has many traces before it is another's turn.
            let next = others.first().and_then(|other| other.latest());
            while let Some(latest) = first.latest()
                && next.is_none_or(|next| compare(&latest, &next).is_ge())
            {
                let visited = match first.next(self)? {
                    Some(Seen::Trace(trace)) => visit(Some(&trace)),
                    Some(Seen::Unwanted(_)) => visit(None),
                    None => ControlFlow::Continue(()),
                };
                if visited.is_break() {
                    return Ok(());
                }
            }
        }
    }

    fn sources<'n>(
        &self,
        range: TimeRange,
        latest_start: f64,
        needs: &'n Needs,
    ) -> Result<Vec<Box<dyn TraceSource + 'n>>, StoreError> {
        let mut buckets = Vec::new();
        for bucket in &*self.buckets() {
            if let Some((first, last)) = bucket.extent().starts(&range) {
                let starts = (first, last.min(latest_start));
                buckets.push(BucketTraces::new(Arc::clone(bucket), range, starts, needs));
            }
        }
        // The newest bucket still changes: what it has is settled before the list of continued
        // traces is taken, so no trace can be in both.
        if let Some(newest) = buckets.last_mut() {
            newest.read_page(self)?;
        }
        let continued = self.continued();
        let mut sources: Vec<Box<dyn TraceSource + 'n>> = Vec::with_capacity(buckets.len() + 1);
        sources.push(Box::new(ContinuedTraces::new(
            &continued,
            range,
            latest_start,
        )));
        for mut bucket in buckets {
            bucket.continued = Some(Arc::clone(&continued));
            sources.push(Box::new(bucket));
        }
        Ok(sources)
    }
}

/// The traces of one bucket.
struct BucketTraces<'n> {
    bucket: Arc<Bucket>,
    range: TimeRange,
    needs: &'n Needs,
    continued: Option<Arc<Continued>>,
    reader: Option<Reader>,
    /// The latest start first; taken from the end.
    page: Vec<(f64, Seen)>,
    first_start: f64,
    /// Where the next page begins: below this start, or at it with a smaller id.
    next: Place,
    is_last_page: bool,
}

impl<'n> BucketTraces<'n> {
    fn new(
        bucket: Arc<Bucket>,
        range: TimeRange,
        (first, last): (f64, f64),
        needs: &'n Needs,
    ) -> Self {
        Self {
            bucket,
            range,
            needs,
            continued: None,
            reader: None,
            page: Vec::new(),
            first_start: first,
            next: (last, LAST_ID),
            is_last_page: false,
        }
    }

    /// Reads the next page; without the bucket if it is damaged.
    fn read_page(&mut self, catalog: &Catalog) -> Result<(), StoreError> {
        if let Err(error) = self.try_read_page() {
            self.is_last_page = true;
            catalog.forgive(&self.bucket, error)?;
        }
        Ok(())
    }

    fn try_read_page(&mut self) -> Result<(), FileError> {
        if self.reader.is_none() {
            let reader = self.bucket.reader()?;
            reader.execute_batch("BEGIN")?;
            self.reader = Some(reader);
        }
        let Some(reader) = &self.reader else {
            return Ok(());
        };
        let sql = "SELECT id, start, last, time, facts FROM traces \
                   WHERE start >= ?1 AND start <= ?2 AND (start < ?2 OR id < ?3) \
                   ORDER BY start DESC, id DESC";
        let mut statement = reader.prepare_cached(sql)?;
        let (start, id) = self.next;
        let mut rows = statement.query(params![self.first_start, start, id.as_bytes()])?;
        self.is_last_page = true;
        while let Some(row) = rows.next()? {
            let id = TraceId::from_bytes(row.get(0)?);
            let times = Times {
                start: row.get(1)?,
                last: row.get(2)?,
                time: row.get(3)?,
            };
            self.next = (times.start, id);
            if !times.may_match(&self.range) {
                continue;
            }
            let lasts = times.last - times.start;
            if !(self.needs).may_be_met(lasts, trace_row::facts_bytes(row, 4)?) {
                self.page.push((times.start, Seen::Unwanted(id)));
            } else {
                let facts = trace_row::facts(row, 4)?;
                if trace_row::matches(&self.range, &times, &facts) {
                    let trace = Trace { id, facts };
                    self.page.push((times.start, Seen::Trace(trace)));
                }
            }
            if self.page.len() == PAGE {
                self.is_last_page = false;
                break;
            }
        }
        self.page.reverse();
        Ok(())
    }
}

impl TraceSource for BucketTraces<'_> {
    fn latest(&self) -> Option<Place> {
        match self.page.last() {
            Some((start, seen)) => Some((*start, seen.id())),
            None if self.is_last_page => None,
            None => Some(self.next),
        }
    }

    fn next(&mut self, catalog: &Catalog) -> Result<Option<Seen>, StoreError> {
        if self.page.is_empty() {
            // Now its next start is known, and another bucket may have a later one.
            self.read_page(catalog)?;
            return Ok(None);
        }
        let seen = self.page.pop().map(|(_, seen)| seen);
        let is_continued = |seen: &Seen| {
            let continued = self.continued.as_ref();
            continued.is_some_and(|continued| continued.contains_key(&seen.id()))
        };
        Ok(seen.filter(|seen| !is_continued(seen)))
    }
}

/// The traces that have parts in several buckets.
struct ContinuedTraces {
    /// The latest start last.
    traces: Vec<Place>,
    range: TimeRange,
}

impl ContinuedTraces {
    fn new(continued: &Continued, range: TimeRange, latest_start: f64) -> Self {
        let matching = continued
            .iter()
            .filter(|(_, times)| times.start <= latest_start && times.may_match(&range));
        let mut traces: Vec<_> = matching.map(|(id, times)| (times.start, *id)).collect();
        traces.sort_unstable_by(compare);
        Self { traces, range }
    }
}

impl TraceSource for ContinuedTraces {
    fn latest(&self) -> Option<Place> {
        self.traces.last().copied()
    }

    fn next(&mut self, catalog: &Catalog) -> Result<Option<Seen>, StoreError> {
        let Some((_, id)) = self.traces.pop() else {
            return Ok(None);
        };
        let facts = catalog.facts(id)?;
        let matching = facts.filter(|facts| {
            let times = Times::of(id, facts);
            trace_row::matches(&self.range, &times, facts)
        });
        Ok(matching.map(|facts| Seen::Trace(Trace { id, facts })))
    }
}
