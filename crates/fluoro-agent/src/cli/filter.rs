//! Filter expressions on the command line.

use std::fmt;

use fluoro_store::filter::{Filter, FilterError};

use super::style::width;

/// A filter expression that cannot be understood, shown with a mark under the place.
#[derive(Debug)]
pub(super) struct FilterComplaint(FilterError);

impl std::error::Error for FilterComplaint {}

impl fmt::Display for FilterComplaint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.0;
        // Tabs and line ends would tear expression and mark apart.
        let flat = |text: &str| text.replace(|letter: char| letter.is_control(), " ");
        let (before, rest) = error
            .expression
            .split_at_checked(error.at)
            .unwrap_or_default();
        let wrong = rest.get(..error.length).unwrap_or(rest);
        write!(
            formatter,
            "{}\n  {}\n  {}{}",
            error.message,
            flat(&error.expression),
            " ".repeat(width(&flat(before))),
            "^".repeat(width(&flat(wrong)).max(1)),
        )?;
        if !error.expected.is_empty() {
            write!(formatter, "\nexpected {}", error.expected.join(", "))?;
        }
        Ok(())
    }
}

/// The words of a command line as one expression that is known to be right; empty for everything.
pub(super) fn expression(words: &[String]) -> Result<String, FilterComplaint> {
    let text = words.join(" ");
    if !text.trim().is_empty() {
        // Groups are known to the agent alone.
        Filter::check(&text).map_err(FilterComplaint)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_what_is_wrong() {
        let complaint = |expression: &str, at, length| {
            let error = FilterError {
                expression: expression.to_owned(),
                message: "that is no number".to_owned(),
                at,
                length,
                expected: vec!["a number".to_owned()],
            };
            FilterComplaint(error).to_string()
        };
        let start = "that is no number\n  ";
        let end = "\nexpected a number";
        assert_eq!(
            complaint("duration > slow", 11, 4),
            format!("{start}duration > slow\n             ^^^^{end}")
        );
        assert_eq!(
            complaint("名\t>", 4, 0),
            format!("{start}名 >\n     ^{end}")
        );
        assert_eq!(complaint("x", 9, 9), format!("{start}x\n  ^{end}"));
    }
}
