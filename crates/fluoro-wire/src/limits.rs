//! Sizes that X-Ray, UDP and this project agree on.
//!
//! Characters are Unicode scalar values, as the service counts them; bytes are UTF-8.

/// Largest segment document the service accepts, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 64_000;

/// Largest payload of one UDP datagram over IPv4, in bytes, the datagram header included.
pub const MAX_DATAGRAM_BYTES: usize = 65_507;

/// Longest name of a segment or subsegment, in characters.
pub const MAX_NAME_CHARACTERS: usize = 200;

/// Longest key of an annotation, in characters.
pub const MAX_ANNOTATION_KEY_CHARACTERS: usize = 500;

/// Longest string value of an annotation, in characters.
pub const MAX_ANNOTATION_STRING_CHARACTERS: usize = 1_000;

/// How many annotations of one trace the service indexes; the rest are only stored.
pub const MAX_INDEXED_ANNOTATIONS: usize = 50;

/// Longest value of the `http`, `sql` and `user` fields, in characters.
pub const MAX_FIELD_CHARACTERS: usize = 250;

/// Most bytes of unknown `key=value` pairs that a trace header carries on.
pub const MAX_TRACE_HEADER_DATA_BYTES: usize = 256;

/// Longest SQL text that is recorded, in bytes, the marker not counted.
pub const MAX_SQL_BYTES: usize = 4_096;

/// What stands at the end of a text that was cut.
pub const TRUNCATION_MARKER: &str = "...[truncated]";

/// The longest prefix of `text` that is at most `bytes` long and ends between characters.
///
/// ```
/// assert_eq!(fluoro_wire::limits::cut_to_bytes("naïve", 3), "na");
/// ```
pub fn cut_to_bytes(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first `characters` characters of `text`.
///
/// ```
/// assert_eq!(fluoro_wire::limits::cut_to_characters("naïve", 3), "naï");
/// ```
pub fn cut_to_characters(text: &str, characters: usize) -> &str {
    if text.len() <= characters {
        return text;
    }
    match text.char_indices().nth(characters) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
