//! Facts of several documents of a trace become one.

use std::collections::{HashMap, HashSet};

use super::{EntityFacts, Namespace, TraceFacts};

/// Above this many entities, plain subsegments of a trace are left out.
pub const MAX_WITH_PLAIN: usize = 2_000;

/// A trace has at most this many entities: programs that use one trace id for everything would
/// otherwise grow it for ever.
pub const MAX_ENTITIES: usize = 10_000;

/// Up to this many entities, looking through a list for each is quicker than building a map.
const FEW: usize = 16;

impl TraceFacts {
    /// Takes in what came later.
    ///
    /// An entity that is known already is replaced, unless it is complete and the later one is in
    /// progress. Of a trace with very many entities, the subsegments above
    /// [`MAX_WITH_PLAIN`] that are local, went well and have neither details nor anything nested
    /// are left out, and above [`MAX_ENTITIES`] everything that is new.
    pub fn merge(&mut self, later: Self) {
        self.revision = self.revision.saturating_add(later.revision);
        self.left_out = self.left_out.saturating_add(later.left_out);
        if self.entities.is_empty() && later.entities.len() <= MAX_WITH_PLAIN {
            self.entities = later.entities;
            return;
        }
        let places = (later.entities.len() > FEW).then(|| places(&self.entities));
        let parents = (self.entities.len() + later.entities.len() > MAX_WITH_PLAIN)
            .then(|| parents(&later.entities));
        let known = self.entities.len();
        for entity in later.entities {
            let place = match &places {
                Some(places) => places.get(&entity.id).copied(),
                None => self.entities[..known]
                    .iter()
                    .position(|known| known.id == entity.id),
            };
            match place {
                Some(place) => replace(&mut self.entities[place], entity),
                None if self.has_room_for(&entity, parents.as_ref()) => self.entities.push(entity),
                None => self.left_out = self.left_out.saturating_add(1),
            }
        }
    }

    fn has_room_for(&self, entity: &EntityFacts, parents: Option<&HashSet<u64>>) -> bool {
        let is_leaf = || parents.is_none_or(|parents| !parents.contains(&entity.id));
        match self.entities.len() {
            ..MAX_WITH_PLAIN => true,
            MAX_WITH_PLAIN..MAX_ENTITIES => !(is_plain(entity) && is_leaf()),
            _ => false,
        }
    }

    /// The first start and the last time that is known of the trace; none if it has no entities.
    pub fn span(&self) -> Option<(f64, f64)> {
        let mut entities = self.entities.iter();
        let first = entities.next()?;
        let span = (first.start_time, last_time(first));
        Some(entities.fold(span, |(start, end), entity| {
            (start.min(entity.start_time), end.max(last_time(entity)))
        }))
    }
}

fn last_time(entity: &EntityFacts) -> f64 {
    entity
        .end_time
        .map_or(entity.start_time, |end| end.max(entity.start_time))
}

fn places(entities: &[EntityFacts]) -> HashMap<u64, usize> {
    let ids = entities.iter().map(|entity| entity.id);
    ids.zip(0..).collect()
}

fn parents(entities: &[EntityFacts]) -> HashSet<u64> {
    let parents = entities.iter().filter_map(|entity| entity.parent_id);
    parents.collect()
}

fn replace(known: &mut EntityFacts, later: EntityFacts) {
    if later.end_time.is_some() || known.end_time.is_none() {
        *known = later;
    }
}

fn is_plain(entity: &EntityFacts) -> bool {
    !(entity.is_segment || entity.error || entity.fault || entity.throttle)
        && entity.namespace == Namespace::Local
        && entity.details.is_none()
}
