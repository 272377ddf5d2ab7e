//! .NET: inner exceptions stand inside the outer ones.

use super::{Cause, Frame, Stack, path_and_line};

pub(super) fn parse(text: &str) -> Stack<'_> {
    let mut stack = Stack::default();
    // Frames belong to the innermost exception that has not ended yet.
    let mut open = 0;
    for line in text.lines().map(str::trim) {
        if let Some(inner) = line.strip_prefix("---> ") {
            stack.causes.push(Cause::of(inner));
            open = stack.causes.len();
        } else if line.starts_with("--- End of inner exception") {
            open = open.saturating_sub(1);
        } else if let Some(call) = line.strip_prefix("at ") {
            let frames = match open.checked_sub(1) {
                Some(index) => &mut stack.causes[index].frames,
                None => &mut stack.frames,
            };
            frames.push(frame(call));
        }
    }
    stack
}

/// `Shop.Cart.Buy(String item) in C:\shop\Cart.cs:line 3`
fn frame(call: &str) -> Frame<'_> {
    let Some((label, place)) = call.rsplit_once(") in ") else {
        return Frame {
            label: call,
            ..Frame::default()
        };
    };
    let (path, line) = match place.rsplit_once(":line ") {
        Some((path, line)) => (path, line.trim().parse().unwrap_or(0)),
        None => path_and_line(place),
    };
    Frame {
        path,
        line,
        // With the bracket that was split at.
        label: &call[..=label.len()],
    }
}
