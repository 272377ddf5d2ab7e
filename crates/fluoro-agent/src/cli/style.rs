//! How output looks on the terminal it goes to.

use std::{
    env,
    io::{IsTerminal, stdout},
};

/// What output is drawn with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Style {
    /// Lines and bars of Unicode instead of ASCII.
    pub(super) unicode: bool,
    /// Colours of the terminal.
    pub(super) colour: bool,
    /// The terminal's width in columns; none for files and pipes, whose lines may be long.
    pub(super) width: Option<usize>,
}

/// The characters that lines and bars are made of.
pub(super) struct Lines {
    pub(super) fork: &'static str,
    pub(super) last: &'static str,
    pub(super) stem: &'static str,
    pub(super) gap: &'static str,
    pub(super) bar: &'static str,
    pub(super) ellipsis: &'static str,
    pub(super) service: &'static str,
    pub(super) fault: &'static str,
}

const UNICODE: Lines = Lines {
    fork: "├─ ",
    last: "└─ ",
    stem: "│  ",
    gap: "   ",
    bar: "━",
    ellipsis: "…",
    service: "●",
    fault: "✗",
};

const ASCII: Lines = Lines {
    fork: "|- ",
    last: "`- ",
    stem: "|  ",
    gap: "   ",
    bar: "=",
    ellipsis: "...",
    service: "*",
    fault: "x",
};

/// What a piece of text means; colours say so again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paint {
    Plain,
    Faint,
    Strong,
    Service,
    Good,
    Warning,
    Bad,
}

impl Style {
    /// Colours and the width if standard output is a terminal; `NO_COLOR` and `CLICOLOR_FORCE` are
    /// honoured, ASCII is used where the locale has no UTF-8.
    pub(super) fn of_terminal() -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_terminal = stdout().is_terminal();
        let size = terminal_size::terminal_size_of(stdout());
        Self {
            unicode: is_utf8(|name| env::var(name).ok()),
            colour: !is_set("NO_COLOR") && (is_terminal || is_set("CLICOLOR_FORCE")),
            width: size.map(|(width, _)| usize::from(width.0)),
        }
    }

    pub(super) const fn lines(self) -> &'static Lines {
        if self.unicode { &UNICODE } else { &ASCII }
    }

    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Faint => "2",
            Paint::Strong => "1",
            Paint::Service => "1;36",
            Paint::Good => "32",
            Paint::Warning => "33",
            Paint::Bad => "31",
            Paint::Plain => "",
        };
        if !self.colour || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Printable characters only, cut to so many columns.
    pub(super) fn cut(self, text: &str, columns: usize) -> String {
        let printable: String = text.chars().filter(|letter| !letter.is_control()).collect();
        if width(&printable) <= columns {
            return printable;
        }
        let ellipsis = self.lines().ellipsis;
        let Some(room) = columns.checked_sub(width(ellipsis)) else {
            return String::new();
        };
        let mut kept = String::new();
        for letter in printable.chars() {
            if width(&kept) + width(letter.encode_utf8(&mut [0; 4])) > room {
                break;
            }
            kept.push(letter);
        }
        kept + ellipsis
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Whether the locale says UTF-8; one that says nothing, as in containers, is taken to.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut said = names
        .into_iter()
        .filter_map(variable)
        .filter(|value| !value.is_empty());
    said.next().is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8") || locale == "c" || locale == "posix"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_counts_columns_and_drops_control_characters() {
        let style = Style {
            unicode: true,
            ..Style::default()
        };
        assert_eq!(style.cut("\u{1b}[31mred\n", 20), "[31mred");
        assert_eq!(style.cut("abcdef", 4), "abc…");
        assert_eq!(style.cut("追跡追跡", 5), "追跡…");
        assert_eq!(style.cut("追跡", 4), "追跡");
        assert_eq!(Style::default().cut("abcdef", 2), "");
    }

    #[test]
    fn the_locale_decides_about_unicode() {
        let with =
            |value: &'static str| is_utf8(move |name| (name == "LANG").then(|| value.into()));
        assert!(with("de_DE.UTF-8") && with("C.utf8") && with("") && with("C"));
        assert!(!with("de_DE.ISO-8859-1"));
    }
}
