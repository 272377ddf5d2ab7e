//! Wildcard patterns of sampling rules and of dynamic naming.

use std::str::Chars;

/// Whether upper and lower case letters are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `a` and `A` are different.
    Sensitive,
    /// `a` and `A` are the same.
    Insensitive,
}

/// True when the whole of `text` matches `pattern`.
///
/// In a pattern `*` stands for any run of characters, the empty one included, and `?` for exactly
/// one character. Both are wildcards always: a pattern cannot ask for a literal `*`. The empty
/// pattern matches the empty text alone. Time is at most proportional to the product of the two
/// lengths.
///
/// ```
/// use fluoro_sampling::{Case, wildcard_match};
///
/// assert!(wildcard_match("/api/*/move", "/API/player/move", Case::Insensitive));
/// assert!(wildcard_match("a*c", "a*bc", Case::Insensitive));
/// assert!(!wildcard_match("a?c", "ac", Case::Insensitive));
/// ```
pub fn wildcard_match(pattern: &str, text: &str, case: Case) -> bool {
    if pattern == "*" {
        return true;
    }
    let mut pattern = pattern.chars();
    let mut text = text.chars();
    // Where to go on when what follows the last `*` does not fit: the pattern after that `*`, and
    // the text with one more character given to it.
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let mut rest = pattern.clone();
        match rest.next() {
            Some('*') => {
                retry = Some((rest.clone(), text.clone()));
                pattern = rest;
                continue;
            }
            Some(wanted) => {
                let Some(found) = text.next() else {
                    return false; // a shorter text would not help
                };
                if wanted == '?' || is_same(wanted, found, case) {
                    pattern = rest;
                    continue;
                }
            }
            None if text.as_str().is_empty() => return true,
            None => {}
        }
        let Some((after_star, given)) = &mut retry else {
            return false;
        };
        if given.next().is_none() {
            return false;
        }
        pattern = after_star.clone();
        text = given.clone();
    }
}

fn is_same(left: char, right: char, case: Case) -> bool {
    left == right
        || case == Case::Insensitive
            && if left.is_ascii() && right.is_ascii() {
                left.eq_ignore_ascii_case(&right)
            } else {
                left.to_lowercase().eq(right.to_lowercase())
            }
}
