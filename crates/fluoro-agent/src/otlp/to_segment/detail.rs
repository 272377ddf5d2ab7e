//! How much of a span is written.

use std::borrow::Cow;

use fluoro_wire::limits::{TRUNCATION_MARKER, cut_to_characters};

/// Everything; or, when that makes a document larger than X-Ray takes, less of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Detail {
    /// All there is.
    Full,
    /// Long texts are cut, stacks are short, lists and events are left out.
    Short,
}

/// The longest text of a short document, in characters.
const SHORT_TEXT: usize = 250;

impl Detail {
    /// Frames of a stack that are written.
    pub(super) const fn frames(self) -> usize {
        match self {
            Self::Full => 200,
            Self::Short => 20,
        }
    }

    /// The text, or its beginning with a marker.
    pub(super) fn cut(self, text: &str) -> Cow<'_, str> {
        let kept = match self {
            Self::Full => text,
            Self::Short => cut_to_characters(text, SHORT_TEXT),
        };
        if kept.len() == text.len() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned([kept, TRUNCATION_MARKER].concat())
        }
    }
}
