//! What is wrong with an expression, and where.

use std::fmt;

use fluoro_wire::limits::cut_to_bytes;

/// Most characters of the expression that are shown before and after the place.
const SHOWN_AROUND: usize = 60;

/// An expression that cannot be understood. Displays the expression with a mark under the place.
///
/// ```
/// use fluoro_store::filter::Filter;
/// let error = "fault AND responsetme > 2".parse::<Filter>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "there is no keyword `responsetme`; did you mean `responsetime`?
///     fault AND responsetme > 2
///               ^^^^^^^^^^^
/// allowed here: a keyword such as `fault`, service(…), edge(…), annotation.KEY, group.name, \
/// rootcause.…, `!`, `(`"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    /// The expression, as given.
    pub expression: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where it is wrong: the byte at which the place begins.
    pub at: usize,
    /// How many bytes are wrong; zero where something is missing.
    pub length: usize,
    /// What may stand there.
    pub expected: Vec<String>,
}

impl FilterError {
    /// The line of the place, cut around it, and the marks for below it.
    fn excerpt(&self) -> (String, String) {
        // The fields are public: a place within a character counts as the one before it.
        let before = cut_to_bytes(&self.expression, self.at);
        let rest = &self.expression[before.len()..];
        let before = before.rsplit('\n').next().unwrap_or_default();
        let rest = rest.split('\n').next().unwrap_or_default();
        let hidden = before.chars().count().saturating_sub(SHOWN_AROUND);
        let before: String = before.chars().skip(hidden).collect();
        let wrong = cut_to_bytes(rest, self.length);
        let marks = wrong.chars().count().clamp(1, SHOWN_AROUND);
        let shown: String = rest.chars().take(marks + SHOWN_AROUND).collect();
        let ellipsis = if hidden > 0 { "…" } else { "" };
        let more = if shown.len() < rest.len() { "…" } else { "" };
        let indent = " ".repeat(before.chars().count() + ellipsis.chars().count());
        let line = format!("{ellipsis}{before}{shown}{more}").replace(['\t', '\r'], " ");
        (line, indent + &"^".repeat(marks))
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, marks) = self.excerpt();
        write!(formatter, "{}\n    {line}\n    {marks}", self.message)?;
        if !self.expected.is_empty() {
            write!(formatter, "\nallowed here: {}", self.expected.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(expression: &str, at: usize, length: usize) -> String {
        let error = FilterError {
            expression: expression.to_owned(),
            message: "wrong".to_owned(),
            at,
            length,
            expected: Vec::new(),
        };
        error.to_string()
    }

    #[test]
    fn marks_stand_under_characters_not_bytes() {
        let shown = error("user = \"ü\" § x", 12, 2);
        assert_eq!(shown, "wrong\n    user = \"ü\" § x\n               ^");
    }

    #[test]
    fn only_the_line_and_its_neighbourhood_are_shown() {
        assert_eq!(
            error("fault\nAND x\nok", 10, 1),
            "wrong\n    AND x\n        ^"
        );
        let long = error(&"fault ".repeat(100), 300, 5);
        assert!(
            long.lines().all(|line| line.chars().count() < 140),
            "{long}"
        );
        assert!(long.contains("…fault"), "{long}");
    }

    #[test]
    fn the_end_is_a_place_too() {
        assert_eq!(error("a =", 3, 0), "wrong\n    a =\n       ^");
        assert_eq!(error("", 0, 0), "wrong\n    \n    ^");
        assert_eq!(error("ü", 1, 9), "wrong\n    ü\n    ^");
        assert_eq!(error("ü", 7, 1), "wrong\n    ü\n     ^");
    }
}
