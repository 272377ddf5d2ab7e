//! Stack traces as programming languages print them, read line by line.
//!
//! Nothing here fails: a line that is no frame is passed over, and a text in which nothing is
//! recognised has no frames.

mod at_lines;
mod dotnet;
mod go;
mod php;
mod python;
mod ruby;
#[cfg(test)]
mod tests;

/// Frames of an exception and of its causes, the innermost frame first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Stack<'a> {
    pub(super) frames: Vec<Frame<'a>>,
    /// What led to the exception; each was caused by the next one.
    pub(super) causes: Vec<Cause<'a>>,
}

/// An exception that caused another one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Cause<'a> {
    pub(super) kind: &'a str,
    pub(super) message: &'a str,
    pub(super) frames: Vec<Frame<'a>>,
}

/// One call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Frame<'a> {
    pub(super) path: &'a str,
    /// Zero if it is not known.
    pub(super) line: u32,
    pub(super) label: &'a str,
}

/// Reads a stack trace. Without a known language its looks decide; where the language does not
/// help, lines that begin with `at` do.
pub(super) fn parse<'a>(text: &'a str, language: Option<&str>) -> Stack<'a> {
    let stack = match language {
        Some("python") => python::parse(text),
        Some("dotnet") => dotnet::parse(text),
        Some("go") => go::parse(text),
        Some("php") => php::parse(text),
        Some("ruby") => ruby::parse(text),
        Some("java" | "nodejs" | "webjs") => at_lines::parse(text),
        _ if text.contains("Traceback (most recent call last)") => python::parse(text),
        _ if text.starts_with("goroutine ") => go::parse(text),
        _ if text.contains("\n#0 ") || text.starts_with("#0 ") => php::parse(text),
        _ if text.contains(":line ") => dotnet::parse(text),
        _ => at_lines::parse(text),
    };
    if stack.frames.is_empty() {
        return at_lines::parse(text);
    }
    stack
}

impl<'a> Stack<'a> {
    /// The frames of the exception that was read last.
    fn last_frames(&mut self) -> &mut Vec<Frame<'a>> {
        match self.causes.last_mut() {
            Some(cause) => &mut cause.frames,
            None => &mut self.frames,
        }
    }
}

impl<'a> Cause<'a> {
    /// From a line `Type: message`.
    fn of(line: &'a str) -> Self {
        let (kind, message) = line.split_once(": ").unwrap_or((line, ""));
        Self {
            kind: kind.trim(),
            message: message.trim(),
            frames: Vec::new(),
        }
    }
}

/// `path:line`, or a path alone.
fn path_and_line(text: &str) -> (&str, u32) {
    match text.rsplit_once(':') {
        Some((path, line)) => match line.trim().parse() {
            Ok(line) => (path, line),
            Err(_) => (text, 0),
        },
        None => (text, 0),
    }
}
