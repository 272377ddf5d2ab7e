//! Names and ids as documents spell them.

use fluoro_wire::segment_id::SegmentId;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text::Text;

/// A name fit for a document, from whatever the program passed as one.
pub(crate) fn clean_name(py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Text> {
    let text = match name.cast::<PyString>() {
        Ok(text) => Text::new(text),
        Err(_) => Text::Owned(name.str()?.to_string_lossy().into()),
    };
    let cleaned = match fluoro_wire::name::clean_name(text.as_ref()) {
        std::borrow::Cow::Borrowed(unchanged) if unchanged.len() == text.as_ref().len() => {
            return Ok(text);
        }
        cleaned => cleaned.into_owned(),
    };
    let message = format!(
        "the name {:?} has characters that X-Ray does not take, or is too long; {cleaned:?} is used",
        text.as_ref()
    );
    crate::log::warn(py, crate::log::Logger::Entity, &message);
    Ok(Text::Owned(cleaned.into()))
}

/// An id as the documents spell it, from text.
pub(crate) fn parse_id(text: &str) -> Option<SegmentId> {
    // Only the usual spelling is kept as a number, so that reading it back gives the same text.
    let id: SegmentId = text.parse().ok()?;
    (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(id)
}
