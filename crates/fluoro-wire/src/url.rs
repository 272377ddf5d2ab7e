//! URLs without what may be secret: user names, passwords, query strings and fragments.
//!
//! Two passwords cannot be told from a path: one that begins with digits and goes on with an
//! unescaped `/`, `?` or `#`, as in `http://me:80/x@host`, and one with an `@` before those.

use std::borrow::Cow;

/// The URL without userinfo, query and fragment.
///
/// Works on absolute URLs, on relative ones and on text that is no URL at all. A password that
/// holds unescaped `/`, `?` or `#` is recognised by what would otherwise be an impossible port.
///
/// ```
/// use fluoro_wire::strip_url;
/// assert_eq!(strip_url("https://me:secret@host:8443/a?token=1#top"), "https://host:8443/a");
/// assert_eq!(strip_url("/orders?id=7"), "/orders");
/// ```
pub fn strip_url(url: &str) -> Cow<'_, str> {
    let (prefix, rest) = split_prefix(url);
    let authority = &rest[..end_of(rest, |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'))];
    // Without `//` in front a lone `@` may stand for anything: only a password tells.
    let at = authority
        .rfind('@')
        .filter(|&at| !prefix.is_empty() || authority[..at].contains(':'));
    let kept = if let Some(at) = at {
        &rest[at + 1..]
    } else if !prefix.is_empty() && has_impossible_port(authority) {
        match rest.rfind('@') {
            Some(at) => &rest[at + 1..],
            None => return Cow::Owned(without_port(prefix, rest, authority)),
        }
    } else {
        rest
    };
    let kept = cut_query(kept);
    if kept.len() == rest.len() {
        Cow::Borrowed(url)
    } else if kept.as_ptr() == rest.as_ptr() {
        Cow::Borrowed(&url[..prefix.len() + kept.len()])
    } else {
        Cow::Owned([prefix, kept].concat())
    }
}

/// Splits behind the `//` that an authority follows; without one the prefix is empty.
///
/// What comes before it is not looked at: `jdbc:postgresql://`, or a path that quotes a URL.
fn split_prefix(url: &str) -> (&str, &str) {
    let path = cut_query(url);
    let begins_authority = |index: &usize| *index == 0 || path[..*index].ends_with(':');
    match path
        .match_indices("//")
        .map(|(index, _)| index)
        .find(begins_authority)
    {
        Some(index) => url.split_at(index + 2),
        None => ("", url),
    }
}

fn cut_query(text: &str) -> &str {
    &text[..end_of(text, |byte| matches!(byte, b'?' | b'#'))]
}

/// The position of the first byte that `ends` the part; only ASCII may.
fn end_of(text: &str, ends: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(ends).unwrap_or(text.len())
}

/// Whether what follows the host cannot be a port: then it is a password cut short.
fn has_impossible_port(authority: &str) -> bool {
    let after_host = match authority.strip_prefix('[') {
        Some(address) => address.split_once(']').map_or("", |(_, rest)| rest),
        None => &authority[authority.find(':').unwrap_or(authority.len())..],
    };
    match after_host.strip_prefix(':') {
        Some(port) => port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()),
        None => !after_host.is_empty(),
    }
}

fn without_port(prefix: &str, rest: &str, authority: &str) -> String {
    let host = &authority[..authority.find(':').unwrap_or(authority.len())];
    [prefix, host, cut_query(&rest[authority.len()..])].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_urls_are_not_copied() {
        for url in [
            "https://host/a",
            "/a/@me",
            "http://[::1]:80/",
            "",
            "*",
            "host:80/a",
        ] {
            assert!(
                matches!(strip_url(url), Cow::Borrowed(same) if same == url),
                "{url}"
            );
        }
    }

    #[test]
    fn the_last_at_sign_ends_the_password() {
        assert_eq!(strip_url("https://me:p@ss@host/a"), "https://host/a");
        assert_eq!(strip_url("https://me:p/a?s#s@host/a"), "https://host/a");
        assert_eq!(strip_url("https://me:p?ss"), "https://me");
    }

    proptest! {
        #[test]
        fn passwords_and_query_values_never_survive(
            user in "[a-z]{1,6}", noise in "[!-?A-~]{0,6}", path in "(/[a-z@.]{0,5}){0,3}"
        ) {
            let secret = "S3CR3T";
            let digits = noise.bytes().take_while(u8::is_ascii_digit).count();
            prop_assume!(digits == 0 || !noise[digits..].starts_with(&['/', '\\', '?', '#'][..]));
            for url in [
                format!("https://{user}:{noise}{secret}@host{path}"),
                format!("https://{user}:{secret}{noise}@host{path}"),
                format!("https://{secret}@host{path}"),
                format!("//{user}:{secret}@host{path}"),
                format!("jdbc:postgresql://{user}:{secret}@host{path}"),
                format!(" my_scheme://{user}:{secret}@host{path}"),
                format!("/proxy/https://{user}:{secret}@host{path}"),
                format!("{user}:{secret}@host{path}"),
                format!("https://host{path}?{noise}={secret}"),
                format!("{path}?{secret}"),
                format!("https://host{path}#{noise}{secret}"),
            ] {
                let stripped = strip_url(&url);
                prop_assert!(!stripped.contains(secret), "{} became {}", url, stripped);
            }
        }

        #[test]
        fn stripping_never_panics_and_is_done_once(url in "(https?:|//|/|@|:|\\?|#|\\[|\\]|[a-z0-9]|\\PC){0,20}") {
            let stripped = strip_url(&url).into_owned();
            prop_assert!(!stripped.contains(&['?', '#'][..]));
        }
    }
}
