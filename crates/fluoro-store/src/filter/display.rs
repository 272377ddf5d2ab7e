//! Writes an expression so that it reads back as the same.

use std::fmt::{self, Display, Formatter};

use super::{
    expression::{AnnotationComparison, Expression, NodePattern},
    token::word_length,
    vocabulary::Written,
};

impl Display for Expression {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(terms) => join(formatter, terms, " AND "),
            Self::Or(terms) => join(formatter, terms, " OR "),
            Self::Not(negated) => {
                formatter.write_str("!")?;
                operand(formatter, negated)
            }
            Self::Flag(flag, true) => formatter.write_str(flag.written()),
            Self::Flag(flag, false) => write!(formatter, "{} = false", flag.written()),
            Self::Number(number, None) => formatter.write_str(number.written()),
            Self::Number(number, Some((comparison, value))) => {
                let (number, comparison) = (number.written(), comparison.written());
                write!(formatter, "{number} {comparison} {value}")
            }
            Self::Text(text, None) => formatter.write_str(text.written()),
            Self::Text(text, Some((comparison, value))) => {
                write!(formatter, "{} {} ", text.written(), comparison.written())?;
                quote(formatter, value)
            }
            Self::Annotation(key, comparison) => annotation(formatter, key, comparison.as_ref()),
            Self::Service(pattern, inner) => {
                formatter.write_str("service(")?;
                if *pattern != NodePattern::default() {
                    pattern.fmt(formatter)?;
                }
                formatter.write_str(")")?;
                condition(formatter, inner.as_deref())
            }
            Self::Edge(from, to, inner) => {
                write!(formatter, "edge({from}, {to})")?;
                condition(formatter, inner.as_deref())
            }
            Self::Group(group) => {
                write!(formatter, "{} = ", group.by.written())?;
                quote(formatter, &group.value)
            }
            Self::RootCause(kind, part, inner) => {
                formatter.write_str((*kind, *part).written())?;
                condition(formatter, inner.as_deref())
            }
            Self::RootCauseJson(pattern) => write!(formatter, "rootcause.json = {pattern}"),
        }
    }
}

impl Display for NodePattern {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Self {
            name: Some(name),
            kind: None,
            account_id: None,
        } = self
        {
            return quote(formatter, name);
        }
        let members = [
            ("name", &self.name),
            ("type", &self.kind),
            ("account.id", &self.account_id),
        ];
        let given = members
            .into_iter()
            .filter_map(|(member, value)| Some((member, value.as_deref()?)));
        formatter.write_str("id(")?;
        for (index, (member, value)) in given.enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(formatter, "{separator}{member}: ")?;
            quote(formatter, value)?;
        }
        formatter.write_str(")")
    }
}

fn join(formatter: &mut Formatter<'_>, terms: &[Expression], between: &str) -> fmt::Result {
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            formatter.write_str(between)?;
        }
        operand(formatter, term)?;
    }
    Ok(())
}

/// Whatever is made of several terms goes into parentheses.
fn operand(formatter: &mut Formatter<'_>, term: &Expression) -> fmt::Result {
    if matches!(term, Expression::And(_) | Expression::Or(_)) {
        write!(formatter, "({term})")
    } else {
        term.fmt(formatter)
    }
}

fn condition(formatter: &mut Formatter<'_>, inner: Option<&Expression>) -> fmt::Result {
    inner.map_or(Ok(()), |inner| write!(formatter, " {{ {inner} }}"))
}

fn annotation(
    formatter: &mut Formatter<'_>,
    key: &str,
    comparison: Option<&AnnotationComparison>,
) -> fmt::Result {
    let begins_well = |first: char| first.is_alphanumeric() || first == '_';
    if key.starts_with(begins_well) && word_length(key) == key.len() {
        write!(formatter, "annotation.{key}")?;
    } else {
        formatter.write_str("annotation[")?;
        quote(formatter, key)?;
        formatter.write_str("]")?;
    }
    match comparison {
        None => Ok(()),
        Some(AnnotationComparison::Flag { is_equal, value }) => {
            write!(formatter, " {} {value}", if *is_equal { "=" } else { "!=" })
        }
        Some(AnnotationComparison::Number(comparison, value)) => {
            write!(formatter, " {} {value}", comparison.written())
        }
        Some(AnnotationComparison::Text(comparison, value)) => {
            write!(formatter, " {} ", comparison.written())?;
            quote(formatter, value)
        }
    }
}

fn quote(formatter: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    write!(formatter, "\"{escaped}\"")
}
