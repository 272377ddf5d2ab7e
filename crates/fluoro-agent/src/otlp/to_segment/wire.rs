//! Ids and times as documents spell them.

use fluoro_wire::hex;

/// Turned into the id of the segment around a call, so that sending a span again changes nothing.
const AROUND: u64 = 0x5851_f42d_4c95_7f2d;

/// The id as text; none if it is empty or all zeros. Malformed ids stay visible.
pub(super) fn identifier(bytes: &[u8]) -> Option<String> {
    const SHOWN: usize = 32;
    if bytes.iter().all(|byte| *byte == 0) {
        return None;
    }
    let mut text = Vec::with_capacity(bytes.len().min(SHOWN) * 2);
    for byte in bytes.iter().take(SHOWN) {
        hex::write_hex_bytes(&mut text, [*byte]);
    }
    String::from_utf8(text).ok()
}

/// The id in X-Ray's spelling.
pub(super) fn trace_identifier(bytes: &[u8]) -> Option<String> {
    let mut text = identifier(bytes)?;
    if bytes.len() == 16 {
        text.insert(8, '-');
        text.insert_str(0, "1-");
    }
    Some(text)
}

/// The id of the segment around a call.
pub(super) fn around(span_id: &[u8]) -> Option<String> {
    match span_id.try_into() {
        Ok(bytes) => identifier(&(u64::from_be_bytes(bytes) ^ AROUND).to_be_bytes()),
        Err(_) => identifier(span_id),
    }
}

/// Appends nanoseconds as seconds, with all digits.
pub(super) fn write_time(out: &mut Vec<u8>, nanoseconds: u64) {
    let text = format!(
        "{}.{:09}",
        nanoseconds / 1_000_000_000,
        nanoseconds % 1_000_000_000
    );
    let text = text.trim_end_matches('0');
    out.extend_from_slice(text.as_bytes());
    if text.ends_with('.') {
        out.push(b'0');
    }
}
