//! What keywords stand for: the trace as a whole, or what braces are about.

use super::{
    evaluation::Evaluation,
    expression::{Flag, Number, Text},
};
use crate::{
    facts::{Details, EntityFacts},
    topology::{
        Call, Node, RootCauseEntity, RootCauseException, RootCauseService, seconds_between,
    },
};

/// What an expression is asked about.
pub(super) enum Element<'e> {
    /// The trace; most keywords mean its root.
    Trace,
    /// A service: a segment, or the subsegment that infers one.
    Service(usize),
    /// A call from one service to another.
    Call(Call),
    /// A part of a root cause.
    RootCause(CausePart<'e>, Position),
}

/// A part of a root cause.
pub(super) enum CausePart<'e> {
    Service(&'e RootCauseService),
    Entity(&'e RootCauseEntity),
    Exception(&'e RootCauseException),
}

/// A place in a list.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) index: usize,
    pub(super) count: usize,
}

impl<'t> Evaluation<'t> {
    /// Whether a flag is set of an element.
    pub(super) fn flag(&self, flag: Flag, element: &Element<'_>) -> bool {
        let entity = || self.entity(element);
        match flag {
            Flag::Ok => entity().is_some_and(|entity| !entity.error && !entity.fault),
            Flag::Error => entity().is_some_and(|entity| entity.error),
            Flag::Throttle => entity().is_some_and(|entity| entity.throttle),
            Flag::Fault => entity().is_some_and(|entity| entity.fault),
            Flag::Partial => self.any_member(element, |entity| entity.end_time.is_none()),
            Flag::Inferred => self.is_inferred(element),
            Flag::First => self.position(element).is_some_and(|at| at.index == 0),
            Flag::Last => self
                .position(element)
                .is_some_and(|at| at.index + 1 == at.count),
            Flag::Remote => match element {
                Element::RootCause(CausePart::Entity(entity), _) => entity.remote,
                _ => entity().is_some_and(EntityFacts::is_remote),
            },
            Flag::Root => self.is_root(element),
        }
    }

    /// A number of an element, if there is one.
    pub(super) fn number(&self, number: Number, element: &Element<'_>) -> Option<f64> {
        match number {
            Number::ResponseTime => self.entity(element)?.response_time(),
            Number::Duration => match element {
                Element::Trace => {
                    let span = self.trace().facts.span();
                    span.map(|(start, end)| seconds_between(start, end))
                }
                Element::Service(place) => self.topology().duration(*place),
                _ => self.entity(element)?.response_time(),
            },
            Number::HttpStatus => self.details(element)?.status.map(f64::from),
            Number::Index => self.position(element).map(|at| at.index as f64),
            Number::Coverage => match element {
                Element::RootCause(CausePart::Entity(entity), _) => entity.coverage,
                _ => {
                    let whole = self.root()?.response_time().filter(|time| *time > 0.0)?;
                    Some(self.entity(element)?.response_time()? / whole)
                }
            },
        }
    }

    /// Hands every text of an element that a keyword means to `see`.
    pub(super) fn each_text(&self, text: Text, element: &Element<'_>, see: &mut dyn FnMut(&str)) {
        let mut see_one = |found: Option<&str>| found.into_iter().for_each(&mut *see);
        match text {
            Text::HttpUrl => see_one(
                self.details(element)
                    .and_then(|details| details.url.as_deref()),
            ),
            Text::HttpMethod => {
                see_one(
                    self.details(element)
                        .and_then(|details| details.method.as_deref()),
                );
            }
            Text::HttpUserAgent => {
                see_one(
                    self.details(element)
                        .and_then(|details| details.user_agent.as_deref()),
                );
            }
            Text::HttpClientIp => {
                see_one(
                    self.details(element)
                        .and_then(|details| details.client_ip.as_deref()),
                );
            }
            Text::Name => self.see_name(element, see),
            Text::Type => self.see_type(element, see),
            Text::Message => self.see_messages(element, see),
            Text::User => self.each_detail(element, see, |details| details.user.as_deref()),
            Text::AvailabilityZone => {
                self.each_detail(element, see, |details| details.availability_zone.as_deref());
            }
            Text::InstanceId => {
                self.each_detail(element, see, |details| details.instance_id.as_deref());
            }
            Text::ResourceArn => {
                self.each_detail(element, see, |details| details.resource_arn.as_deref());
            }
        }
    }

    /// Hands every entity that belongs to an element to `see`: of the trace, all.
    pub(super) fn each_member(&self, element: &Element<'_>, see: &mut dyn FnMut(&EntityFacts)) {
        match element {
            Element::Trace => self.trace().facts.entities.iter().for_each(see),
            Element::Service(place) => self.topology().members(*place).for_each(see),
            Element::Call(call) => see(self.topology().observed(call)),
            Element::RootCause(..) => {}
        }
    }

    fn any_member(&self, element: &Element<'_>, is_met: impl Fn(&EntityFacts) -> bool) -> bool {
        let mut is_any = false;
        self.each_member(element, &mut |entity| is_any |= is_met(entity));
        is_any
    }

    fn each_detail(
        &self,
        element: &Element<'_>,
        see: &mut dyn FnMut(&str),
        get: impl Fn(&Details) -> Option<&str>,
    ) {
        self.each_member(element, &mut |entity| {
            if let Some(found) = entity.details.as_deref().and_then(&get) {
                see(found);
            }
        });
    }

    /// The entity whose outcome, time and request are meant.
    fn entity(&self, element: &Element<'_>) -> Option<&'t EntityFacts> {
        match element {
            Element::Trace => self.root(),
            Element::Service(place) => Some(self.topology().entity(*place)),
            Element::Call(call) => Some(self.topology().observed(call)),
            Element::RootCause(..) => None,
        }
    }

    fn details(&self, element: &Element<'_>) -> Option<&'t Details> {
        self.entity(element)?.details.as_deref()
    }

    fn is_inferred(&self, element: &Element<'_>) -> bool {
        let topology = self.topology();
        match element {
            Element::Trace => topology.services().any(|place| topology.is_inferred(place)),
            Element::Service(place) => topology.is_inferred(*place),
            Element::Call(call) => topology.is_inferred(call.callee),
            Element::RootCause(CausePart::Service(service), _) => service.inferred,
            Element::RootCause(..) => false,
        }
    }

    fn is_root(&self, element: &Element<'_>) -> bool {
        let topology = self.topology();
        match element {
            Element::Trace => topology.root().is_some_and(|root| topology.is_entry(root)),
            Element::Service(place) => topology.root() == Some(*place),
            Element::Call(call) => topology.root() == Some(call.callee),
            Element::RootCause(CausePart::Service(_), position) => position.index == 0,
            Element::RootCause(..) => false,
        }
    }

    /// Where an element is among its likes, by start.
    fn position(&self, element: &Element<'_>) -> Option<Position> {
        let place = match element {
            Element::Trace => self.topology().root()?,
            Element::Service(place) => *place,
            Element::Call(call) => call.callee,
            Element::RootCause(_, position) => return Some(*position),
        };
        let (ranks, count) = self.ranks();
        let index = ranks[place];
        (index < *count).then_some(Position {
            index,
            count: *count,
        })
    }

    /// The service that is meant; of a call, the called one.
    fn node(&self, element: &Element<'_>) -> Option<Node<'t>> {
        match element {
            Element::Trace => self.root().map(Node::of),
            Element::Service(place) => Some(self.topology().node(*place)),
            Element::Call(call) => Some(self.topology().node(call.callee)),
            Element::RootCause(..) => None,
        }
    }

    fn see_name(&self, element: &Element<'_>, see: &mut dyn FnMut(&str)) {
        match element {
            Element::RootCause(CausePart::Service(service), _) => see(&service.service.name),
            Element::RootCause(CausePart::Entity(entity), _) => see(&entity.name),
            Element::RootCause(CausePart::Exception(exception), _) => see(&exception.name),
            _ => self.node(element).iter().for_each(|node| see(node.name)),
        }
    }

    fn see_type(&self, element: &Element<'_>, see: &mut dyn FnMut(&str)) {
        match element {
            Element::RootCause(CausePart::Service(service), _) => {
                service.service.kind.iter().for_each(|kind| see(kind));
            }
            _ => {
                let node = self.node(element);
                node.and_then(|node| node.kind)
                    .iter()
                    .for_each(|kind| see(kind));
            }
        }
    }

    fn see_messages(&self, element: &Element<'_>, see: &mut dyn FnMut(&str)) {
        match element {
            Element::RootCause(CausePart::Exception(exception), _) => see(&exception.message),
            Element::RootCause(CausePart::Entity(entity), _) => {
                let exceptions = entity.exceptions.iter().flatten();
                exceptions.for_each(|exception| see(&exception.message));
            }
            _ => self.each_member(element, &mut |entity| {
                let details = entity.details.iter();
                let exceptions = details.flat_map(|details| &details.exceptions);
                exceptions.for_each(|exception| see(&exception.message));
            }),
        }
    }
}
