//! Reading JSON that is nested deeper than `serde_json` follows by itself, which is 127 levels:
//! a function that records each of its calls may call itself a few hundred times.

use std::thread;

use serde::Deserialize;

/// Deepest nesting of objects and arrays that is read: 500 subsegments in each other, each an
/// object in an array, and 100 levels of metadata below the last.
pub const MAX_NESTING: usize = 1_100;

/// Memory that is only taken when it is used. An optimized build needs 4 MB of it, any other 12.
const STACK_BYTES: usize = 64 << 20;

/// Reads a value from text that is nested up to [`MAX_NESTING`] levels deep.
///
/// Values that are skipped may be nested to any depth. What is nested deeper than `serde_json`
/// follows is read on a stack of its own, by a thread that ends with this call.
///
/// ```
/// let text = "[".repeat(300) + &"]".repeat(300);
/// let value: serde_json::Value = fluoro_wire::nested_json::from_str(&text)?;
/// assert_eq!(value.as_array().map(Vec::len), Some(1));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// If the text is not JSON, is nested too deeply, or does not hold a `T`.
pub fn from_str<'de, T: Deserialize<'de> + Send>(text: &'de str) -> serde_json::Result<T> {
    match serde_json::from_str(text) {
        Err(error) if is_too_deep(&error) && nesting(text) <= MAX_NESTING => {
            read_on_own_stack(text).unwrap_or(Err(error))
        }
        read => read,
    }
}

/// Reads a value from bytes, as [`from_str`] does from text.
///
/// # Errors
///
/// As [`from_str`], and if the bytes are not UTF-8.
pub fn from_slice<'de, T: Deserialize<'de> + Send>(bytes: &'de [u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(bytes) {
        Ok(text) => from_str(text),
        Err(_) => serde_json::from_slice(bytes),
    }
}

/// The error has no other sign of it.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("recursion limit exceeded")
}

/// None if no thread could be started.
fn read_on_own_stack<'de, T: Deserialize<'de> + Send>(
    text: &'de str,
) -> Option<serde_json::Result<T>> {
    let read = || {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        deserializer.disable_recursion_limit();
        let value = T::deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    };
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, read).ok()?.join().ok()
    })
}

/// How deeply objects and arrays of a JSON text are nested.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut is_in_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_in_string = !is_in_string,
            b'\\' if is_in_string => {
                bytes.next();
            }
            b'[' | b'{' if !is_in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !is_in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn nested(levels: usize) -> String {
        r#"{"]\"{":["#.repeat(levels / 2) + &"]}".repeat(levels / 2)
    }

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        assert_eq!(nesting(r#"{"a":[1,{"b":"[[[\"[[[\\"}],"c":[]}"#), 3);
        assert_eq!(nesting(&nested(800)), 800);
        assert_eq!(nesting("1"), 0);
    }

    #[test]
    fn a_document_is_read_to_the_deepest_level_and_no_further() {
        for levels in [2, 126, 128, 130, MAX_NESTING] {
            let text = nested(levels);
            let value: Value = from_slice(text.as_bytes()).unwrap();
            assert_eq!(value.to_string(), text);
        }
        let refused = from_str::<Value>(&nested(MAX_NESTING + 2)).unwrap_err();
        assert!(is_too_deep(&refused), "{refused}");
    }

    #[test]
    fn what_is_wrong_is_refused_at_any_depth() {
        for wrong in ["x", "]", "\u{0}"] {
            assert!(
                from_str::<Value>(&(nested(500) + wrong)).is_err(),
                "{wrong}"
            );
        }
        let cut = &nested(500)[..800];
        assert!(from_str::<Value>(cut).is_err());
        assert!(from_slice::<Value>(b"[\xff]").is_err());
    }
}
