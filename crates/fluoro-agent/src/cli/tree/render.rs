use fluoro_wire::trace::{Node, Trace};

use super::{
    label::{detail_of, exceptions_of, name_of},
    row::Row,
    timeline::Timeline,
};
use crate::cli::{
    counted::counted,
    duration,
    style::{Paint, Style},
};

/// Draws a trace: a line about the whole, then one row for each segment and subsegment.
///
/// A row tells the name, the HTTP status or outcome, when it began after the trace's start, how
/// long it took, and where that lies on the trace's timeline. Exceptions stand below the part
/// that they were recorded on.
pub(in crate::cli) fn render(trace: &Trace, style: Style) -> String {
    let timeline = Timeline::new(trace, style);
    let room = Row::room(&timeline, style);
    let mut rows = Rows {
        rows: Vec::new(),
        room,
        style,
    };
    for root in &trace.roots {
        rows.add(root, "", "");
    }
    let with_times = rows.rows.iter().filter(|row| row.node.is_some());
    let label_width = with_times.map(Row::width).max().unwrap_or_default();
    let mut text = headline(trace, timeline.length, style);
    for row in &rows.rows {
        text.push_str(&row.draw(label_width, &timeline, style));
        text.push('\n');
    }
    text
}

fn headline(trace: &Trace, length: f64, style: Style) -> String {
    let id = trace
        .id
        .map_or_else(|| "without id".to_owned(), |id| id.to_string());
    let (segments, subsegments): (Vec<_>, Vec<_>) = trace.nodes().partition(|node| node.is_segment);
    format!(
        "{}  {}, {}, {}\n",
        style.paint(Paint::Strong, &format!("Trace {id}")),
        counted(segments.len(), "segment"),
        counted(subsegments.len(), "subsegment"),
        duration::shown(length),
    )
}

struct Rows<'a> {
    rows: Vec<Row<'a>>,
    room: usize,
    style: Style,
}

impl<'a> Rows<'a> {
    /// Adds a node and what is below it; `below` leads to the lines under the node.
    fn add(&mut self, node: &'a Node, branch: &str, below: &str) {
        let name = name_of(node, self.style);
        let detail = detail_of(&node.document, self.style);
        self.push(branch.to_owned(), name, detail, Some(node));
        let lines = self.style.lines();
        let stem = if node.children.is_empty() {
            lines.gap
        } else {
            lines.stem
        };
        for exception in exceptions_of(&node.document) {
            self.push(format!("{below}{stem}"), "!".to_owned(), exception, None);
        }
        for (index, child) in node.children.iter().enumerate() {
            let is_last = index + 1 == node.children.len();
            let (fork, stem) = if is_last {
                (lines.last, lines.gap)
            } else {
                (lines.fork, lines.stem)
            };
            self.add(child, &format!("{below}{fork}"), &format!("{below}{stem}"));
        }
    }

    fn push(&mut self, branch: String, name: String, detail: String, node: Option<&'a Node>) {
        let row = Row {
            branch,
            name,
            detail,
            node,
        };
        // An exception needs no columns for times.
        let room = match node {
            Some(_) => self.room,
            None => self.style.width.unwrap_or(usize::MAX / 4),
        };
        self.rows.push(row.fitted(room, self.style));
    }
}
