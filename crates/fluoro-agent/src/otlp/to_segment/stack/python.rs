//! Python's tracebacks: outermost frame first, causes before what they led to.

use super::{Cause, Frame, Stack};

const CHAIN: [&str; 2] = [
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
];

pub(super) fn parse(text: &str) -> Stack<'_> {
    let mut blocks = vec![Cause::default()];
    for line in text.lines() {
        if CHAIN.contains(&line.trim()) {
            blocks.push(Cause::default());
        } else if let Some(block) = blocks.last_mut() {
            read(block, line);
        }
    }
    for block in &mut blocks {
        block.frames.reverse();
    }
    let last = blocks.pop().unwrap_or_default();
    blocks.reverse();
    Stack {
        frames: last.frames,
        causes: blocks,
    }
}

fn read<'a>(block: &mut Cause<'a>, line: &'a str) {
    if let Some(frame) = frame(line.trim()) {
        block.frames.push(frame);
        return;
    }
    // Source lines are indented; the exception's own line is not, and stands after the frames.
    let is_exception = !line.starts_with([' ', '\t'])
        && !line.is_empty()
        && !line.starts_with("Traceback ")
        && block.kind.is_empty();
    if is_exception {
        let Cause { kind, message, .. } = Cause::of(line);
        (block.kind, block.message) = (kind, message);
    }
}

/// `File "shop.py", line 3, in buy`
fn frame(line: &str) -> Option<Frame<'_>> {
    let (path, rest) = line.strip_prefix("File \"")?.rsplit_once("\", line ")?;
    let (line, label) = match rest.split_once(", in ") {
        Some((line, label)) => (line, label),
        None => (rest, ""),
    };
    Some(Frame {
        path,
        line: line.parse().ok()?,
        label,
    })
}
