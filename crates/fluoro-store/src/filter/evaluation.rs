//! Asks an expression about one trace. What it needs to know is worked out when it asks for it,
//! most expressions only need the root.

use std::cell::OnceCell;

use super::{
    element::{CausePart, Element, Position},
    expression::{
        AnnotationComparison, Comparison, Expression, NodePattern, RootCausePart, TextComparison,
    },
    json_pattern::JsonPattern,
};
use crate::{
    facts::{AnnotationValue, EntityFacts, Trace},
    topology::{self, Node, RootCause, RootCauseKind, Topology},
};

/// A trace that questions are asked about.
pub(super) struct Evaluation<'t> {
    trace: &'t Trace,
    root: OnceCell<Option<usize>>,
    topology: OnceCell<Topology<'t>>,
    ranks: OnceCell<(Vec<usize>, usize)>,
}

impl<'t> Evaluation<'t> {
    pub(super) fn new(trace: &'t Trace) -> Self {
        Self {
            trace,
            root: OnceCell::new(),
            topology: OnceCell::new(),
            ranks: OnceCell::new(),
        }
    }

    /// Whether an expression is true of the trace.
    pub(super) fn is_true(&self, expression: &Expression) -> bool {
        self.holds(expression, &Element::Trace)
    }

    pub(super) fn trace(&self) -> &'t Trace {
        self.trace
    }

    /// The entity that stands for the trace.
    pub(super) fn root(&self) -> Option<&'t EntityFacts> {
        let entities = &self.trace.facts.entities;
        let root = self.root.get_or_init(|| topology::root(entities));
        root.map(|place| &entities[place])
    }

    pub(super) fn topology(&self) -> &Topology<'t> {
        let entities = &self.trace.facts.entities;
        self.topology.get_or_init(|| Topology::new(entities))
    }

    /// The order of the services.
    pub(super) fn ranks(&self) -> &(Vec<usize>, usize) {
        self.ranks.get_or_init(|| self.topology().ranks())
    }

    fn holds(&self, expression: &Expression, element: &Element<'_>) -> bool {
        match expression {
            Expression::And(terms) => terms.iter().all(|term| self.holds(term, element)),
            Expression::Or(terms) => terms.iter().any(|term| self.holds(term, element)),
            Expression::Not(negated) => !self.holds(negated, element),
            Expression::Flag(flag, wanted) => self.flag(*flag, element) == *wanted,
            Expression::Number(number, None) => self.number(*number, element).is_some(),
            Expression::Number(number, Some((comparison, wanted))) => self
                .number(*number, element)
                .is_some_and(|found| comparison.holds(found, *wanted)),
            Expression::Text(text, comparison) => {
                let comparison = comparison.as_ref();
                let comparison = comparison.map(|(comparison, wanted)| (*comparison, &**wanted));
                let mut found = Found::new(comparison);
                self.each_text(*text, element, &mut |text| found.see(text));
                found.holds()
            }
            Expression::Annotation(key, comparison) => {
                self.annotation(key, comparison.as_ref(), element)
            }
            Expression::Service(pattern, condition) => self.service(pattern, condition.as_deref()),
            Expression::Edge(from, to, condition) => self.edge(from, to, condition.as_deref()),
            Expression::Group(group) => self.holds(&group.expression, &Element::Trace),
            Expression::RootCause(kind, part, condition) => {
                self.root_cause(*kind, *part, condition.as_deref())
            }
            Expression::RootCauseJson(pattern) => self.root_cause_json(pattern),
        }
    }

    fn holds_if_given(&self, condition: Option<&Expression>, element: &Element<'_>) -> bool {
        condition.is_none_or(|condition| self.holds(condition, element))
    }

    /// Most traces are told apart by names alone, before anything is connected.
    fn service(&self, pattern: &NodePattern, condition: Option<&Expression>) -> bool {
        let mut named = self.places_of(pattern);
        named.any(|(place, entity)| {
            (entity.is_segment || self.topology().is_inferred(place))
                && self.holds_if_given(condition, &Element::Service(place))
        })
    }

    fn edge(&self, from: &NodePattern, to: &NodePattern, condition: Option<&Expression>) -> bool {
        if self.places_of(to).next().is_none() {
            return false;
        }
        let topology = self.topology();
        topology.calls().any(|call| {
            to.fits(&topology.node(call.callee))
                && from.fits(&topology.caller_node(&call))
                && self.holds_if_given(condition, &Element::Call(call))
        })
    }

    /// What may be a service of this name and type: segments, and calls that may infer one.
    fn places_of<'p>(
        &self,
        pattern: &'p NodePattern,
    ) -> impl Iterator<Item = (usize, &'t EntityFacts)> + use<'p, 't> {
        let entities = self.trace.facts.entities.iter().enumerate();
        entities.filter(move |(_, entity)| {
            (entity.is_segment || entity.is_remote()) && pattern.fits(&Node::of(entity))
        })
    }

    fn root_cause(
        &self,
        kind: RootCauseKind,
        part: RootCausePart,
        condition: Option<&Expression>,
    ) -> bool {
        let causes = self.topology().root_causes(kind);
        causes.iter().any(|cause| {
            let parts = parts(cause, part);
            let count = parts.len();
            parts.into_iter().enumerate().any(|(index, part)| {
                let position = Position { index, count };
                self.holds_if_given(condition, &Element::RootCause(part, position))
            })
        })
    }

    fn root_cause_json(&self, pattern: &JsonPattern) -> bool {
        let kinds = RootCauseKind::ALL.into_iter();
        let mut causes = kinds.flat_map(|kind| self.topology().root_causes(kind));
        causes.any(|cause| {
            serde_json::to_value(&cause).is_ok_and(|described| pattern.matches(&described))
        })
    }

    fn annotation(
        &self,
        key: &str,
        comparison: Option<&AnnotationComparison>,
        element: &Element<'_>,
    ) -> bool {
        let is_negative = comparison.is_some_and(AnnotationComparison::is_negative);
        let (mut is_set, mut is_met) = (false, false);
        self.each_member(element, &mut |entity| {
            for (known, value) in entity
                .details
                .iter()
                .flat_map(|details| &details.annotations)
            {
                if **known == *key {
                    is_set = true;
                    is_met |= comparison.is_none_or(|comparison| comparison.positive(value));
                }
            }
        });
        is_set && is_met != is_negative
    }
}

