use fluoro_wire::trace::Node;

use super::{mark::Mark, timeline::Timeline};
use crate::cli::style::{Paint, Style, width};

/// Longest label of a row where nothing limits it, in columns.
const MAX_LABEL: usize = 90;

/// Columns that a label has at least, however narrow the terminal is.
const LEAST_LABEL: usize = 24;

/// Columns of the outcome.
const OUTCOME: usize = 9;

/// One line of the tree.
pub(super) struct Row<'a> {
    /// The lines that lead to it.
    pub(super) branch: String,
    /// What it is.
    pub(super) name: String,
    /// What tells it from others of that name.
    pub(super) detail: String,
    /// Absent for the exceptions below a node.
    pub(super) node: Option<&'a Node>,
}

impl Row<'_> {
    /// The columns there are for labels.
    pub(super) fn room(timeline: &Timeline, style: Style) -> usize {
        style.width.map_or(MAX_LABEL, |columns| {
            let rest = 2 + OUTCOME + 2 + timeline.width();
            columns.saturating_sub(rest).clamp(LEAST_LABEL, MAX_LABEL)
        })
    }

    /// The same in printable characters, its parts cut to the room there is.
    pub(super) fn fitted(mut self, room: usize, style: Style) -> Self {
        let deepest = room * 2 / 3;
        if width(&self.branch) > deepest {
            let all = self.branch.chars().count();
            self.branch = self.branch.chars().skip(all - deepest).collect();
        }
        let room = room - width(&self.branch);
        self.name = style.cut(&self.name, room);
        let room = room - width(&self.name);
        let detail = style.cut(&format!(" {}", self.detail), room);
        self.detail = detail.trim_end().to_owned();
        self
    }

    pub(super) fn width(&self) -> usize {
        [&self.branch, &self.name, &self.detail]
            .map(|part| width(part))
            .iter()
            .sum()
    }

    pub(super) fn draw(&self, label_width: usize, timeline: &Timeline, style: Style) -> String {
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
        let outcome = mark.text(&node.document, style);
        let row = format!(
            "{branch}{}{}{}  {}  {}  {}",
            style.paint(name_paint, &self.name),
            style.paint(Paint::Faint, &self.detail),
            " ".repeat(label_width.saturating_sub(self.width())),
            style.paint(mark.paint(), &format!("{outcome:<OUTCOME$}")),
            timeline.times(&node.document),
            style.paint(mark.paint(), &timeline.bar(&node.document, style)),
        );
        row.trim_end().to_owned()
    }
}
