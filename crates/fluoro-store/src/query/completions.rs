//! Words that recent traces use, for whoever is typing a filter expression.

use crate::{Store, StoreError};

/// What is being typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completion<'a> {
    /// The key of an annotation.
    Annotation,
    /// A value of the annotation with this key.
    AnnotationValue(&'a str),
    /// The name of a service.
    Service,
    /// A user.
    User,
    /// A URL of an entry point.
    Url,
}

/// Up to `limit` words of recent traces (up to `now`, in seconds since the epoch) that begin with
/// `prefix` in any case, the most frequent first.
///
/// # Errors
///
/// [`StoreError`] when the store fails.
pub fn completions(
    _store: &dyn Store,
    _kind: Completion<'_>,
    _prefix: &str,
    _limit: usize,
    _now: f64,
) -> Result<Vec<String>, StoreError> {
    todo!()
}
