//! Understands an expression: a recursive descent over its tokens.

use std::ops::Range;

use super::{
    FilterError,
    expression::Expression,
    groups::Groups,
    token::{Token, token_after},
};

/// Longest expression, in bytes; the service takes 2,000.
const MAX_LENGTH: usize = 16_384;

/// Most parentheses, braces, negations and groups within each other.
const MAX_NESTING: usize = 100;

/// What may stand where a term begins.
const TERM: [&str; 8] = [
    "a keyword such as `fault`",
    "service(…)",
    "edge(…)",
    "annotation.KEY",
    "group.name",
    "rootcause.…",
    "`!`",
    "`(`",
];

/// Reads an expression from left to right.
pub(super) struct Parser<'a> {
    text: &'a str,
    token: Token,
    place: Range<usize>,
    /// How deep it is nested.
    depth: usize,
    pub(super) groups: &'a Groups<'a>,
}

impl<'a> Parser<'a> {
    /// Begins with the first token.
    pub(super) fn new(
        text: &'a str,
        depth: usize,
        groups: &'a Groups<'a>,
    ) -> Result<Self, FilterError> {
        let (token, place) = token_after(text, 0);
        let parser = Self {
            text,
            token,
            place,
            depth,
            groups,
        };
        if text.len() > MAX_LENGTH {
            let message = format!("the expression is longer than {MAX_LENGTH} bytes");
            let mut end = MAX_LENGTH;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            return Err(parser.error_at(end..text.len(), message, &[]));
        }
        Ok(parser)
    }

    /// The whole text as one expression; the empty one says nothing.
    pub(super) fn whole(mut self) -> Result<Expression, FilterError> {
        if self.token == Token::End {
            return Ok(Expression::EVERYTHING);
        }
        let expression = self.expression()?;
        self.end("AND, OR, a term, or the end")?;
        Ok(expression)
    }

    /// Nothing may follow.
    pub(super) fn end(&self, expected: &str) -> Result<(), FilterError> {
        match &self.token {
            Token::End => Ok(()),
            Token::Sign(")") => Err(self.error("this `)` closes nothing", &[expected])),
            Token::Sign("}") => Err(self.error("this `}` closes nothing", &[expected])),
            _ => Err(self.unexpected(&[expected])),
        }
    }

    /// `and ("OR" and)*`
    pub(super) fn expression(&mut self) -> Result<Expression, FilterError> {
        let mut alternatives = vec![self.all()?];
        while self.take_word("OR") {
            alternatives.push(self.all()?);
        }
        Ok(one_or(alternatives, Expression::Or))
    }

    /// `not (["AND"] not)*`
    fn all(&mut self) -> Result<Expression, FilterError> {
        let mut terms = vec![self.negation()?];
        while self.take_word("AND") || self.at_term() {
            terms.push(self.negation()?);
        }
        Ok(one_or(terms, Expression::And))
    }

    fn at_term(&self) -> bool {
        match self.token {
            Token::Word => !self.at_word("OR"),
            Token::Sign(sign) => matches!(sign, "!" | "("),
            _ => false,
        }
    }

    /// `("!" | "NOT") not | "(" expr ")" | term`
    fn negation(&mut self) -> Result<Expression, FilterError> {
        if self.take_sign("!") || self.take_word("NOT") {
            let negated = self.nested(Self::negation)?;
            return Ok(Expression::Not(Box::new(negated)));
        }
        let open = self.place.clone();
        if self.take_sign("(") {
            let inner = self.nested(Self::expression)?;
            self.close(")", open)?;
            return Ok(inner);
        }
        match self.token {
            Token::Word if !self.at_word("AND") && !self.at_word("OR") => self.term(),
            Token::Word => {
                let word = &self.text[self.place.clone()];
                Err(self.error(format!("`{word}` needs a term on both sides"), &TERM))
            }
            Token::End => Err(self.error("the expression ends where a term is expected", &TERM)),
            _ => Err(self.unexpected(&TERM)),
        }
    }

    /// `[ "{" expr "}" ]`
    pub(super) fn condition(&mut self) -> Result<Option<Box<Expression>>, FilterError> {
        let open = self.place.clone();
        if !self.take_sign("{") {
            return Ok(None);
        }
        if self.take_sign("}") {
            return Ok(None);
        }
        let inner = self.nested(Self::expression)?;
        self.close("}", open)?;
        Ok(Some(Box::new(inner)))
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Expression, FilterError>,
    ) -> Result<Expression, FilterError> {
        if self.depth >= MAX_NESTING {
            let message = format!("the expression is nested more than {MAX_NESTING} levels deep");
            return Err(self.error(message, &[]));
        }
        self.depth += 1;
        let inner = parse(self);
        self.depth -= 1;
        inner
    }

    /// How deep the current place is nested, for groups.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    fn close(&mut self, sign: &'static str, open: Range<usize>) -> Result<(), FilterError> {
        if self.take_sign(sign) {
            return Ok(());
        }
        if self.token == Token::End {
            let open_sign = &self.text[open.clone()];
            let message = format!("this `{open_sign}` is not closed");
            return Err(self.error_at(open, message, &[&format!("`{sign}` at the end")]));
        }
        Err(self.unexpected(&["AND", "OR", "a term", &format!("`{sign}`")]))
    }
}

/// Moving on, and saying what is wrong.
impl<'a> Parser<'a> {
    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// What stands at the current place, as it is written.
    pub(super) fn written(&self) -> &'a str {
        &self.text[self.place.clone()]
    }

    /// The text after the current token.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.place.end..]
    }

    pub(super) fn advance(&mut self) {
        self.jump(self.place.end);
    }

    /// Goes on at a byte.
    pub(super) fn jump(&mut self, at: usize) {
        (self.token, self.place) = token_after(self.text, at);
    }

    fn at_word(&self, word: &str) -> bool {
        self.token == Token::Word && self.written().eq_ignore_ascii_case(word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_there = self.at_word(word);
        if is_there {
            self.advance();
        }
        is_there
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.token, Token::Sign(found) if found == sign);
        if is_there {
            self.advance();
        }
        is_there
    }

    /// Takes a sign that must stand here.
    pub(super) fn require_sign(&mut self, sign: &str) -> Result<(), FilterError> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(self.unexpected(&[&format!("`{sign}`")]))
    }

    /// The current token stands at the wrong place.
    pub(super) fn unexpected(&self, expected: &[&str]) -> FilterError {
        let message = match &self.token {
            Token::Unknown(message) => message.clone(),
            Token::End => "the expression ends too early".to_owned(),
            _ => format!("`{}` cannot stand here", self.written()),
        };
        self.error(message, expected)
    }

    pub(super) fn error(&self, message: impl Into<String>, expected: &[&str]) -> FilterError {
        self.error_at(self.place.clone(), message, expected)
    }

    pub(super) fn error_at(
        &self,
        place: Range<usize>,
        message: impl Into<String>,
        expected: &[&str],
    ) -> FilterError {
        FilterError {
            expression: self.text.to_owned(),
            message: message.into(),
            at: place.start,
            length: place.len(),
            expected: expected.iter().map(|&one| one.to_owned()).collect(),
        }
    }

    /// What may stand where a term begins.
    pub(super) fn term_error(&self, message: impl Into<String>) -> FilterError {
        self.error(message, &TERM)
    }
}

fn one_or(
    mut expressions: Vec<Expression>,
    combine: impl FnOnce(Vec<Expression>) -> Expression,
) -> Expression {
    if expressions.len() == 1 {
        expressions.remove(0)
    } else {
        combine(expressions)
    }
}
