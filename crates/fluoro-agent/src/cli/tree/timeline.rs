use fluoro_wire::{Document, trace::Trace};

use crate::cli::{duration, style::Style};

/// Columns of the timeline where nothing limits it.
const WIDTH: usize = 24;

/// Fewest columns that tell anything.
const LEAST: usize = 8;

/// Where the parts of a trace lie in it.
pub(super) struct Timeline {
    start: f64,
    pub(super) length: f64,
    columns: usize,
}

impl Timeline {
    pub(super) fn new(trace: &Trace, style: Style) -> Self {
        let start = trace.start_time().unwrap_or_default();
        Self {
            start,
            length: trace.end_time().unwrap_or(start) - start,
            columns: style
                .width
                .map_or(WIDTH, |width| (width / 8).clamp(LEAST, WIDTH)),
        }
    }

    /// The columns that times and timeline take.
    pub(super) const fn width(&self) -> usize {
        TIMES + 2 + self.columns
    }

    /// When a part began after the trace's start, and how long it took.
    pub(super) fn times(&self, document: &Document) -> String {
        let offset = document
            .start_time
            .map(|start| format!("+{}", duration::shown(start - self.start)));
        let length = document.duration().map(duration::shown);
        let or_dash = |time: Option<String>| time.unwrap_or_else(|| "-".to_owned());
        format!("{:>10}  {:>10}", or_dash(offset), or_dash(length))
    }

    /// A bar where the part lies.
    pub(super) fn bar(&self, document: &Document, style: Style) -> String {
        let Some(start) = document.start_time else {
            return String::new();
        };
        let end = document.end_time.unwrap_or(self.start + self.length);
        let cell = |time: f64| {
            let share = (time - self.start) / self.length.max(f64::MIN_POSITIVE);
            (share.clamp(0.0, 1.0) * self.columns as f64).round() as usize
        };
        let first = cell(start).min(self.columns - 1);
        let length = cell(end).saturating_sub(first).max(1);
        " ".repeat(first) + &style.lines().bar.repeat(length)
    }
}

/// The columns of the two times.
const TIMES: usize = 22;
