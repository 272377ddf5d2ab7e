//! `aws_xray_sdk.core.utils.search_pattern`

use fluoro_sampling::Case;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Tell whether the whole of ``text`` matches ``pattern``.
///
/// :param pattern: ``*`` stands for any run of characters, ``?`` for exactly one; ``None`` matches
///     nothing, the empty pattern matches the empty text alone.
/// :param text: ``None`` is matched by nothing.
/// :param case_insensitive: whether ``a`` and ``A`` are the same.
#[pyfunction]
#[pyo3(signature = (pattern, text, case_insensitive = true))]
pub(super) fn wildcard_match(
    pattern: Option<&Bound<'_, PyString>>,
    text: Option<&Bound<'_, PyString>>,
    case_insensitive: bool,
) -> bool {
    let case = if case_insensitive {
        Case::Insensitive
    } else {
        Case::Sensitive
    };
    match (pattern, text) {
        (Some(pattern), Some(text)) => fluoro_sampling::wildcard_match(
            &pattern.to_string_lossy(),
            &text.to_string_lossy(),
            case,
        ),
        _ => false,
    }
}
