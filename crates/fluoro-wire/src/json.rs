//! A JSON writer that appends to a buffer: the parts a segment document is made of.
//!
//! The caller writes braces, commas and keys itself; these functions write the values. The
//! property tests hold each of them against `serde_json`.

/// Appends `value` as a JSON string, quotes and escapes included.
///
/// ```
/// let mut out = Vec::new();
/// fluoro_wire::json::write_str(&mut out, "say \"hi\"\n");
/// assert_eq!(out, br#""say \"hi\"\n""#);
/// ```
#[inline]
pub fn write_str(out: &mut Vec<u8>, value: &str) {
    let bytes = value.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut copied = 0;
    let mut index = 0;
    while let Some(found) = next_escape(bytes, index) {
        out.extend_from_slice(&bytes[copied..found]);
        write_escape(out, bytes[found]);
        copied = found + 1;
        index = copied;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// Appends `value` with the fewest digits that read back as the same number.
///
/// Epoch seconds and durations come out in plain decimal notation, very large and very small
/// numbers with an exponent. JSON has no NaN and no infinities: they become `null`.
#[inline]
pub fn write_f64(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Appends a signed integer.
#[inline]
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends an unsigned integer.
#[inline]
pub fn write_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends `true` or `false`.
#[inline]
pub fn write_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// The position of the next byte that JSON wants escaped, from `start` on.
///
/// Eight bytes are looked at together, because names and URLs hardly ever hold such a byte.
#[inline]
fn next_escape(bytes: &[u8], start: usize) -> Option<usize> {
    let mut index = start;
    while let Some(chunk) = bytes.get(index..index + 8) {
        let word = u64::from_le_bytes([
            chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7],
        ]);
        let marks = escape_marks(word);
        if marks != 0 {
            // The lowest mark is exact; higher ones may be set by a borrow from it.
            return Some(index + marks.trailing_zeros() as usize / 8);
        }
        index += 8;
    }
    bytes[index..]
        .iter()
        .position(|&byte| needs_escape(byte))
        .map(|offset| index + offset)
}

/// A word whose lowest set bit lies in the first byte that needs an escape; zero if none does.
#[inline]
const fn escape_marks(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES * 0x80;
    const fn below(word: u64, limit: u64) -> u64 {
        word.wrapping_sub(ONES * limit) & !word
    }
    let control = below(word, 0x20);
    let quote = below(word ^ (ONES * b'"' as u64), 1);
    let backslash = below(word ^ (ONES * b'\\' as u64), 1);
    (control | quote | backslash) & TOPS
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cold]
fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out.extend_from_slice(b"\\u0000");
            let end = out.len();
            out[end - 2] = b'0' + (byte >> 4);
            out[end - 1] = b"0123456789abcdef"[usize::from(byte & 15)];
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Turns bytes that this crate wrote as ASCII into a string.
pub(crate) fn ascii_string(bytes: Vec<u8>) -> String {
    debug_assert!(bytes.is_ascii());
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_ascii_character_at_every_offset_is_as_serde_json_writes_it() {
        for offset in 0..17 {
            for character in '\0'..='\u{ff}' {
                let text = format!("{}{character}{}", "x".repeat(offset), "y".repeat(9));
                let ours = written(|out| write_str(out, &text));
                assert_eq!(ours, serde_json::to_string(&text).unwrap());
            }
        }
    }

    #[test]
    fn epoch_seconds_are_plain_decimals() {
        assert_eq!(
            written(|out| write_f64(out, 1_478_293_361.271)),
            "1478293361.271"
        );
        assert_eq!(written(|out| write_f64(out, 0.000_123)), "0.000123");
        assert_eq!(written(|out| write_f64(out, 5.0)), "5.0");
    }

    #[test]
    fn numbers_that_json_does_not_have_become_null() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(written(|out| write_f64(out, value)), "null");
        }
    }

    proptest! {
        #[test]
        fn strings_are_as_serde_json_writes_them(text: String) {
            prop_assert_eq!(written(|out| write_str(out, &text)), serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn strings_full_of_escapes_are_as_serde_json_writes_them(text in "[\\x00-\\x22\\\\é☃]{0,40}") {
            prop_assert_eq!(written(|out| write_str(out, &text)), serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn finite_floats_read_back_bit_for_bit(value in proptest::num::f64::ANY) {
            let text = written(|out| write_f64(out, value));
            if value.is_finite() {
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
                prop_assert!(serde_json::from_str::<f64>(&text).is_ok(), "{} is JSON", text);
            } else {
                prop_assert_eq!(text, "null");
            }
        }

        #[test]
        fn integers_and_booleans_read_back(signed: i64, unsigned: u64, flag: bool) {
            prop_assert_eq!(written(|out| write_i64(out, signed)), signed.to_string());
            prop_assert_eq!(written(|out| write_u64(out, unsigned)), unsigned.to_string());
            prop_assert_eq!(written(|out| write_bool(out, flag)), flag.to_string());
        }
    }
}
