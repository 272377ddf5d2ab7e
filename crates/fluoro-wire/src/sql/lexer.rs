//! Splits a statement of any dialect into tokens.
//!
//! All delimiters are ASCII, so tokens begin and end between characters.

/// What a token is, as far as hiding literals needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// White space.
    Space,
    /// A keyword or an unquoted name.
    Word,
    /// A number or a string in any notation, or everything from a point on where it is
    /// undecidable what is literal and what is not.
    Literal,
    /// `"…"`: a name or a string, depending on the dialect.
    DoubleQuoted,
    /// `` `…` `` or `[…]`.
    QuotedName,
    /// `-- …`, `# …` or `/* … */`.
    Comment,
    /// Operators, punctuation and placeholders.
    Symbol,
}

/// A part of the statement, as byte positions in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Iterates over the tokens of a statement.
pub(super) struct Lexer<'a> {
    sql: &'a [u8],
    position: usize,
}

/// Whether a backslash takes the meaning from the quote behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backslash {
    Escapes,
    DependsOnDialect,
}

/// A token's kind and end; `None` when it is undecidable where it ends.
type Scan = Option<(Kind, usize)>;

impl<'a> Lexer<'a> {
    pub(super) const fn new(sql: &'a str) -> Self {
        Self {
            sql: sql.as_bytes(),
            position: 0,
        }
    }

    fn at(&self, index: usize) -> u8 {
        self.sql.get(index).copied().unwrap_or(0)
    }

    fn before(&self, index: usize) -> u8 {
        index.checked_sub(1).map_or(0, |index| self.at(index))
    }

    fn token_at(&self, start: usize) -> Scan {
        let next = self.at(start + 1);
        match self.at(start) {
            b'\'' => self.string(start, Backslash::DependsOnDialect),
            b'"' => self.double_quoted(start),
            b'`' => Some((Kind::QuotedName, self.doubled(start, b'`')?)),
            b'[' => self.bracket(start),
            b'-' if next == b'-' => self.line_comment(start, start + 2),
            b'#' if next != b'>' => self.line_comment(start, start + 1),
            b'/' if next == b'*' => self.block_comment(start),
            b'$' => self.dollar(start),
            b'?' => self.numbered(start),
            b':' if self.is_numbered_placeholder(start) => self.numbered(start),
            b'.' if next.is_ascii_digit() && !is_name_end(self.before(start)) => self.number(start),
            byte if byte.is_ascii_digit() => self.number(start),
            byte if byte.is_ascii_whitespace() => self.space(start),
            byte if is_word_start(byte) => self.word(start),
            _ => Some((Kind::Symbol, start + 1)),
        }
    }

    /// The first position from `index` on whose byte `belongs` refuses.
    fn skip(&self, index: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.sql.get(index..).unwrap_or_default();
        index + rest.iter().take_while(|&&byte| belongs(byte)).count()
    }

    fn space(&self, start: usize) -> Scan {
        let end = self.skip(start + 1, |byte| byte.is_ascii_whitespace());
        Some((Kind::Space, end))
    }

    /// A placeholder's mark with the number behind it, if there is one.
    fn numbered(&self, start: usize) -> Scan {
        let end = self.skip(start + 1, |byte| byte.is_ascii_digit());
        Some((Kind::Symbol, end))
    }

    /// `123`, `1.5e-3`, `0xFF`, `1_000`; digits that run into letters belong to it.
    fn number(&self, start: usize) -> Scan {
        let mut end = start + 1;
        loop {
            end = self.skip(end, is_word_part);
            let next = self.at(end + 1);
            let goes_on = match self.at(end) {
                b'.' => is_word_part(next),
                b'+' | b'-' => matches!(self.before(end), b'e' | b'E') && next.is_ascii_digit(),
                _ => false,
            };
            if !goes_on {
                return Some((Kind::Literal, end));
            }
            end += 1;
        }
    }

    /// A word, or the literal that it introduces, as in `N'…'`.
    fn word(&self, start: usize) -> Scan {
        let end = self.skip(start + 1, is_word_part);
        let word = &self.sql[start..end];
        if self.at(end) != b'\'' || word.len() > 2 {
            return Some((Kind::Word, end));
        }
        match word.to_ascii_lowercase().as_slice() {
            b"e" => self.string(end, Backslash::Escapes),
            b"b" | b"n" | b"r" | b"x" | b"br" | b"rb" => {
                self.string(end, Backslash::DependsOnDialect)
            }
            b"q" | b"nq" => self.oracle_string(end),
            _ => Some((Kind::Word, end)),
        }
    }

    fn string(&self, quote: usize, backslash: Backslash) -> Scan {
        let end = self.quoted(quote, backslash)?;
        Some((Kind::Literal, end))
    }

    fn double_quoted(&self, start: usize) -> Scan {
        let end = self.quoted(start, Backslash::DependsOnDialect)?;
        Some((Kind::DoubleQuoted, end))
    }

