//! Lower-case hexadecimal, the spelling of every id on the wire.

/// The two digits of every byte value, so that writing needs one lookup per byte.
const PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Appends `bytes` as two digits each.
#[inline]
pub fn write_hex_bytes<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    out.reserve(N * 2);
    for byte in bytes {
        out.extend_from_slice(&PAIRS[usize::from(byte)]);
    }
}

/// Appends `value` as exactly 16 digits.
#[inline]
pub fn write_hex_u64(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; 16];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(value.to_be_bytes()) {
        pair.copy_from_slice(&PAIRS[usize::from(byte)]);
    }
    out.extend_from_slice(&digits);
}

/// Appends `value` as exactly 8 digits.
#[inline]
pub fn write_hex_u32(out: &mut Vec<u8>, value: u32) {
    let mut digits = [0; 8];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(value.to_be_bytes()) {
        pair.copy_from_slice(&PAIRS[usize::from(byte)]);
    }
    out.extend_from_slice(&digits);
}

/// Reads exactly 16 digits, in either case; anything else is `None`.
///
/// ```
/// use fluoro_wire::hex::parse_hex_u64;
/// assert_eq!(parse_hex_u64("00000000000000Ff"), Some(255));
/// assert_eq!(parse_hex_u64("ff"), None);
/// ```
pub fn parse_hex_u64(text: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    parse_hex_bytes(text.as_bytes(), &mut bytes)?;
    Some(u64::from_be_bytes(bytes))
}

/// Reads exactly two digits for each byte of `bytes`; anything else is `None`.
pub(crate) fn parse_hex_bytes(digits: &[u8], bytes: &mut [u8]) -> Option<()> {
    if digits.len() != bytes.len() * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit_value(pair[0])? << 4 | digit_value(pair[1])?;
    }
    Some(())
}

const fn digit_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn u64_is_sixteen_lower_case_digits_and_reads_back(value: u64) {
            let mut out = Vec::new();
            write_hex_u64(&mut out, value);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(&text, &format!("{value:016x}"));
            prop_assert_eq!(parse_hex_u64(&text), Some(value));
            prop_assert_eq!(parse_hex_u64(&text.to_uppercase()), Some(value));
        }

        #[test]
        fn u32_is_eight_lower_case_digits(value: u32) {
            let mut out = Vec::new();
            write_hex_u32(&mut out, value);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{value:08x}"));
        }

        #[test]
        fn reading_never_panics_and_accepts_only_sixteen_digits(text in "\\PC{0,20}") {
            let valid = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(parse_hex_u64(&text).is_some(), valid);
        }
    }
}