fn parts(cause: &RootCause, part: RootCausePart) -> Vec<CausePart<'_>> {
    let entities = || {
        cause
            .services
            .iter()
            .flat_map(|service| &service.entity_path)
    };
    match part {
        RootCausePart::Service => cause.services.iter().map(CausePart::Service).collect(),
        RootCausePart::Entity => entities().map(CausePart::Entity).collect(),
        RootCausePart::Exception => {
            let exceptions = entities().flat_map(|entity| entity.exceptions.iter().flatten());
            exceptions.map(CausePart::Exception).collect()
        }
    }
}

/// What was seen of texts that an expression asks about.
struct Found<'e> {
    comparison: Option<(TextComparison, &'e str)>,
    is_set: bool,
    is_met: bool,
}

impl<'e> Found<'e> {
    fn new(comparison: Option<(TextComparison, &'e str)>) -> Self {
        Self {
            comparison,
            is_set: false,
            is_met: false,
        }
    }

    fn see(&mut self, text: &str) {
        self.is_set = true;
        self.is_met |= self
            .comparison
            .is_none_or(|(comparison, wanted)| comparison.positive(text, wanted));
    }

    fn holds(&self) -> bool {
        let is_negative = matches!(self.comparison, Some((TextComparison::NotEqual, _)));
        self.is_set && self.is_met != is_negative
    }
}

impl Comparison {
    fn holds(self, found: f64, wanted: f64) -> bool {
        match self {
            Self::Equal => found == wanted,
            Self::NotEqual => found != wanted,
            Self::Less => found < wanted,
            Self::LessOrEqual => found <= wanted,
            Self::Greater => found > wanted,
            Self::GreaterOrEqual => found >= wanted,
        }
    }
}

impl TextComparison {
    /// The comparison; for `!=`, its opposite.
    fn positive(self, found: &str, wanted: &str) -> bool {
        match self {
            Self::Equal | Self::NotEqual => found == wanted,
            Self::Contains => found.contains(wanted),
            Self::BeginsWith => found.starts_with(wanted),
            Self::EndsWith => found.ends_with(wanted),
        }
    }
}

impl AnnotationComparison {
    fn is_negative(&self) -> bool {
        matches!(
            self,
            Self::Flag {
                is_equal: false,
                ..
            } | Self::Number(Comparison::NotEqual, _)
                | Self::Text(TextComparison::NotEqual, _)
        )
    }

    /// The comparison; for `!=`, its opposite. A value of another type is never met.
    fn positive(&self, found: &AnnotationValue) -> bool {
        match (self, found) {
            (Self::Flag { value, .. }, AnnotationValue::Boolean(found)) => found == value,
            (Self::Number(Comparison::NotEqual, wanted), AnnotationValue::Number(found)) => {
                found == wanted
            }
            (Self::Number(comparison, wanted), AnnotationValue::Number(found)) => {
                comparison.holds(*found, *wanted)
            }
            (Self::Text(comparison, wanted), AnnotationValue::String(found)) => {
                comparison.positive(found, wanted)
            }
            _ => false,
        }
    }
}
