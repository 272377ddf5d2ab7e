//! Ruby: path, line and method, innermost first.

use super::{Frame, Stack};

pub(super) fn parse(text: &str) -> Stack<'_> {
    Stack {
        frames: text.lines().filter_map(|line| frame(line.trim())).collect(),
        causes: Vec::new(),
    }
}

/// ``from /srv/cart.rb:3:in `buy'``; the first line goes on with the message.
fn frame(line: &str) -> Option<Frame<'_>> {
    let (place, rest) = line.trim_start_matches("from ").split_once(":in ")?;
    let (path, line) = place.rsplit_once(':')?;
    let rest = rest.trim_start_matches(['`', '\'']);
    Some(Frame {
        path,
        line: line.parse().ok()?,
        label: rest.split('\'').next().unwrap_or(rest),
    })
}
