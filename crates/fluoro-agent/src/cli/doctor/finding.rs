use crate::cli::style::{Paint, Style};

/// How something that was looked at is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// As it should be.
    Good,
    /// Neither good nor bad, or not needed.
    Neutral,
    /// The agent will not do what it was told.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) text: String,
}

impl Finding {
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self::new(Verdict::Good, text)
    }

    pub(super) fn neutral(text: impl Into<String>) -> Self {
        Self::new(Verdict::Neutral, text)
    }

    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self::new(Verdict::Bad, text)
    }

    fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self {
            verdict,
            text: text.into(),
        }
    }

    pub(super) fn draw(&self, style: Style) -> String {
        let (unicode, ascii, paint) = match self.verdict {
            Verdict::Good => ("✓", "+", Paint::Good),
            Verdict::Neutral => ("·", "-", Paint::Faint),
            Verdict::Bad => ("✗", "x", Paint::Bad),
        };
        let mark = if style.unicode { unicode } else { ascii };
        format!("  {} {}\n", style.paint(paint, mark), self.text)
    }
}

/// A heading with findings below it; nothing without findings.
pub(super) fn section(title: &str, findings: &[Finding], style: Style) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let findings: String = findings.iter().map(|finding| finding.draw(style)).collect();
    format!("{}\n{findings}\n", style.paint(Paint::Strong, title))
}