    /// The end of a text in quotes that are doubled to stand for themselves.
    ///
    /// Undecidable if a backslash stands before a quote, or a word begins right behind the last
    /// one: then the text was not quoted by this dialect's rules, or not properly at all.
    fn quoted(&self, start: usize, backslash: Backslash) -> Option<usize> {
        let quote = self.at(start);
        let mut index = start + 1;
        loop {
            index = self.skip(index, |byte| byte != quote && byte != b'\\');
            let backslashes = self.skip(index, |byte| byte == b'\\') - index;
            index += backslashes;
            if index >= self.sql.len() {
                return None;
            }
            if self.at(index) != quote {
                continue;
            }
            match (backslashes % 2, backslash) {
                (1, Backslash::DependsOnDialect) => return None,
                (1, Backslash::Escapes) => index += 1,
                _ if self.at(index + 1) == quote => index += 2,
                _ if is_glued(quote, self.at(index + 1)) => return None,
                _ => return Some(index + 1),
            }
        }
    }

    /// The end of a text that only the doubled closing character does not end.
    fn doubled(&self, start: usize, close: u8) -> Option<usize> {
        let mut index = start + 1;
        loop {
            index = self.skip(index, |byte| byte != close);
            if index >= self.sql.len() {
                return None;
            }
            if self.at(index + 1) != close {
                return Some(index + 1);
            }
            index += 2;
        }
    }

    /// Oracle's `q'[…]'`, where the character behind the quote chooses the end.
    fn oracle_string(&self, quote: usize) -> Scan {
        let close = match self.at(quote + 1) {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            byte if byte.is_ascii_graphic() => byte,
            _ => return None,
        };
        let body = self.sql.get(quote + 2..)?;
        let length = body.windows(2).position(|pair| pair == [close, b'\''])?;
        Some((Kind::Literal, quote + 2 + length + 2))
    }

    /// `$1` is a placeholder, `$tag$…$tag$` a string.
    fn dollar(&self, start: usize) -> Scan {
        if self.at(start + 1).is_ascii_digit() {
            return self.numbered(start);
        }
        let tag_end = self.skip(start + 1, |byte| is_word_part(byte) && byte != b'$');
        if self.at(tag_end) != b'$' {
            return Some((Kind::Symbol, start + 1));
        }
        let tag = &self.sql[start..=tag_end];
        let body = &self.sql[tag_end + 1..];
        let length = body.windows(tag.len()).position(|window| window == tag)?;
        Some((Kind::Literal, tag_end + 1 + length + tag.len()))
    }

    /// `[name]`, or the opening bracket of a subscript or an array.
    fn bracket(&self, start: usize) -> Scan {
        let bracket = Some((Kind::Symbol, start + 1));
        if is_name_end(self.before(start)) {
            return bracket;
        }
        let end = self.skip(start + 1, |byte| byte != b']');
        let content = &self.sql[start + 1..end];
        let begins_like_a_name = content.first().is_some_and(|&byte| is_word_start(byte));
        let is_name_part = |byte: &u8| is_word_part(*byte) || b" .#@-".contains(byte);
        if end < self.sql.len() && begins_like_a_name && content.iter().all(is_name_part) {
            return Some((Kind::QuotedName, end + 1));
        }
        // `[o'brien]` is a name in one dialect, the beginning of a string in the others.
        let holds_quote = content.iter().any(|byte| opens_something(*byte));
        if begins_like_a_name && holds_quote {
            None
        } else {
            bracket
        }
    }

    /// `-- …` and `# …`, which not every dialect takes for a comment.
    fn line_comment(&self, start: usize, content: usize) -> Scan {
        let end = self.skip(content, |byte| byte != b'\n');
        let is_certain = self.at(start) == b'-' && !self.at(content).is_ascii_graphic();
        let body = &self.sql[content..end];
        let opens = body.iter().any(|byte| opens_something(*byte))
            || body.windows(2).any(|pair| pair == b"/*");
        if opens && !is_certain {
            None
        } else {
            Some((Kind::Comment, end))
        }
    }

    /// `/* … */`, which only some dialects nest.
    fn block_comment(&self, start: usize) -> Scan {
        let body = &self.sql[start + 2..];
        let length = body.windows(2).position(|pair| pair == b"*/")?;
        let is_nested = body[..length].windows(2).any(|pair| pair == b"/*");
        if is_nested {
            None
        } else {
            Some((Kind::Comment, start + 2 + length + 2))
        }
    }

    /// `:1` is a placeholder where an operand can begin, so not in `12:30` or `values[2:5]`.
    fn is_numbered_placeholder(&self, colon: usize) -> bool {
        let before = self.before(colon);
        let can_begin =
            colon == 0 || before.is_ascii_whitespace() || b"(,=<>!+-*/%|&".contains(&before);
        self.at(colon + 1).is_ascii_digit() && can_begin
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.position;
        if start >= self.sql.len() {
            return None;
        }
        let (kind, end) = self
            .token_at(start)
            .unwrap_or((Kind::Literal, self.sql.len()));
        self.position = end;
        Some(Token { kind, start, end })
    }
}

const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@') || byte >= 0x80
}

const fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// Whether a name or a value may end with this byte.
const fn is_name_end(byte: u8) -> bool {
    is_word_part(byte) || matches!(byte, b')' | b']' | b'"' | b'`' | b'\'' | b'?')
}

/// Whether `next` cannot stand right behind a closing quote: no dialect lets two operands touch.
const fn is_glued(quote: u8, next: u8) -> bool {
    let is_subscript = next == b'[' && quote == b'"';
    is_word_part(next) || matches!(next, b'[' | b'{' | b'\\' | b'\'' | b'"' | b'`') && !is_subscript
}

/// Whether this byte could begin a literal, so that skipping it changes what follows.
const fn opens_something(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'`' | b'$')
}
