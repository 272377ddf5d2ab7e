//! What is known of a bucket as a whole: enough to leave out the ones that a question is not about.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::trace_row::Times;
use crate::{TimeRange, TimeRangeKind};

/// Numbers and times of all that a bucket has.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Extent {
    /// The number of the first document that may come into the bucket.
    pub(super) first_number: i64,
    /// The number of the next document.
    pub(super) next_number: i64,
    /// How many traces it has.
    pub(super) traces: i64,
    /// When the first document arrived; infinite if there is none.
    pub(super) oldest_arrival: f64,
    /// When the last document arrived; negative infinite if there is none.
    pub(super) youngest_arrival: f64,
    /// The earliest start of a trace.
    pub(super) first_start: f64,
    /// The latest start of a trace.
    pub(super) last_start: f64,
    /// The longest time from a trace's start to its last time.
    pub(super) longest: f64,
    /// How far a trace's time is ahead of its start at most.
    pub(super) ahead: f64,
    /// How far a trace's time is behind its start at most.
    pub(super) behind: f64,
}

pub(super) const SCHEMA: &str = "
    CREATE TABLE extent (
        only INTEGER PRIMARY KEY CHECK (only = 0),
        first_number INTEGER NOT NULL, next_number INTEGER NOT NULL, traces INTEGER NOT NULL,
        oldest_arrival REAL NOT NULL, youngest_arrival REAL NOT NULL,
        first_start REAL NOT NULL, last_start REAL NOT NULL,
        longest REAL NOT NULL, ahead REAL NOT NULL, behind REAL NOT NULL
    );";

impl Extent {
    /// The extent of an empty bucket.
    pub(super) const fn starting_at(first_number: i64) -> Self {
        Self {
            first_number,
            next_number: first_number,
            traces: 0,
            oldest_arrival: f64::INFINITY,
            youngest_arrival: f64::NEG_INFINITY,
            first_start: f64::INFINITY,
            last_start: f64::NEG_INFINITY,
            longest: 0.0,
            ahead: 0.0,
            behind: 0.0,
        }
    }

    pub(super) const fn documents(&self) -> u64 {
        (self.next_number - self.first_number) as u64
    }

    /// Takes in the times of a trace.
    pub(super) const fn include(&mut self, times: &Times) {
        self.first_start = self.first_start.min(times.start);
        self.last_start = self.last_start.max(times.start);
        self.longest = self.longest.max(times.last - times.start);
        self.ahead = self.ahead.max(times.time - times.start);
        self.behind = self.behind.max(times.start - times.time);
    }

    /// The starts that traces of this bucket in the range have: from the first, to and with the
    /// last; none if it has no such traces.
    pub(super) fn starts(&self, range: &TimeRange) -> Option<(f64, f64)> {
        let (early, late) = match range.kind {
            TimeRangeKind::TraceId => (self.ahead, self.behind),
            TimeRangeKind::Event | TimeRangeKind::Service => (self.longest, 0.0),
        };
        // Sums are rounded; a start that does not match costs little.
        let slack = 0.001;
        let first = self.first_start.max(range.start - early - slack);
        let last = self.last_start.min(range.end + late + slack);
        (first <= last).then_some((first, last))
    }

    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT first_number, next_number, traces, oldest_arrival, youngest_arrival, \
                   first_start, last_start, longest, ahead, behind FROM extent";
        connection.query_row(sql, [], Self::read).optional()
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            first_number: row.get(0)?,
            next_number: row.get(1)?,
            traces: row.get(2)?,
            oldest_arrival: row.get(3)?,
            youngest_arrival: row.get(4)?,
            first_start: row.get(5)?,
            last_start: row.get(6)?,
            longest: row.get(7)?,
            ahead: row.get(8)?,
            behind: row.get(9)?,
        })
    }

    pub(super) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "REPLACE INTO extent VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        connection.prepare_cached(sql)?.execute(params![
            self.first_number,
            self.next_number,
            self.traces,
            self.oldest_arrival,
            self.youngest_arrival,
            self.first_start,
            self.last_start,
            self.longest,
            self.ahead,
            self.behind,
        ])?;
        Ok(())
    }
}
