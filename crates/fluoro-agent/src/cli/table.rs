//! Rows in columns that fit the terminal.

use super::style::{Paint, Style, width};

/// Columns between two cells.
const GAP: usize = 2;

/// Fewest columns in which a cell that may be cut still tells something.
const LEAST: usize = 12;

/// How a column is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    /// Text, never cut.
    Left,
    /// Numbers, never cut.
    Right,
    /// Text that is cut when room is short.
    Cut,
    /// Text that is cut, and left out when there is hardly any room.
    Spare,
}

/// A cell and what it means.
pub(super) type Cell = (String, Paint);

/// A heading and rows below it.
pub(super) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with as many cells as there are columns.
    pub(super) fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    pub(super) fn draw(&self, style: Style) -> String {
        let widths = self.widths(style);
        let headings = self.columns.iter();
        let headings: Vec<_> = headings
            .map(|(heading, _)| ((*heading).to_owned(), Paint::Faint))
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&headings).chain(&self.rows) {
            let mut line = String::new();
            let mut padding = 0;
            for ((cell, paint), (columns, (_, align))) in
                row.iter().zip(widths.iter().zip(&self.columns))
            {
                let Some(columns) = *columns else {
                    continue;
                };
                let cell = style.cut(cell, columns);
                let rest = columns - width(&cell);
                let (before, after) = if *align == Align::Right {
                    (rest, 0)
                } else {
                    (0, rest)
                };
                line.push_str(&" ".repeat(padding + before));
                line.push_str(&style.paint(*paint, &cell));
                padding = after + GAP;
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The width of each column; none for those that are left out.
    fn widths(&self, style: Style) -> Vec<Option<usize>> {
        let natural = |index: usize| {
            let cells = self.rows.iter().map(|row| width(&row[index].0));
            let heading = width(self.columns[index].0);
            cells.chain([heading]).max().unwrap_or_default()
        };
        let mut widths: Vec<_> = (0..self.columns.len())
            .map(|index| Some(natural(index)))
            .collect();
        let Some(room) = style.width else {
            return widths;
        };
        for align in [Align::Spare, Align::Cut] {
            for index in 0..widths.len() {
                let taken: usize = widths.iter().flatten().map(|width| width + GAP).sum();
                let excess = taken.saturating_sub(GAP).saturating_sub(room);
                if self.columns[index].1 != align || excess == 0 {
                    continue;
                }
                let left = widths[index].unwrap_or_default().saturating_sub(excess);
                widths[index] = match align {
                    Align::Spare if left < LEAST => None,
                    _ => Some(left.max(LEAST)),
                };
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(columns: Option<usize>) -> String {
        let mut table = Table::new(&[
            ("TIME", Align::Left),
            ("MS", Align::Right),
            ("REQUEST", Align::Cut),
            ("SERVICES", Align::Spare),
            ("ID", Align::Left),
        ]);
        for (ms, request) in [("1", "GET /a/long/path/of/many/parts"), ("10", "POST /b")] {
            let cells = ["10:00:00", ms, request, "shop, inventory", "1-2"];
            table.push(cells.map(|cell| (cell.to_owned(), Paint::Plain)).to_vec());
        }
        let style = Style {
            unicode: true,
            colour: false,
            width: columns,
        };
        table.draw(style)
    }

    #[test]
    fn room_is_given_to_what_cannot_be_cut() {
        insta::assert_snapshot!(drawn(None));
        insta::assert_snapshot!(drawn(Some(64)));
        insta::assert_snapshot!(drawn(Some(40)));
    }
}
