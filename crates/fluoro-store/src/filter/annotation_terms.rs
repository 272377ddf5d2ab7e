//! Understands terms about annotations.

use super::{
    FilterError,
    expression::{AnnotationComparison, Comparison, Expression, TextComparison},
    parser::Parser,
    terms::{ANNOTATION, VALUE_TEXT},
    token::{Token, word_length},
    vocabulary::Written,
};

impl Parser<'_> {
    /// `annotation.KEY` or `annotation[KEY]`, and what it is compared with.
    pub(super) fn annotation(&mut self) -> Result<Expression, FilterError> {
        let key = self.annotation_key()?;
        let comparison = if let Some(comparison) = self.text_or_number_comparison() {
            Some(self.annotation_value(comparison)?)
        } else {
            if matches!(
                self.token(),
                Token::Unknown(_) | Token::Number(_) | Token::Text(_)
            ) {
                return Err(
                    self.unexpected(&["a comparison such as `=`", "AND, OR, a term, or the end"])
                );
            }
            None
        };
        Ok(Expression::Annotation(key, comparison))
    }

    fn annotation_key(&mut self) -> Result<Box<str>, FilterError> {
        let written = self.written();
        if let Some(key) = written.get(ANNOTATION.len() + 1..) {
            self.advance();
            return Ok(key.into());
        }
        let end = self.place().end;
        self.advance();
        if *self.token() != Token::Sign("[") {
            let message = "the annotation's key is missing";
            let expected = ["annotation.KEY", "annotation[KEY]"];
            return Err(self.error_at(end..end, message, &expected));
        }
        let key = self.bracketed_key()?;
        self.require_sign("]")?;
        Ok(key)
    }

    /// A key after `[`, with or without quotes; digits may come first.
    fn bracketed_key(&mut self) -> Result<Box<str>, FilterError> {
        let rest = self.rest();
        let key = rest.trim_start();
        if key.starts_with(|first: char| first.is_alphanumeric() || first == '_') {
            let key = &key[..word_length(key)];
            let blank = rest.len() - rest.trim_start().len();
            self.jump(self.place().end + blank + key.len());
            return Ok(key.into());
        }
        self.advance();
        match self.token() {
            Token::Text(key) if !key.is_empty() => self.quoted(ANNOTATION),
            _ => Err(self.unexpected(&["the annotation's key"])),
        }
    }

    fn text_or_number_comparison(
        &mut self,
    ) -> Option<(Option<Comparison>, Option<TextComparison>)> {
        let text = match self.token() {
            Token::Word | Token::Sign(_) => TextComparison::find(self.written()),
            _ => None,
        };
        let number = match self.token() {
            Token::Sign(sign) => Comparison::find(sign),
            _ => None,
        };
        if text.is_none() && number.is_none() {
            return None;
        }
        self.advance();
        Some((number, text))
    }

    fn annotation_value(
        &mut self,
        (number, text): (Option<Comparison>, Option<TextComparison>),
    ) -> Result<AnnotationComparison, FilterError> {
        if let (Token::Number(value), Some(comparison)) = (self.token(), number) {
            let value = *value;
            self.advance();
            return Ok(AnnotationComparison::Number(comparison, value));
        }
        if let (Token::Text(value), Some(comparison)) = (self.token(), text) {
            let value = value.clone();
            self.advance();
            return Ok(AnnotationComparison::Text(comparison, value));
        }
        let equality = match number {
            Some(Comparison::Equal) => Some(true),
            Some(Comparison::NotEqual) => Some(false),
            _ => None,
        };
        if let (Some(value), Some(is_equal)) = (self.as_boolean(), equality) {
            self.advance();
            return Ok(AnnotationComparison::Flag { is_equal, value });
        }
        let expected: &[&str] = match (number.is_some(), text.is_some()) {
            (true, true) => &[VALUE_TEXT, "a number", "true", "false"],
            (true, false) => &["a number"],
            _ => &[VALUE_TEXT],
        };
        Err(self.unexpected(expected))
    }
}
