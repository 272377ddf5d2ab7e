//! Draws a trace as a tree with a timeline beside it.

mod style;

use fluoro_wire::{Document, limits::cut_to_characters};
use serde_json::Value;
pub use style::Style;
use style::{Mark, Paint};

use crate::trace::{Node, Trace};

/// Longest label of a row, in characters; longer ones are cut.
const MAX_LABEL: usize = 72;

/// Longest list of a query's columns that is shown, in bytes.
const LONGEST_COLUMNS: usize = 24;

/// Width of the timeline, in characters.
const TIMELINE: usize = 24;

/// Draws a trace: a line about the whole, then one row for each segment and subsegment.
///
/// A row tells the name, the HTTP status or outcome, when it began after the trace's start, how
/// long it took, and where that lies on the trace's timeline. Exceptions stand below the part
/// that they were recorded on.
pub fn render(trace: &Trace, style: Style) -> String {
    let start = trace.start_time().unwrap_or_default();
    let length = trace.end_time().unwrap_or(start) - start;
    let mut rows = Vec::new();
    for root in &trace.roots {
        add_rows(&mut rows, root, "", "", style);
    }
    let label_width = rows.iter().map(Row::width).max().unwrap_or_default();
    let timeline = Timeline { start, length };
    let mut text = headline(trace, length, style);
    for row in &rows {
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
        count(segments.len(), "segment"),
        count(subsegments.len(), "subsegment"),
        milliseconds(length),
    )
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1_000.0)
}

/// One line of the tree.
struct Row<'a> {
    branch: String,
    name: String,
    detail: String,
    /// Absent for the exceptions below a node.
    node: Option<&'a Node>,
}

/// Where the parts of a trace lie in it.
struct Timeline {
    start: f64,
    length: f64,
}

fn add_rows<'a>(rows: &mut Vec<Row<'a>>, node: &'a Node, branch: &str, below: &str, style: Style) {
    rows.push(Row::new(
        branch,
        &name_of(node, style),
        &detail_of(&node.document, style),
        Some(node),
        style,
    ));
    let lines = style.lines();
    let stem = if node.children.is_empty() {
        lines.gap
    } else {
        lines.stem
    };
    for exception in exceptions_of(&node.document) {
        rows.push(Row::new(
            &format!("{below}{stem}"),
            "!",
            &exception,
            None,
            style,
        ));
    }
    for (index, child) in node.children.iter().enumerate() {
        let is_last = index + 1 == node.children.len();
        let (fork, stem) = if is_last {
            (lines.last, lines.gap)
        } else {
            (lines.fork, lines.stem)
        };
        add_rows(
            rows,
            child,
            &format!("{below}{fork}"),
            &format!("{below}{stem}"),
            style,
        );
    }
}

fn name_of(node: &Node, style: Style) -> String {
    let name = match node.document.name.as_str() {
        "" => "(no name)",
        name => name,
    };
    if node.is_segment {
        format!("{} {name}", style.lines().service)
    } else {
        name.to_owned()
    }
}

/// What tells calls of the same name apart: the request, the query or the operation.
fn detail_of(document: &Document, style: Style) -> String {
    let text = |path: &[&str]| {
        document
            .get(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let query = without_columns(&one_line(text(&["sql", "sanitized_query"])), style);
    let parts = [
        text(&["http", "request", "method"]),
        path_of(text(&["http", "request", "url"])),
        &query,
        text(&["aws", "operation"]),
    ];
    one_line(&parts.join(" "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A query whose list of columns, if it is long, makes room for what is more telling.
fn without_columns(query: &str, style: Style) -> String {
    match query.split_once(" FROM ") {
        Some((columns, rest)) if columns.len() > LONGEST_COLUMNS => {
            let verb = columns.split(' ').next().unwrap_or_default();
            format!("{verb} {} FROM {rest}", style.lines().ellipsis)
        }
        _ => query.to_owned(),
    }
}

/// The path of a URL: the host is the name of the segment already, or next to it.
fn path_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else {
        return url;
    };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

fn exceptions_of(document: &Document) -> Vec<String> {
    let exceptions = document
        .get(&["cause", "exceptions"])
        .and_then(Value::as_array);
    let describe = |exception: &Value| {
        let text = |key: &str| exception[key].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", text("type"), text("message").replace('\n', " "))
    };
    exceptions.into_iter().flatten().map(describe).collect()
}

impl<'a> Row<'a> {
    /// A row of printable characters, cut to the longest label there is room for.
    fn new(branch: &str, name: &str, detail: &str, node: Option<&'a Node>, style: Style) -> Self {
        let name = cut(name, MAX_LABEL, style);
        let room = MAX_LABEL.saturating_sub(name.chars().count());
        let detail = cut(&format!(" {detail}"), room, style);
        Self {
            branch: branch.to_owned(),
            name,
            detail: detail.trim_end().to_owned(),
            node,
        }
    }

    fn width(&self) -> usize {
        [&self.branch, &self.name, &self.detail]
            .map(|part| part.chars().count())
            .iter()
            .sum()
    }

    fn draw(&self, label_width: usize, timeline: &Timeline, style: Style) -> String {
        let branch = style.paint(Paint::Faint, &self.branch);
        let Some(node) = self.node else {
            return branch + &style.paint(Paint::Bad, &format!("{}{}", self.name, self.detail));
        };
        let mark = Mark::of(&node.document);
        let name_paint = if node.is_segment {
            Paint::Service
        } else {
            Paint::Plain
        };
        let row = format!(
            "{branch}{}{}{}  {}  {}  {}",
            style.paint(name_paint, &self.name),
            style.paint(Paint::Faint, &self.detail),
            " ".repeat(label_width - self.width()),
            style.paint(
                mark.paint(),
                &format!("{:<9}", mark.text(&node.document, style))
            ),
            timeline.times(&node.document),
            style.paint(mark.paint(), &timeline.bar(&node.document, style)),
        );
        row.trim_end().to_owned()
    }
}

fn cut(text: &str, length: usize, style: Style) -> String {
    let printable: String = text
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    if printable.chars().count() <= length {
        return printable;
    }
    let ellipsis = style.lines().ellipsis;
    match length.checked_sub(ellipsis.chars().count()) {
        Some(kept) => format!("{}{ellipsis}", cut_to_characters(&printable, kept)),
        None => String::new(),
    }
}

impl Timeline {
    fn times(&self, document: &Document) -> String {
        let offset = document
            .start_time
            .map(|start| milliseconds(start - self.start));
        let duration = document.duration().map(milliseconds);
        let or_dash = |time: Option<String>| time.unwrap_or_else(|| "-".to_owned());
        format!(
            "{:>10}  {:>10}",
            format!("+{}", or_dash(offset)),
            or_dash(duration)
        )
    }

    fn bar(&self, document: &Document, style: Style) -> String {
        let Some(start) = document.start_time else {
            return String::new();
        };
        let end = document.end_time.unwrap_or(self.start + self.length);
        let cell = |time: f64| {
            let share = (time - self.start) / self.length.max(f64::MIN_POSITIVE);
            (share.clamp(0.0, 1.0) * TIMELINE as f64).round() as usize
        };
        let first = cell(start).min(TIMELINE - 1);
        let length = cell(end).saturating_sub(first).max(1);
        " ".repeat(first) + &style.lines().bar.repeat(length)
    }
}

#[cfg(test)]
mod tests;
