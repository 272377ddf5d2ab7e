//! The numbers of a trace's documents, as bytes: the differences, seven bits in each byte.

/// Appends a number that is larger than the ones before; `last` is the one before, or zero.
pub(super) fn push(bytes: &mut Vec<u8>, last: i64, number: i64) {
    let mut difference = number.wrapping_sub(last) as u64;
    while difference >= 0x80 {
        bytes.push(difference as u8 | 0x80);
        difference >>= 7;
    }
    bytes.push(difference as u8);
}

/// The numbers in order.
pub(super) fn read(bytes: &[u8]) -> Vec<i64> {
    let mut numbers = Vec::with_capacity(bytes.len());
    let (mut number, mut difference, mut shift) = (0i64, 0u64, 0);
    for byte in bytes {
        difference |= u64::from(byte & 0x7f).wrapping_shl(shift);
        shift += 7;
        if byte & 0x80 == 0 {
            number = number.wrapping_add(difference as i64);
            numbers.push(number);
            (difference, shift) = (0, 0);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_read_back(mut numbers in proptest::collection::vec(1..i64::MAX, 0..50)) {
            numbers.sort_unstable();
            let mut bytes = Vec::new();
            let mut last = 0;
            for number in &numbers {
                push(&mut bytes, last, *number);
                last = *number;
            }
            prop_assert_eq!(read(&bytes), numbers);
        }

        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            read(&bytes);
        }
    }
}
