//! An expression that is ready to be asked about traces.

use std::{cell::Cell, fmt, str::FromStr};

use super::{
    FilterError,
    evaluation::Evaluation,
    expression::Expression,
    groups::{Groups, Lookup},
    parser::Parser,
};
use crate::facts::{Needs, Trace};

/// How an expression names a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupReference<'a> {
    /// `group.name = "…"`.
    Name(&'a str),
    /// `group.arn = "…"`.
    Arn(&'a str),
}

/// An expression that is ready to be asked about traces.
///
/// A comparison only holds for what is there: `http.status != 200` is not true of a trace
/// without a status, `!(http.status = 200)` is. Where a trace has several values, say users, one
/// is enough; with `!=` none may be equal.
#[derive(Clone, PartialEq, Debug)]
pub struct Filter {
    expression: Expression,
}

impl Filter {
    /// Selects every trace, as the empty expression does.
    pub fn everything() -> Self {
        Self {
            expression: Expression::EVERYTHING,
        }
    }

    /// Reads an expression; `group` gives the expression of a group, or none if there is no such
    /// group.
    ///
    /// # Errors
    ///
    /// [`FilterError`] if the expression cannot be understood, a group does not exist or leads
    /// back to itself.
    pub fn parse(expression: &str, group: &Lookup<'_>) -> Result<Self, FilterError> {
        let taken = Cell::new(0);
        let groups = Groups::new(group, &taken);
        let expression = Parser::new(expression, 0, &groups)?.whole()?;
        Ok(Self { expression })
    }

    /// Whether an expression would be understood if the groups that it names were there: for who
    /// does not know the groups.
    ///
    /// ```
    /// use fluoro_store::filter::Filter;
    /// assert!(Filter::check("group.name = \"slow\" AND fault").is_ok());
    /// assert!(Filter::check("group.name = slow").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`FilterError`] if the expression cannot be understood.
    pub fn check(expression: &str) -> Result<(), FilterError> {
        Self::parse(expression, &|_| Some(String::new())).map(drop)
    }

    /// Whether it selects every trace.
    pub fn is_everything(&self) -> bool {
        self.expression == Expression::EVERYTHING
    }

    /// What every trace has that it selects.
    pub fn needs(&self) -> Needs {
        self.expression.needs()
    }

    /// Whether it selects a trace.
    pub fn matches(&self, trace: &Trace) -> bool {
        self.is_everything() || Evaluation::new(trace).is_true(&self.expression)
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    /// Reads an expression that names no group.
    fn from_str(expression: &str) -> Result<Self, Self::Err> {
        Self::parse(expression, &|_| None)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(formatter)
    }
}
