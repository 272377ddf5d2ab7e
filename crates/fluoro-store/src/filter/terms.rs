//! Understands the terms of an expression.

use super::{
    FilterError,
    expression::{
        Comparison, Expression, Flag, Group, GroupKey, Number, RootCausePart, Text, TextComparison,
    },
    groups::Groups,
    json_pattern::JsonPattern,
    keyword::keywords,
    parser::Parser,
    suggestion::closest,
    token::Token,
    vocabulary::Written,
};
use crate::topology::RootCauseKind;

pub(super) const ANNOTATION: &str = "annotation";
const ROOT_CAUSE_JSON: &str = "rootcause.json";
pub(super) const VALUE_TEXT: &str = "a text in double quotes";

impl Parser<'_> {
    /// A term; the current token is a word.
    pub(super) fn term(&mut self) -> Result<Expression, FilterError> {
        let word = self.written();
        if let Some(flag) = Flag::find(word) {
            self.advance();
            return self.flag(flag);
        }
        if let Some(number) = Number::find(word) {
            self.advance();
            return self.number(number);
        }
        if let Some(text) = Text::find(word) {
            self.advance();
            return self.text(text);
        }
        if let Some((kind, part)) = <(RootCauseKind, RootCausePart)>::find(word) {
            self.advance();
            return Ok(Expression::RootCause(kind, part, self.condition()?));
        }
        if let Some(by) = GroupKey::find(word) {
            self.advance();
            return self.group(by);
        }
        match word.to_ascii_lowercase().as_str() {
            "service" => self.service(),
            "edge" => self.edge(),
            ROOT_CAUSE_JSON => self.root_cause_json(),
            lower if lower == ANNOTATION || lower.starts_with("annotation.") => self.annotation(),
            _ => Err(self.unknown_word()),
        }
    }

    fn unknown_word(&self) -> FilterError {
        let word = self.written();
        let names = keywords().iter().map(|keyword| keyword.name);
        if names.clone().any(|name| name.eq_ignore_ascii_case(word)) {
            return self.term_error(format!("`{word}` cannot stand here"));
        }
        let meant = match closest(word, names) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None => String::new(),
        };
        self.term_error(format!("there is no keyword `{word}`{meant}"))
    }

    fn flag(&mut self, flag: Flag) -> Result<Expression, FilterError> {
        let is_equal = match self.token() {
            Token::Sign("=") => true,
            Token::Sign("!=") => false,
            Token::Sign("<" | "<=" | ">" | ">=") | Token::Unknown(_) => {
                return Err(self.unexpected(&["`=`", "`!=`", "AND, OR, a term, or the end"]));
            }
            _ => return Ok(Expression::Flag(flag, true)),
        };
        self.advance();
        let value = self.boolean()?;
        Ok(Expression::Flag(flag, is_equal == value))
    }

    fn boolean(&mut self) -> Result<bool, FilterError> {
        match self.as_boolean() {
            Some(value) => {
                self.advance();
                Ok(value)
            }
            None => Err(self.unexpected(&["true", "false"])),
        }
    }

    pub(super) fn as_boolean(&self) -> Option<bool> {
        let is =
            |word: &str| *self.token() == Token::Word && self.written().eq_ignore_ascii_case(word);
        is("true").then_some(true).or(is("false").then_some(false))
    }

    fn number(&mut self, number: Number) -> Result<Expression, FilterError> {
        let Some(comparison) = self.comparison() else {
            self.no_other_comparison::<Comparison>()?;
            return Ok(Expression::Number(number, None));
        };
        let &Token::Number(value) = self.token() else {
            return Err(self.wrong_value(number.written(), "a number"));
        };
        self.advance();
        Ok(Expression::Number(number, Some((comparison, value))))
    }

    fn text(&mut self, text: Text) -> Result<Expression, FilterError> {
        let Some(comparison) = self.text_comparison() else {
            self.no_other_comparison::<TextComparison>()?;
            return Ok(Expression::Text(text, None));
        };
        let value = self.quoted(text.written())?;
        Ok(Expression::Text(text, Some((comparison, value))))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let &Token::Sign(sign) = self.token() else {
            return None;
        };
        let comparison = Comparison::find(sign)?;
        self.advance();
        Some(comparison)
    }

    fn text_comparison(&mut self) -> Option<TextComparison> {
        let comparison = match self.token() {
            Token::Word | Token::Sign("=" | "!=") => TextComparison::find(self.written())?,
            _ => return None,
        };
        self.advance();
        Some(comparison)
    }

    /// After something that was not compared, no comparison of another kind may stand.
    fn no_other_comparison<C: Written>(&self) -> Result<(), FilterError> {
        let is_comparison = match self.token() {
            Token::Sign(sign) => Comparison::find(sign).is_some(),
            Token::Word => TextComparison::find(self.written()).is_some(),
            Token::Unknown(_) | Token::Number(_) | Token::Text(_) => true,
            Token::End => false,
        };
        if !is_comparison {
            return Ok(());
        }
        let expected: Vec<_> = C::ALL.iter().map(|(written, _)| *written).collect();
        Err(self.unexpected(&expected))
    }

    pub(super) fn quoted(&mut self, of: &str) -> Result<Box<str>, FilterError> {
        let Token::Text(value) = self.token() else {
            return Err(self.wrong_value(of, VALUE_TEXT));
        };
        let value = value.clone();
        self.advance();
        Ok(value)
    }

    fn wrong_value(&self, of: &str, expected: &str) -> FilterError {
        match self.token() {
            Token::Unknown(_) | Token::End => self.unexpected(&[expected]),
            _ => {
                let message = format!(
                    "`{of}` is compared with {expected}, not `{}`",
                    self.written()
                );
                self.error(message, &[expected])
            }
        }
    }
}

/// Terms that are more than a keyword and a comparison.
impl Parser<'_> {
    /// `group.name = "…"`, with the group's own expression.
    fn group(&mut self, by: GroupKey) -> Result<Expression, FilterError> {
        self.require_sign("=")?;
        let place = self.place();
        let value = self.quoted(by.written())?;
        let found = self.groups.find(by, &value);
        let text = found.map_err(|message| self.error_at(place.clone(), message, &[]))?;
        let inside = Groups::inside(self.groups, by, &value);
        let expression = Parser::new(&text, self.depth() + 1, &inside)
            .and_then(Parser::whole)
            .map_err(|inner| {
                let message = format!("in the group \"{value}\": {}", inner.message);
                self.error_at(place, message, &[])
            })?;
        Ok(Expression::Group(Group {
            by,
            value,
            expression: Box::new(expression),
        }))
    }

    /// `rootcause.json = #[…]`
    fn root_cause_json(&mut self) -> Result<Expression, FilterError> {
        self.advance();
        self.require_sign("=")?;
        if *self.token() != Token::Sign("#") {
            return Err(self.unexpected(&["`#` with JSON, as summaries show it"]));
        }
        let start = self.place().end;
        match JsonPattern::parse_start(self.rest()) {
            Ok((pattern, length)) => {
                self.jump(start + length);
                Ok(Expression::RootCauseJson(pattern))
            }
            Err((offset, message)) => {
                let at = start + offset;
                Err(self.error_at(at..at, message, &["JSON, as summaries show it"]))
            }
        }
    }
}
