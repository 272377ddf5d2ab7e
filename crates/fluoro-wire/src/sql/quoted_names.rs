//! Tells names in double quotes from strings in double quotes.
//!
//! Standard SQL quotes names with `"`, MySQL quotes strings with it, and SQLite takes an unknown
//! name for a string. A statement proves that it means names when one of its double-quoted
//! tokens touches a dot (`"u"."id"`) or follows a word that only a name can follow (`FROM "u"`).

use super::lexer::{Kind, Lexer, Token};

/// What a word says about the token behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    /// Only the name of a table, column or other object can follow.
    BeforeName,
    /// A value is expected.
    BeforeValue,
    /// A value is expected, and another one behind the next `AND`.
    Between,
    And,
    /// A value is expected in each of the parentheses that follow.
    Values,
    /// A statement or a subquery begins.
    BeginsQuery,
    /// A statement begins, and the name of a table follows.
    Update,
    None,
}

impl Keyword {
    const LONGEST: usize = 10;

    fn of(word: &str) -> Self {
        let mut upper = [0; Self::LONGEST];
        let Some(upper) = upper.get_mut(..word.len()) else {
            return Self::None;
        };
        upper.copy_from_slice(word.as_bytes());
        upper.make_ascii_uppercase();
        match &*upper {
            b"FROM" | b"JOIN" | b"INTO" | b"TABLE" | b"EXISTS" | b"INDEX" | b"VIEW" | b"COLUMN"
            | b"CONSTRAINT" | b"REFERENCES" | b"SAVEPOINT" | b"SCHEMA" | b"DATABASE"
            | b"SEQUENCE" | b"TRIGGER" | b"ONLY" => Self::BeforeName,
            b"LIKE" | b"ILIKE" | b"RLIKE" | b"REGEXP" | b"GLOB" | b"MATCH" | b"THEN" | b"ELSE"
            | b"ESCAPE" | b"IN" => Self::BeforeValue,
            b"BETWEEN" => Self::Between,
            b"AND" => Self::And,
            b"VALUES" => Self::Values,
            b"SELECT" | b"DELETE" | b"INSERT" | b"WITH" => Self::BeginsQuery,
            b"UPDATE" => Self::Update,
            _ => Self::None,
        }
    }
}

/// What a pair of parentheses holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Query,
    Values,
    Other,
}

/// What the last significant token lets expect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Name,
    Value,
    Anything,
}

/// Follows the tokens of one statement.
pub(super) struct QuotedNames<'a> {
    sql: &'a str,
    is_proven: bool,
    levels: Vec<Level>,
    expected: Expected,
    after_between: bool,
    after_values: bool,
}

impl<'a> QuotedNames<'a> {
    /// Looks through the statement for proof; none if it has no double quotes.
    pub(super) fn of(sql: &'a str) -> Option<Self> {
        if !sql.contains('"') {
            return None;
        }
        let mut scout = Self::new(sql);
        let is_proven = Lexer::new(sql).any(|token| {
            let is_proof = token.kind == Kind::DoubleQuoted && scout.must_be_name(&token);
            scout.observe(&token);
            is_proof
        });
        Some(Self {
            is_proven,
            ..Self::new(sql)
        })
    }

    const fn new(sql: &'a str) -> Self {
        Self {
            sql,
            is_proven: false,
            levels: Vec::new(),
            expected: Expected::Anything,
            after_between: false,
            after_values: false,
        }
    }

    /// Takes notice of the next token; true if it is a double-quoted name.
    pub(super) fn observe(&mut self, token: &Token) -> bool {
        let text = &self.sql[token.start..token.end];
        match token.kind {
            Kind::Space | Kind::Comment => return false,
            Kind::Word => self.observe_word(text),
            Kind::Symbol => self.observe_symbol(text),
            Kind::Literal | Kind::QuotedName => self.expected = Expected::Anything,
            Kind::DoubleQuoted => {
                let is_name = self.must_be_name(token) || self.is_proven && !self.expects_value();
                self.expected = Expected::Anything;
                return is_name;
            }
        }
        false
    }

    fn must_be_name(&self, token: &Token) -> bool {
        let sql = self.sql.as_bytes();
        let touches_dot =
            self.sql[..token.start].ends_with('.') || sql.get(token.end) == Some(&b'.');
        // `TRIM("x" FROM "y")` has FROM inside a call, where it does not mean a table.
        touches_dot || self.expected == Expected::Name && self.level() == Level::Query
    }

    fn expects_value(&self) -> bool {
        self.expected == Expected::Value || self.level() == Level::Values
    }

    fn level(&self) -> Level {
        self.levels.last().copied().unwrap_or(Level::Query)
    }

    fn observe_word(&mut self, word: &str) {
        let keyword = Keyword::of(word);
        if matches!(keyword, Keyword::BeginsQuery | Keyword::Update) {
            if let Some(level) = self.levels.last_mut() {
                *level = Level::Query;
            }
            self.after_values = false;
        }
        self.expected = match keyword {
            Keyword::BeforeName | Keyword::Update => Expected::Name,
            Keyword::BeforeValue | Keyword::Between | Keyword::Values => Expected::Value,
            Keyword::And if self.after_between => Expected::Value,
            _ => Expected::Anything,
        };
        match keyword {
            Keyword::Between => self.after_between = true,
            Keyword::And => self.after_between = false,
            Keyword::Values => self.after_values = true,
            _ => {}
        }
    }

    fn observe_symbol(&mut self, symbol: &str) {
        match symbol {
            "(" => {
                let holds_values = self.expects_value() || self.after_values;
                self.levels.push(if holds_values {
                    Level::Values
                } else {
                    Level::Other
                });
                self.expected = Expected::Anything;
            }
            ")" => {
                self.levels.pop();
                self.expected = Expected::Anything;
            }
            "=" | "<" | ">" | "!" | "+" | "-" | "*" | "/" | "%" | "|" | "~" | "^" | "&" => {
                self.expected = Expected::Value;
            }
            _ => self.expected = Expected::Anything,
        }
    }
}
