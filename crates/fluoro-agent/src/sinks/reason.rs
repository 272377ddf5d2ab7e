//! What went wrong, in one line.

use std::error::Error;

/// The error and what caused it, each once: clients of HTTP often say little themselves.
pub(crate) fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }

    #[test]
    fn causes_follow_and_nothing_is_said_twice() {
        let layer = |text, source: Option<Layer>| Layer {
            text,
            source: source.map(Box::new),
        };
        let refused = layer("connection refused", None);
        let connect = layer("connect: connection refused", Some(refused));
        let request = layer("request failed", Some(connect));
        assert_eq!(
            reason(&request),
            "request failed: connect: connection refused"
        );
    }
}
