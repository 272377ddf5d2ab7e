//! The id of a segment or subsegment: 64 bits, 16 hex digits on the wire.

use std::{fmt, str::FromStr};

use crate::hex;

/// Identifies one segment or subsegment within its trace.
///
/// ```
/// use fluoro_wire::SegmentId;
/// let id: SegmentId = "53995c3f42cd8ad8".parse()?;
/// assert_eq!(id.to_string(), "53995c3f42cd8ad8");
/// # Ok::<(), fluoro_wire::ParseSegmentIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SegmentId(
    /// The 64 bits of the id.
    pub u64,
);

/// The text is not a segment id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a segment id: expected exactly 16 hex digits")]
pub struct ParseSegmentIdError;

impl SegmentId {
    /// The all-zero id of a segment that is not recorded.
    pub const NOOP: Self = Self(0);

    /// Appends the 16 digits.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        hex::write_hex_u64(out, self.0);
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for SegmentId {
    type Err = ParseSegmentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::parse_hex_u64(text)
            .map(Self)
            .ok_or(ParseSegmentIdError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn written_and_displayed_alike_and_read_back(value: u64) {
            let id = SegmentId(value);
            let mut out = Vec::new();
            id.write(&mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), id.to_string());
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn fifteen_and_seventeen_digits_are_refused() {
        assert_eq!(
            "53995c3f42cd8ad".parse::<SegmentId>(),
            Err(ParseSegmentIdError)
        );
        assert_eq!(
            "53995c3f42cd8ad80".parse::<SegmentId>(),
            Err(ParseSegmentIdError)
        );
    }
}
