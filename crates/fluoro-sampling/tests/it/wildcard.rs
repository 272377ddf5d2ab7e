//! The matcher against a slower one that is obviously right.

use fluoro_sampling::{Case, wildcard_match};
use proptest::prelude::*;

fn matches_by_definition(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, first) => first.is_none(),
        (Some(('*', rest)), _) => {
            (0..=text.len()).any(|taken| matches_by_definition(rest, &text[taken..]))
        }
        (Some(_), None) => false,
        (Some((wanted, pattern)), Some((found, text))) => {
            (*wanted == '?' || wanted.eq_ignore_ascii_case(found))
                && matches_by_definition(pattern, text)
        }
    }
}

proptest! {
    #[test]
    fn agrees_with_the_definition(pattern in "[abA*?é]{0,8}", text in "[abB*?é]{0,10}") {
        let expected = matches_by_definition(
            &pattern.chars().collect::<Vec<_>>(),
            &text.chars().collect::<Vec<_>>(),
        );
        prop_assert_eq!(wildcard_match(&pattern, &text, Case::Insensitive), expected);
    }

    #[test]
    fn a_text_without_wildcards_matches_itself(text in "[^*?]{0,30}") {
        prop_assert!(wildcard_match(&text, &text, Case::Sensitive));
        prop_assert!(wildcard_match(&text, &text, Case::Insensitive));
    }

    #[test]
    fn never_panics(pattern in any::<String>(), text in any::<String>()) {
        wildcard_match(&pattern, &text, Case::Insensitive);
    }
}

#[test]
fn many_stars_do_not_take_exponential_time() {
    let pattern = "a*".repeat(200) + "b";
    let text = "a".repeat(20_000);
    assert!(!wildcard_match(&pattern, &text, Case::Insensitive));
}
