//! The framing of a segment document in a UDP datagram.
//!
//! ```text
//! {"format":"json","version":1}\n
//! <segment document>
//! ```
//!
//! One document per datagram. The receiver splits at the first newline, reads the header as JSON
//! and passes the rest on unread.

/// What every datagram starts with, the newline included.
pub const HEADER: &[u8] = b"{\"format\":\"json\",\"version\":1}\n";

/// Why a datagram holds no document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DatagramError {
    /// There is no newline, or nothing on one side of it.
    #[error("datagram lacks its header line or its segment document")]
    Incomplete,
    /// The header is not JSON, or names another format or version.
    #[error("datagram header is not {{\"format\":\"json\",\"version\":1}}")]
    UnsupportedHeader,
}

/// The document of a datagram.
///
/// ```
/// use fluoro_wire::datagram::split;
/// assert_eq!(split(b"{\"format\":\"JSON\", \"version\":1}\n{}"), Ok(&b"{}"[..]));
/// ```
///
/// # Errors
///
/// [`DatagramError`] says which half is missing or wrong.
pub fn split(datagram: &[u8]) -> Result<&[u8], DatagramError> {
    if let Some(document) = datagram.strip_prefix(HEADER) {
        return non_empty(document);
    }
    let newline = datagram
        .iter()
        .position(|&byte| byte == b'\n')
        .ok_or(DatagramError::Incomplete)?;
    let header = non_empty(&datagram[..newline])?;
    let document = non_empty(&datagram[newline + 1..])?;
    if is_supported(header) {
        Ok(document)
    } else {
        Err(DatagramError::UnsupportedHeader)
    }
}

fn non_empty(bytes: &[u8]) -> Result<&[u8], DatagramError> {
    if bytes.is_empty() {
        Err(DatagramError::Incomplete)
    } else {
        Ok(bytes)
    }
}

fn is_supported(header: &[u8]) -> bool {
    let Ok(header) = serde_json::from_slice::<serde_json::Value>(header) else {
        return false;
    };
    let format = header["format"].as_str().unwrap_or_default();
    format.eq_ignore_ascii_case("json") && header["version"] == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_first_newline_splits() {
        assert_eq!(
            split(b"{\"format\":\"json\",\"version\":1}\n{\n}"),
            Ok(&b"{\n}"[..])
        );
    }

    #[test]
    fn key_order_and_unknown_keys_do_not_matter() {
        assert_eq!(
            split(b"{\"version\":1,\"x\":0,\"format\":\"Json\"}\n1"),
            Ok(&b"1"[..])
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_told_apart() {
        for datagram in [&b""[..], b"{}", b"\n{}", HEADER] {
            assert_eq!(
                split(datagram),
                Err(DatagramError::Incomplete),
                "{datagram:?}"
            );
        }
        for datagram in [
            &b"{}\n{}"[..],
            b"not json\n{}",
            b"{\"format\":\"json\",\"version\":2}\n{}",
            b"{\"format\":\"xml\",\"version\":1}\n{}",
            b"[]\n{}",
        ] {
            assert_eq!(
                split(datagram),
                Err(DatagramError::UnsupportedHeader),
                "{datagram:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_follows_the_header_comes_back(document in proptest::collection::vec(any::<u8>(), 1..100)) {
            let datagram = [HEADER, &document].concat();
            prop_assert_eq!(split(&datagram), Ok(&document[..]));
        }

        #[test]
        fn splitting_never_panics(datagram in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = split(&datagram);
        }
    }
}
