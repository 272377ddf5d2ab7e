//! What the name of a segment or subsegment may hold.
//!
//! The service takes letters, digits, spaces and `_ . : / % & # = + - @ \`, at most 200
//! characters, and drops a whole segment over one that it does not know. Names that it would
//! refuse are therefore cleaned before they are sent. C1 controls are the one exception: names
//! that were decoded with the wrong character set hold them, and programs rely on getting such
//! names back as they gave them.

use std::borrow::Cow;

use unicode_general_category::{GeneralCategory, get_general_category};

use crate::limits::{MAX_NAME_CHARACTERS, cut_to_characters};

/// What an entity is called when nothing is left of its name.
pub const FALLBACK_NAME: &str = "unnamed";

/// Which ASCII characters a name may hold.
const ALLOWED: [bool; 128] = {
    const PUNCTUATION: &[u8] = b" _.:/%&#=+-@\\";
    let mut allowed = [false; 128];
    let mut byte = 0;
    while byte < 128 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < PUNCTUATION.len() {
        allowed[PUNCTUATION[index] as usize] = true;
        index += 1;
    }
    allowed
};

/// The name with everything removed that the service would refuse.
///
/// At most 200 characters are kept, and a name that would be empty becomes [`FALLBACK_NAME`].
///
/// ```
/// use fluoro_wire::clean_name;
/// assert_eq!(clean_name("GET /orders/:id"), "GET /orders/:id");
/// assert_eq!(clean_name("idx[0],'q'|{x}"), "idx0qx");
/// assert_eq!(clean_name("***"), "unnamed");
/// ```
#[inline]
pub fn clean_name(name: &str) -> Cow<'_, str> {
    let is_clean = name
        .bytes()
        .all(|byte| byte < 128 && ALLOWED[usize::from(byte)]);
    if is_clean && name.len() <= MAX_NAME_CHARACTERS && !name.is_empty() {
        return Cow::Borrowed(name);
    }
    clean_uncommon(name)
}

/// The first character that the service refuses in a name.
///
/// ```
/// use fluoro_wire::name::refused_character;
/// assert_eq!(refused_character("orders/7"), None);
/// assert_eq!(refused_character("orders?"), Some('?'));
/// ```
pub fn refused_character(name: &str) -> Option<char> {
    name.chars()
        .find(|&character| character.is_control() || !is_allowed(character))
}

#[cold]
fn clean_uncommon(name: &str) -> Cow<'_, str> {
    let cleaned = match name.find(|character| !is_allowed(character)) {
        None => Cow::Borrowed(cut_to_characters(name, MAX_NAME_CHARACTERS)),
        Some(_) => {
            let kept = name.chars().filter(|&character| is_allowed(character));
            Cow::Owned(kept.take(MAX_NAME_CHARACTERS).collect())
        }
    };
    if cleaned.is_empty() {
        Cow::Borrowed(FALLBACK_NAME)
    } else {
        cleaned
    }
}

fn is_allowed(character: char) -> bool {
    match character {
        '\0'..='\x7f' => ALLOWED[character as usize],
        '\u{80}'..='\u{9f}' => true,
        _ => is_letter_number_or_separator(character),
    }
}

/// Whether the service's `\p{L}`, `\p{N}` or `\p{Z}` holds the character.
///
/// The standard library's `is_alphanumeric` would not do: it takes vowel signs for letters.
fn is_letter_number_or_separator(character: char) -> bool {
    use GeneralCategory as Category;
    matches!(
        get_general_category(character),
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
            | Category::DecimalNumber
            | Category::LetterNumber
            | Category::OtherNumber
            | Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_names_are_not_copied() {
        for name in [
            "orders",
            "db@host",
            "a_b.c:d/e%f&g#h=i+j-k@l\\m n",
            "Straße",
            "注文",
        ] {
            assert!(
                matches!(clean_name(name), Cow::Borrowed(same) if same == name),
                "{name}"
            );
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(clean_name(&"é".repeat(500)), "é".repeat(200));
        assert_eq!(clean_name(&"a*".repeat(500)), "a".repeat(200));
        assert_eq!(clean_name(&"a".repeat(201)), "a".repeat(200));
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_never_empty_never_long_and_stays_as_it_is(name: String) {
            let cleaned = clean_name(&name).into_owned();
            prop_assert!((1..=200).contains(&cleaned.chars().count()));
            prop_assert!(cleaned.chars().all(is_allowed));
            prop_assert!(!cleaned.contains(&['?', ';', '*', '(', ')', '!', '$', '~', '^', '<', '>'][..]));
            prop_assert_eq!(clean_name(&cleaned), &*cleaned);
        }
    }
}
