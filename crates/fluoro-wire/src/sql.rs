//! SQL text without its literals.
//!
//! Statements are recorded to show *what* ran, never *with which data*: every literal becomes
//! `?`, comments go, names and placeholders stay.
//!
//! One reader for all dialects cannot always tell where a literal ends (does a backslash escape
//! a quote?), nor whether `"x"` is a name or a string. It never guesses in favour of showing:
//!
//! - where dialects disagree on the end of a literal or comment, or a literal does not end at
//!   all, the rest of the statement becomes one `?`;
//! - `"x"` stays only in statements that prove to use double quotes for names, and not where a
//!   value is expected even then.

mod lexer;
mod quoted_names;

use std::borrow::Cow;

use lexer::{Kind, Lexer};
use quoted_names::QuotedNames;

use crate::limits::{MAX_SQL_BYTES, TRUNCATION_MARKER, cut_to_bytes};

/// What stands for a literal.
const PLACEHOLDER: &str = "?";

/// The statement with every literal replaced by `?` and without comments.
///
/// At most [`MAX_SQL_BYTES`] of the statement are kept; a marker tells that it was cut. A
/// statement with nothing to hide is returned as it is.
///
/// ```
/// use fluoro_wire::sanitize_sql;
/// let sql = "SELECT \"u\".id FROM users AS \"u\" WHERE name = 'O''Brien' AND age > 42 -- vip";
/// assert_eq!(sanitize_sql(sql), "SELECT \"u\".id FROM users AS \"u\" WHERE name = ? AND age > ?");
/// ```
pub fn sanitize_sql(sql: &str) -> Cow<'_, str> {
    sanitize(sql, DoubleQuotes::Unknown)
}

/// The same for a database in which double quotes mean names and nothing else, such as PostgreSQL.
///
/// ```
/// use fluoro_wire::sql::sanitize_standard_sql;
/// let sql = "SELECT \"title\" FROM books WHERE \"author\" = 'Ende'";
/// assert_eq!(sanitize_standard_sql(sql), "SELECT \"title\" FROM books WHERE \"author\" = ?");
/// ```
pub fn sanitize_standard_sql(sql: &str) -> Cow<'_, str> {
    sanitize(sql, DoubleQuotes::Names)
}

/// What double quotes mean to a database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DoubleQuotes {
    Names,
    Unknown,
}

fn sanitize(sql: &str, double_quotes: DoubleQuotes) -> Cow<'_, str> {
    // What is beyond the window is not even looked at: a bulk insert may be megabytes long.
    let window = cut_to_bytes(sql, MAX_SQL_BYTES);
    let mut output = Output::new(window);
    let mut names = QuotedNames::of(window);
    for token in Lexer::new(window) {
        let keeps_name = names.as_mut().is_some_and(|names| names.observe(&token));
        match token.kind {
            Kind::Literal => output.replace(&token),
            Kind::DoubleQuoted if double_quotes == DoubleQuotes::Unknown && !keeps_name => {
                output.replace(&token);
            }
            Kind::Comment => output.remove(&token),
            _ => {}
        }
    }
    output.finish(window.len() < sql.len())
}

/// Copies the parts of a statement that stay, from the first change on.
struct Output<'a> {
    sql: &'a str,
    text: String,
    copied: usize,
}

impl<'a> Output<'a> {
    const fn new(sql: &'a str) -> Self {
        Self {
            sql,
            text: String::new(),
            copied: 0,
        }
    }

    fn replace(&mut self, token: &lexer::Token) {
        self.copy_up_to(token);
        self.text.push_str(PLACEHOLDER);
    }

    /// Leaves exactly one gap where the comment stood.
    fn remove(&mut self, token: &lexer::Token) {
        self.copy_up_to(token);
        let has_gap = self.text.is_empty() || self.text.ends_with(char::is_whitespace);
        let rest = &self.sql[self.copied..];
        if has_gap {
            self.copied += rest.len() - rest.trim_start().len();
        } else if !rest.starts_with(char::is_whitespace) && !rest.is_empty() {
            self.text.push(' ');
        }
    }

    fn copy_up_to(&mut self, token: &lexer::Token) {
        if self.copied < token.start {
            self.text.push_str(&self.sql[self.copied..token.start]);
        }
        self.copied = token.end;
    }

    fn finish(mut self, is_cut: bool) -> Cow<'a, str> {
        if self.copied == 0 && !is_cut {
            return Cow::Borrowed(self.sql);
        }
        self.text.push_str(&self.sql[self.copied..]);
        self.text.truncate(self.text.trim_end().len());
        if is_cut {
            self.text.push_str(TRUNCATION_MARKER);
        }
        Cow::Owned(self.text)
    }
}

#[cfg(test)]
mod tests;
