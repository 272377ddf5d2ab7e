//! Understands terms about services and calls between them.

use super::{
    FilterError,
    expression::{Expression, NodePattern},
    parser::Parser,
    token::Token,
};

const NODE: [&str; 2] = ["a service's name in double quotes", "id(name: \"…\")"];

impl Parser<'_> {
    /// `service(…)`, `service("name") { … }`
    pub(super) fn service(&mut self) -> Result<Expression, FilterError> {
        let pattern = self.service_pattern()?;
        Ok(Expression::Service(pattern, self.condition()?))
    }

    /// `edge("a", "b") { … }`
    pub(super) fn edge(&mut self) -> Result<Expression, FilterError> {
        let (from, to) = self.edge_patterns()?;
        Ok(Expression::Edge(from, to, self.condition()?))
    }

    /// The word `service` and what stands in its parentheses.
    pub(super) fn service_pattern(&mut self) -> Result<NodePattern, FilterError> {
        self.advance();
        self.require_sign("(")?;
        if self.take_sign(")") {
            return Ok(NodePattern::default());
        }
        let pattern = self.node()?;
        self.require_sign(")")?;
        Ok(pattern)
    }

    /// The word `edge` and what stands in its parentheses.
    pub(super) fn edge_patterns(&mut self) -> Result<(NodePattern, NodePattern), FilterError> {
        self.advance();
        self.require_sign("(")?;
        let from = self.node()?;
        self.require_sign(",")?;
        let to = self.node()?;
        self.require_sign(")")?;
        Ok((from, to))
    }

    fn node(&mut self) -> Result<NodePattern, FilterError> {
        if let Token::Text(name) = self.token() {
            let name = Some(name.clone());
            self.advance();
            return Ok(NodePattern {
                name,
                ..NodePattern::default()
            });
        }
        if !self.written().eq_ignore_ascii_case("id") {
            return Err(self.unexpected(&NODE));
        }
        self.id_pattern()
    }

    /// `id(name: "…", type: "…", account.id: "…")`, any of them.
    pub(super) fn id_pattern(&mut self) -> Result<NodePattern, FilterError> {
        let mut pattern = NodePattern::default();
        self.advance();
        self.require_sign("(")?;
        if self.take_sign(")") {
            return Ok(pattern);
        }
        loop {
            let place = match self.written().to_ascii_lowercase().as_str() {
                "name" => &mut pattern.name,
                "type" => &mut pattern.kind,
                "account.id" => &mut pattern.account_id,
                _ => return Err(self.unexpected(&["name:", "type:", "account.id:"])),
            };
            if place.is_some() {
                let message = format!("`{}` is given twice", self.written());
                return Err(self.error(message, &[]));
            }
            let member = self.written();
            self.advance();
            self.require_sign(":")?;
            *place = Some(self.quoted(member)?);
            if !self.take_sign(",") {
                break;
            }
        }
        self.require_sign(")")?;
        Ok(pattern)
    }
}
