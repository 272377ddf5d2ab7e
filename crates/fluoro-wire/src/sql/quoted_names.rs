//! Tells names in double quotes from strings in double quotes.
//!
//! Standard SQL quotes names with `"`, MySQL quotes strings with it, and SQLite takes an unknown
//! name for a string. A statement proves that it means names when one of its double-quoted
//! tokens touches a dot (`"u"."id"`) or follows a word that only a name can follow (`FROM "u"`).

use super::lexer::{Kind, Lexer, Token};

/// Words that only the name of a table, column or other object can follow.
const BEFORE_NAME: [&str; 17] = [
    "FROM",
    "JOIN",
    "INTO",
    "UPDATE",
    "TABLE",
    "EXISTS",
    "INDEX",
    "VIEW",
    "COLUMN",
    "CONSTRAINT",
    "REFERENCES",
    "SAVEPOINT",
    "SCHEMA",
    "DATABASE",
    "SEQUENCE",
    "TRIGGER",
    "ONLY",
];

/// Words that a value is expected after.
const BEFORE_VALUE: [&str; 12] = [
    "LIKE", "ILIKE", "RLIKE", "REGEXP", "GLOB", "MATCH", "BETWEEN", "THEN", "ELSE", "ESCAPE", "IN",
    "VALUES",
];

/// Words that begin a statement or a subquery.
const BEGINS_QUERY: [&str; 5] = ["SELECT", "DELETE", "INSERT", "UPDATE", "WITH"];

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
    /// Looks through the statement for proof, if it has double quotes at all.
    pub(super) fn of(sql: &'a str) -> Self {
        let mut names = Self::new(sql);
        if sql.contains('"') {
            let mut scout = Self::new(sql);
            names.is_proven = Lexer::new(sql).any(|token| {
                let is_proof = token.kind == Kind::DoubleQuoted && scout.must_be_name(&token);
                scout.observe(&token, &sql[token.start..token.end]);
                is_proof
            });
        }
        names
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
    pub(super) fn observe(&mut self, token: &Token, text: &str) -> bool {
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
        let is_one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        if is_one_of(&BEGINS_QUERY) {
            if let Some(level) = self.levels.last_mut() {
                *level = Level::Query;
            }
            self.after_values = false;
        }
        let ends_between = self.after_between && word.eq_ignore_ascii_case("AND");
        if word.eq_ignore_ascii_case("BETWEEN") {
            self.after_between = true;
        } else if ends_between {
            self.after_between = false;
        }
        self.after_values |= word.eq_ignore_ascii_case("VALUES");
        self.expected = if is_one_of(&BEFORE_NAME) {
            Expected::Name
        } else if is_one_of(&BEFORE_VALUE) || ends_between {
            Expected::Value
        } else {
            Expected::Anything
        };
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
