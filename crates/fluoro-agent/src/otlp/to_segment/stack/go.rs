//! Go: each call takes two lines, the second one indented.

use super::{Frame, Stack, path_and_line};

pub(super) fn parse(text: &str) -> Stack<'_> {
    let mut stack = Stack::default();
    let mut label = "";
    for line in text.lines() {
        match line.strip_prefix('\t') {
            Some(place) if !label.is_empty() => {
                let place = place.split(" +0x").next().unwrap_or(place);
                let (path, line) = path_and_line(place);
                stack.frames.push(Frame { path, line, label });
                label = "";
            }
            Some(_) => {}
            None => label = called(line),
        }
    }
    stack
}

/// `main.buy({0x1, 0x2})` without its arguments, `created by main.main in goroutine 1` without
/// what is around.
fn called(line: &str) -> &str {
    if let Some(creator) = line.strip_prefix("created by ") {
        return creator.split(" in goroutine").next().unwrap_or(creator);
    }
    match line.rfind('(') {
        Some(bracket) if line.ends_with(')') => &line[..bracket],
        _ => "",
    }
}
