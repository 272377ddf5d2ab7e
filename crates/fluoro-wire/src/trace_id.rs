//! The id of a trace: `1-<8 hex digits of epoch seconds>-<24 hex digits>`, 35 characters.
//!
//! The same 16 bytes are the 32 digits of a W3C trace id. The service does not check the epoch,
//! so ids that came from W3C, where all 16 bytes are random, are kept as they are.

use std::{fmt, str::FromStr};

use crate::hex;

/// Identifies one trace across all services that take part in it.
///
/// ```
/// use fluoro_wire::TraceId;
/// let id: TraceId = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
/// assert_eq!(id.epoch_seconds(), 0x5759_e988);
/// assert_eq!(id.to_w3c(), "5759e988bd862e3fe1be46a994272793");
/// assert_eq!(id.to_w3c().parse::<TraceId>()?, id);
/// # Ok::<(), fluoro_wire::ParseTraceIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TraceId([u8; 16]);

/// The text is not a trace id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a trace id: expected 1-<8 hex digits>-<24 hex digits>, or 32 hex digits")]
pub struct ParseTraceIdError;

impl TraceId {
    /// The all-zero id of a trace that is not recorded.
    pub const NOOP: Self = Self([0; 16]);

    /// The length of an id in X-Ray's spelling, in bytes.
    pub const TEXT_LENGTH: usize = 35;

    /// An id that started at `epoch_seconds`, told apart by 96 random bits.
    pub const fn new(epoch_seconds: u32, random: [u8; 12]) -> Self {
        let epoch = epoch_seconds.to_be_bytes();
        let mut bytes = [0; 16];
        let mut index = 0;
        while index < 16 {
            bytes[index] = if index < 4 {
                epoch[index]
            } else {
                random[index - 4]
            };
            index += 1;
        }
        Self(bytes)
    }

    /// The same as [`TraceId::new`], with the random bits as two integers.
    pub const fn from_parts(epoch_seconds: u32, high: u32, low: u64) -> Self {
        let id = ((epoch_seconds as u128) << 96) | ((high as u128) << 64) | low as u128;
        Self(id.to_be_bytes())
    }

    /// The id with these 16 bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The first four bytes: when the trace began, for ids made by X-Ray's own SDKs.
    pub const fn epoch_seconds(&self) -> u32 {
        u32::from_be_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }

    /// Whether this is [`TraceId::NOOP`].
    pub fn is_noop(&self) -> bool {
        *self == Self::NOOP
    }

    /// The 16 bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Appends the 35 characters of X-Ray's spelling.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        let [a, b, c, d, random @ ..] = self.0;
        out.reserve(Self::TEXT_LENGTH);
        out.extend_from_slice(b"1-");
        hex::write_hex_bytes(out, [a, b, c, d]);
        out.push(b'-');
        hex::write_hex_bytes(out, random);
    }

    /// The 32 digits of W3C's spelling.
    pub fn to_w3c(&self) -> String {
        let mut out = Vec::with_capacity(32);
        hex::write_hex_bytes(&mut out, self.0);
        crate::json::ascii_string(out)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(Self::TEXT_LENGTH);
        self.write(&mut out);
        formatter.pad(&crate::json::ascii_string(out))
    }
}

impl FromStr for TraceId {
    type Err = ParseTraceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        let parsed = match text.as_bytes() {
            [b'1', b'-', rest @ ..] if rest.len() == 33 && rest[8] == b'-' => {
                let (epoch, random) = bytes.split_at_mut(4);
                hex::parse_hex_bytes(&rest[..8], epoch)
                    .and_then(|()| hex::parse_hex_bytes(&rest[9..], random))
            }
            digits => hex::parse_hex_bytes(digits, &mut bytes),
        };
        parsed.map(|()| Self(bytes)).ok_or(ParseTraceIdError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_two_constructors_agree() {
        let random = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let id = TraceId::new(0x5759_e988, random);
        assert_eq!(
            id,
            TraceId::from_parts(0x5759_e988, 0x0102_0304, 0x0506_0708_090a_0b0c)
        );
        assert_eq!(id.to_string(), "1-5759e988-0102030405060708090a0b0c");
    }

    #[test]
    fn the_noop_id_is_all_zero() {
        assert_eq!(
            TraceId::NOOP.to_string(),
            "1-00000000-000000000000000000000000"
        );
        assert!(TraceId::NOOP.is_noop());
    }

    #[test]
    fn near_misses_are_refused() {
        for text in [
            "",
            "1-5759e988-bd862e3fe1be46a99427279",
            "1-5759e988-bd862e3fe1be46a9942727933",
            "2-5759e988-bd862e3fe1be46a994272793",
            "1-5759e988xbd862e3fe1be46a994272793",
            "1-5759e98g-bd862e3fe1be46a994272793",
            "1-5759e988-bd862e3fe1be46a99427279é",
            " 1-5759e988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(text.parse::<TraceId>(), Err(ParseTraceIdError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn both_spellings_read_back_in_any_case(epoch: u32, random: [u8; 12]) {
            let id = TraceId::new(epoch, random);
            prop_assert_eq!(id.epoch_seconds(), epoch);
            prop_assert_eq!(TraceId::from_bytes(*id.as_bytes()), id);
            for text in [id.to_string(), id.to_w3c()] {
                prop_assert_eq!(text.parse(), Ok(id));
                prop_assert_eq!(text.to_uppercase().parse(), Ok(id));
            }
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<TraceId>();
        }
    }
}
