//! PHP: numbered lines. (OpenTelemetry's PHP SDK writes lines that begin with `at` instead.)

use super::{Cause, Frame, Stack};

pub(super) fn parse(text: &str) -> Stack<'_> {
    let mut stack = Stack::default();
    for line in text.lines().map(str::trim) {
        if let Some(numbered) = line.strip_prefix('#') {
            if let Some(frame) = frame(numbered) {
                stack.last_frames().push(frame);
            }
        } else if let Some(next) = line.strip_prefix("Next ") {
            stack.causes.push(Cause::of(next));
        }
    }
    stack
}

/// `0 /srv/cart.php(3): Cart->buy('tea')`
fn frame(numbered: &str) -> Option<Frame<'_>> {
    let (_, call) = numbered.split_once(' ')?;
    let (place, label) = call.split_once(": ")?;
    let place = place
        .strip_suffix(')')
        .and_then(|place| place.rsplit_once('('));
    let (path, line) = place.unwrap_or(("", "0"));
    Some(Frame {
        path,
        line: line.parse().unwrap_or(0),
        label: label.split('(').next().unwrap_or(label),
    })
}
