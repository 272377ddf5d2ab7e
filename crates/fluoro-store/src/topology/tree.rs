//! Parents, owners and inferred services.

use super::{Node, root};
use crate::facts::{EntityFacts, Namespace};

/// No entity.
const NONE: u32 = u32::MAX;

/// Up to this many entities, looking through the list is quicker than a sorted index.
const SEARCHED_IN_ORDER: usize = 16;

/// The entities of a trace with what connects them. Entities are named by their place in the
/// facts.
#[derive(Debug)]
pub(crate) struct Topology<'a> {
    entities: &'a [EntityFacts],
    parents: Vec<u32>,
    owners: Vec<u32>,
    has_segment_below: Vec<bool>,
    root: Option<usize>,
}

impl<'a> Topology<'a> {
    /// Connects the entities of a trace.
    pub(crate) fn new(entities: &'a [EntityFacts]) -> Self {
        let parents = parents(entities);
        let owners = owners(entities, &parents);
        let mut has_segment_below = vec![false; entities.len()];
        for (entity, &parent) in entities.iter().zip(&parents) {
            if entity.is_segment && parent != NONE {
                has_segment_below[parent as usize] = true;
            }
        }
        Self {
            entities,
            parents,
            owners,
            has_segment_below,
            root: root(entities),
        }
    }

    /// How many entities there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// The facts of an entity.
    pub(crate) fn entity(&self, place: usize) -> &'a EntityFacts {
        &self.entities[place]
    }

    /// What an entity hangs below, if that is there.
    pub(crate) fn parent(&self, place: usize) -> Option<usize> {
        known(self.parents[place])
    }

    /// The segment that an entity belongs to, if that is there; a segment belongs to itself.
    pub(crate) fn owner(&self, place: usize) -> Option<usize> {
        known(self.owners[place])
    }

    /// The entity that stands for the whole trace; none if there are no entities.
    pub(crate) fn root(&self) -> Option<usize> {
        self.root
    }

    /// Whether a service is only known from this subsegment, which called it.
    pub(crate) fn is_inferred(&self, place: usize) -> bool {
        let entity = self.entity(place);
        !entity.is_segment && entity.namespace != Namespace::Local && !self.has_segment_below[place]
    }

    /// The services that took part, each as the segment that it sent or, if it sent none, as the
    /// subsegment that called it; in the order of the facts.
    pub(crate) fn services(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(|&place| self.entity(place).is_segment || self.is_inferred(place))
    }

    /// For each service its number in the order of their start, and how many there are.
    pub(crate) fn ranks(&self) -> (Vec<usize>, usize) {
        let mut services: Vec<_> = self.services().collect();
        services.sort_by(|&one, &other| {
            let (one, other) = (self.entity(one), self.entity(other));
            one.start_time.total_cmp(&other.start_time)
        });
        let mut ranks = vec![usize::MAX; self.len()];
        for (rank, &place) in services.iter().enumerate() {
            ranks[place] = rank;
        }
        (ranks, services.len())
    }

    /// The service that a segment or an inferring subsegment stands for.
    pub(crate) fn node(&self, place: usize) -> Node<'a> {
        Node::of(self.entity(place))
    }

    /// The entities that belong to a service: a segment with its subsegments, or the subsegment
    /// that called it.
    pub(crate) fn members(&self, service: usize) -> impl Iterator<Item = &'a EntityFacts> + '_ {
        let places = if self.entity(service).is_segment {
            0..self.len()
        } else {
            service..service + 1
        };
        places
            .filter(move |&place| place == service || self.owner(place) == Some(service))
            .map(|place| self.entity(place))
    }
}

fn known(place: u32) -> Option<usize> {
    (place != NONE).then_some(place as usize)
}

fn parents(entities: &[EntityFacts]) -> Vec<u32> {
    let index = Index::new(entities);
    let parents = entities.iter().map(|entity| match entity.parent_id {
        Some(parent) if parent != entity.id => index.find(parent),
        _ => NONE,
    });
    parents.collect()
}

/// Finds entities by their id.
struct Index<'a> {
    entities: &'a [EntityFacts],
    sorted: Vec<(u64, u32)>,
}

impl<'a> Index<'a> {
    fn new(entities: &'a [EntityFacts]) -> Self {
        let mut sorted = Vec::new();
        if entities.len() > SEARCHED_IN_ORDER {
            sorted.extend(entities.iter().map(|entity| entity.id).zip(0..));
            sorted.sort_unstable();
        }
        Self { entities, sorted }
    }

    fn find(&self, id: u64) -> u32 {
        if self.sorted.is_empty() {
            let place = self.entities.iter().position(|entity| entity.id == id);
            return place.map_or(NONE, |place| place as u32);
        }
        let place = self.sorted.partition_point(|&(known, _)| known < id);
        match self.sorted.get(place) {
            Some(&(known, found)) if known == id => found,
            _ => NONE,
        }
    }
}

/// The owner of each entity. A way up that comes back to itself ends without one.
fn owners(entities: &[EntityFacts], parents: &[u32]) -> Vec<u32> {
    /// Not known yet.
    const OPEN: u32 = NONE - 1;

    let mut owners: Vec<_> = (0..)
        .zip(entities)
        .map(|(place, entity)| if entity.is_segment { place } else { OPEN })
        .collect();
    let mut way = Vec::new();
    for start in 0..entities.len() {
        let mut place = start as u32;
        while place != NONE && owners[place as usize] == OPEN {
            // Who comes back here while the way is open finds nobody.
            owners[place as usize] = NONE;
            way.push(place);
            place = parents[place as usize];
        }
        let owner = known(place).map_or(NONE, |place| owners[place]);
        for place in way.drain(..) {
            owners[place as usize] = owner;
        }
    }
    owners
}
