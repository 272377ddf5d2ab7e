//! What a trace must have for an expression to be true of it.

use super::expression::{
    AnnotationComparison, Comparison, Expression, Flag, NodePattern, Number, Text, TextComparison,
};
use crate::{
    facts::{AnnotationValue, Needs, Trait},
    topology::{RootCauseKind, is_name_given_here},
};

impl Expression {
    /// What every trace has that it is true of. It may ask for less than the expression does.
    pub(super) fn needs(&self) -> Needs {
        match self {
            Self::And(terms) => Needs::all(terms.iter().map(Self::needs)),
            Self::Or(terms) => Needs::any(terms.iter().map(Self::needs)),
            Self::Flag(Flag::Error, true) => Needs::some(Trait::Error),
            Self::Flag(Flag::Fault, true) => Needs::some(Trait::Fault),
            Self::Flag(Flag::Throttle, true) => Needs::some(Trait::Throttle),
            Self::Flag(Flag::Partial, true) => Needs::some(Trait::InProgress),
            Self::Number(number, Some((comparison, wanted))) => {
                number_needs(*number, *comparison, *wanted)
            }
            Self::Text(text, Some((comparison, wanted))) => text_needs(*text, *comparison, wanted),
            Self::Annotation(key, comparison) => Needs::all([
                Needs::text(key),
                comparison.as_ref().map_or(Needs::NOTHING, annotation_needs),
            ]),
            Self::Service(pattern, condition) => {
                Needs::all([pattern.needs(), condition_needs(condition.as_deref())])
            }
            Self::Edge(from, to, condition) => Needs::all([
                from.needs(),
                to.needs(),
                condition_needs(condition.as_deref()),
            ]),
            Self::Group(group) => group.expression.needs(),
            Self::RootCause(kind, _, condition) => Needs::all([
                match kind {
                    RootCauseKind::Fault => Needs::some(Trait::Fault),
                    RootCauseKind::Error => Needs::some(Trait::Error),
                    RootCauseKind::ResponseTime => Needs::NOTHING,
                },
                condition_needs(condition.as_deref()),
            ]),
            Self::Not(_)
            | Self::Flag(..)
            | Self::Number(_, None)
            | Self::Text(_, None)
            | Self::RootCauseJson(_) => Needs::NOTHING,
        }
    }
}

fn condition_needs(condition: Option<&Expression>) -> Needs {
    condition.map_or(Needs::NOTHING, Expression::needs)
}

/// Nothing in a trace takes longer than the trace.
fn number_needs(number: Number, comparison: Comparison, wanted: f64) -> Needs {
    match (number, comparison) {
        (
            Number::ResponseTime | Number::Duration,
            Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Equal,
        ) => Needs::lasts_at_least(wanted),
        (Number::HttpStatus, Comparison::Equal) if wanted == f64::from(wanted as u16) => {
            Needs::value(&Some(wanted as u16))
        }
        _ => Needs::NOTHING,
    }
}

fn text_needs(text: Text, comparison: TextComparison, wanted: &str) -> Needs {
    match (text, comparison) {
        // Types are made up of what documents say.
        (Text::Type, _) | (_, TextComparison::NotEqual) => Needs::NOTHING,
        (Text::Name, _) => name_needs(wanted),
        _ => Needs::text(wanted),
    }
}

fn name_needs(part: &str) -> Needs {
    match is_name_given_here(part) {
        true => Needs::NOTHING,
        false => Needs::text(part),
    }
}

fn annotation_needs(comparison: &AnnotationComparison) -> Needs {
    match comparison {
        AnnotationComparison::Text(TextComparison::NotEqual, _)
        | AnnotationComparison::Flag { .. } => Needs::NOTHING,
        AnnotationComparison::Text(_, wanted) => Needs::text(wanted),
        // There are two zeros, which are equal.
        AnnotationComparison::Number(Comparison::Equal, wanted) if *wanted != 0.0 => {
            Needs::value(&AnnotationValue::Number(*wanted))
        }
        AnnotationComparison::Number(..) => Needs::NOTHING,
    }
}

impl NodePattern {
    fn needs(&self) -> Needs {
        let name = self.name.as_deref().map_or(Needs::NOTHING, name_needs);
        let account = self.account_id.as_deref();
        Needs::all([name, account.map_or(Needs::NOTHING, Needs::text)])
    }
}

#[cfg(test)]
mod tests;
