use std::{
    env,
    io::{IsTerminal, stdout},
};

use fluoro_wire::Document;
use serde_json::Value;

/// What a tree is drawn with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    /// Lines and bars of Unicode instead of ASCII.
    pub unicode: bool,
    /// Colours of the terminal.
    pub colour: bool,
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
    fault: &'static str,
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

#[derive(Clone, Copy)]
pub(super) enum Paint {
    Plain,
    Faint,
    Strong,
    Service,
    Good,
    Warning,
    Bad,
}

/// How a segment or subsegment ended.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Fine,
    Open,
    Error,
    Throttle,
    Fault,
}

impl Style {
    /// Colours if standard output is a terminal and `NO_COLOR` is not set; Unicode always.
    pub fn of_terminal() -> Self {
        let wants_no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            unicode: true,
            colour: stdout().is_terminal() && !wants_no_colour,
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
}

impl Mark {
    pub(super) const fn of(document: &Document) -> Self {
        if document.in_progress {
            Self::Open
        } else if document.fault {
            Self::Fault
        } else if document.throttle {
            Self::Throttle
        } else if document.error {
            Self::Error
        } else {
            Self::Fine
        }
    }

    pub(super) const fn paint(self) -> Paint {
        match self {
            Self::Fine => Paint::Good,
            Self::Open | Self::Error | Self::Throttle => Paint::Warning,
            Self::Fault => Paint::Bad,
        }
    }

    /// The HTTP status, and what is wrong.
    pub(super) fn text(self, document: &Document, style: Style) -> String {
        let outcome = match self {
            Self::Fine => "",
            Self::Open => "open",
            Self::Error => "error",
            Self::Throttle => "throttled",
            Self::Fault => "fault",
        };
        let status = document
            .get(&["http", "response", "status"])
            .and_then(Value::as_u64);
        match (status, self) {
            (Some(status), Self::Fault) => format!("{status} {}", style.lines().fault),
            (Some(status), Self::Fine) => status.to_string(),
            (Some(status), _) => format!("{status} !"),
            (None, _) if outcome.is_empty() => "ok".to_owned(),
            (None, _) => outcome.to_owned(),
        }
    }
}
