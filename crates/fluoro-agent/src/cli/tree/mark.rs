use fluoro_wire::Document;
use serde_json::Value;

use crate::cli::style::{Paint, Style};

/// How a segment or subsegment ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Fine,
    Open,
    Error,
    Throttle,
    Fault,
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
            Self::Fine => "ok",
            Self::Open => "open",
            Self::Error => "error",
            Self::Throttle => "throttled",
            Self::Fault => "fault",
        };
        let status = document
            .get(&["http", "response", "status"])
            .and_then(Value::as_u64);
        match (status, self) {
            (None, _) | (_, Self::Open) => outcome.to_owned(),
            (Some(status), Self::Fault) => format!("{status} {}", style.lines().fault),
            (Some(status), Self::Fine) => status.to_string(),
            (Some(status), _) => format!("{status} !"),
        }
    }
}
