//! Which annotation keys the service indexes.

use crate::limits::MAX_ANNOTATION_KEY_CHARACTERS;

/// Whether `key` is 1 to 500 ASCII letters, digits and underscores.
///
/// ```
/// use fluoro_wire::is_valid_annotation_key;
/// assert!(is_valid_annotation_key("customer_tier"));
/// assert!(!is_valid_annotation_key("customer.tier"));
/// ```
#[inline]
pub fn is_valid_annotation_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= MAX_ANNOTATION_KEY_CHARACTERS
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_outside_the_service_s_pattern_are_refused() {
        for key in ["", "a.b", "a-b", "a b", "ключ", "a\n", &"k".repeat(501)] {
            assert!(!is_valid_annotation_key(key), "{key:?}");
        }
        for key in ["a", "_", "9lives", "Camel_Case", &"k".repeat(500)] {
            assert!(is_valid_annotation_key(key), "{key:?}");
        }
    }
}
