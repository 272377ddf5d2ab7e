//! Lines that begin with `at`: Java, JavaScript, and what this project writes itself.

use super::{Cause, Frame, Stack, path_and_line};

pub(super) fn parse(text: &str) -> Stack<'_> {
    let mut stack = Stack::default();
    let mut is_suppressed = false;
    for line in text.lines() {
        let words = line.trim();
        if let Some(cause) = words.strip_prefix("Caused by: ") {
            // The causes of suppressed exceptions are indented, too.
            is_suppressed = is_suppressed && line.starts_with(['\t', ' ']);
            if !is_suppressed {
                stack.causes.push(Cause::of(cause));
            }
        } else if words.starts_with("Suppressed: ") {
            is_suppressed = true;
        } else if let Some(cause) = words.strip_prefix("[cause]: ") {
            stack.causes.push(Cause::of(cause));
        } else if !is_suppressed && let Some(frame) = frame(words) {
            stack.last_frames().push(frame);
        }
    }
    stack
}

/// `at shop.Cart.buy(Cart.java:3)`, `at buy (/srv/cart.js:3:14)`, `at /srv/cart.js:3:14`, or
/// `buy@http://shop/cart.js:3:14`.
fn frame(line: &str) -> Option<Frame<'_>> {
    let Some(call) = line.strip_prefix("at ") else {
        let (label, place) = line.split_once('@')?;
        return Some(placed(label, place)).filter(|frame| frame.line > 0);
    };
    let call = call.trim_end_matches('{').trim_end();
    match call.strip_suffix(')').and_then(|call| call.split_once('(')) {
        Some((label, place)) => Some(placed(label.trim_end(), place)),
        None => Some(placed("", call)),
    }
}

/// Two numbers at the end are line and column, one is the line.
fn placed<'a>(label: &'a str, place: &'a str) -> Frame<'a> {
    let (path, last) = path_and_line(place);
    let (path, line) = match path_and_line(path) {
        (path, line) if line > 0 => (path, line),
        _ => (path, last),
    };
    Frame { path, line, label }
}
