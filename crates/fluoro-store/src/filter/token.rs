//! Cuts an expression into its smallest parts.

use std::ops::Range;

/// What stands at a place.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A keyword with its dots, `true`, `AND`, `CONTAINS`.
    Word,
    /// Text in double quotes, without them.
    Text(Box<str>),
    /// A number.
    Number(f64),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `!`, `(`, `)`, `{`, `}`, `[`, `]`, `,`, `:`, `#`.
    Sign(&'static str),
    /// Something that stands nowhere, with what is wrong about it.
    Unknown(String),
    /// Nothing more.
    End,
}

/// Signs, the longer ones first.
const SIGNS: [&str; 16] = [
    "!=", "<=", ">=", "=", "<", ">", "!", "(", ")", "{", "}", "[", "]", ",", ":", "#",
];

/// What people write out of habit, and what it is called here.
const HABITS: [(&str, &str); 6] = [
    ("==", "="),
    ("=~", "CONTAINS"),
    ("<>", "!="),
    ("&&", "AND"),
    ("||", "OR"),
    ("~", "CONTAINS"),
];

/// The token at or after `start`, with its place.
pub(super) fn token_after(text: &str, start: usize) -> (Token, Range<usize>) {
    let rest = &text[start..];
    let at = start + (rest.len() - rest.trim_start().len());
    let rest = &text[at..];
    let (token, length) = first_token(rest);
    (token, at..at + length)
}

fn first_token(rest: &str) -> (Token, usize) {
    let Some(first) = rest.chars().next() else {
        return (Token::End, 0);
    };
    if first == '"' {
        return quoted(rest);
    }
    if let Some(number) = number(rest) {
        return number;
    }
    if is_word(first) {
        return (Token::Word, word_length(rest));
    }
    if let Some((habit, here)) = HABITS.iter().find(|(habit, _)| rest.starts_with(habit)) {
        let message = format!("`{habit}` is written `{here}` here");
        return (Token::Unknown(message), habit.len());
    }
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return (Token::Sign(sign), sign.len());
    }
    let message = match first {
        '\'' | '“' | '”' | '„' | '‘' | '’' => {
            "texts stand in double quotes: \"…\"".to_owned()
        }
        _ => format!("`{first}` has no meaning here"),
    };
    (Token::Unknown(message), first.len_utf8())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Letters, digits and underscores, with dots between them.
pub(super) fn word_length(text: &str) -> usize {
    let end = text.find(|character| !is_word(character) && character != '.');
    let word = &text[..end.unwrap_or(text.len())];
    word.trim_end_matches('.').len()
}

fn quoted(rest: &str) -> (Token, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (Token::Text(text.into()), at + 1),
            '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => text.push(escaped),
                None => text.push('\\'),
            },
            _ => text.push(character),
        }
    }
    let message = "the text has no closing double quote".to_owned();
    (Token::Unknown(message), rest.len())
}

/// A number, with everything that sticks to it: `2s` is a wrong number, not a number and a word.
fn number(rest: &str) -> Option<(Token, usize)> {
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let mut length = rest.len() - digits.len();
    let mut before = ' ';
    for character in digits.chars() {
        let is_exponent_sign = matches!(before, 'e' | 'E') && matches!(character, '-' | '+');
        if !(is_word(character) || character == '.' || is_exponent_sign) {
            break;
        }
        length += character.len_utf8();
        before = character;
    }
    let written = &rest[..length];
    let token = match written.parse::<f64>() {
        Ok(number) if number.is_finite() => Token::Number(number),
        _ => Token::Unknown(format!(
            "`{written}` is not a number; times are seconds, without a unit"
        )),
    };
    Some((token, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        let mut tokens = Vec::new();
        let mut at = 0;
        loop {
            let (token, place) = token_after(text, at);
            if token == Token::End {
                return tokens;
            }
            at = place.end;
            tokens.push((token, &text[place]));
        }
    }

    #[test]
    fn words_numbers_texts_and_signs() {
        let found = tokens(r#"http.status>=5e-1{!"a\"b\c"}"#);
        assert_eq!(
            found,
            [
                (Token::Word, "http.status"),
                (Token::Sign(">="), ">="),
                (Token::Number(0.5), "5e-1"),
                (Token::Sign("{"), "{"),
                (Token::Sign("!"), "!"),
                (Token::Text("a\"b\\c".into()), r#""a\"b\c""#),
                (Token::Sign("}"), "}"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_one_token() {
        for (text, wrong) in [
            ("2s", "2s"),
            ("1.2.3 x", "1.2.3"),
            ("\"open", "\"open"),
            ("== 1", "=="),
            ("'a'", "'"),
            ("é§", "é"),
            ("§", "§"),
        ] {
            let (token, place) = token_after(text, 0);
            assert!(
                matches!(token, Token::Unknown(_) | Token::Word),
                "{text}: {token:?}"
            );
            assert_eq!(&text[place], wrong);
        }
    }
}
