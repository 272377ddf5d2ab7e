//! The entities of all documents, connected.

use std::collections::HashMap;

use fluoro_wire::SegmentId;

use super::document::Document;

/// Every entity of a trace, in the version that counts.
#[derive(Debug, Default)]
pub(super) struct Forest<'a> {
    entities: Vec<Entity<'a>>,
    /// The version that counts of each id.
    places: HashMap<u64, usize>,
}

/// One version of a segment or subsegment.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    /// Its members; its subsegments have been taken out.
    pub(super) document: Document<'a>,
    /// A segment, as opposed to a subsegment.
    pub(super) is_segment: bool,
    /// It was a document of its own.
    pub(super) is_document: bool,
    /// What hangs below it, by start.
    pub(super) children: Vec<usize>,
    /// Some segment names it as its parent.
    pub(super) has_segment_below: bool,
    id: Option<u64>,
    parent: Parent,
    start: f64,
    end: Option<f64>,
}

/// What an entity hangs below.
#[derive(Clone, Copy, Debug)]
enum Parent {
    None,
    /// The one with an id, which may come later or never.
    Id(u64),
    /// One version of an entity: for what has no id of its own, or is nested in what has none.
    Place(usize),
}

impl<'a> Forest<'a> {
    /// Connects documents that are given in the order of arrival.
    pub(super) fn grow(documents: impl Iterator<Item = Document<'a>>) -> Self {
        let mut forest = Self::default();
        for document in documents {
            forest.plant(document);
        }
        forest.connect();
        forest
    }

    /// An entity by its place.
    pub(super) fn entity(&self, place: usize) -> &Entity<'a> {
        &self.entities[place]
    }

    /// All entities that count.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.entities.len()).filter(|&place| self.counts(place))
    }

    /// How many versions there are; places are below this.
    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether each version is a subsegment whose parent is there.
    pub(super) fn is_below_another(&self) -> Vec<bool> {
        let mut is_below = vec![false; self.len()];
        for entity in &self.entities {
            for &child in &entity.children {
                is_below[child] = true;
            }
        }
        is_below
    }

    /// The id of what an entity hangs below.
    pub(super) fn parent_id(&self, place: usize) -> Option<SegmentId> {
        let id = match self.entities[place].parent {
            Parent::None => None,
            Parent::Id(id) => Some(id),
            Parent::Place(parent) => self.entities[parent].id,
        };
        id.map(SegmentId)
    }

    /// The first start and the last end.
    pub(super) fn span(&self) -> (f64, f64) {
        let entities = self.places().map(|place| &self.entities[place]);
        let spans = entities.map(|entity| (entity.start, entity.last_time()));
        let span = spans.reduce(|(start, end), (other_start, other_end)| {
            (start.min(other_start), end.max(other_end))
        });
        span.unwrap_or_default()
    }

    fn plant(&mut self, mut document: Document<'a>) {
        let is_segment = !document.is_streamed_subsegment();
        let parent = match document.id("parent_id") {
            Some(id) => Parent::Id(id.0),
            None => Parent::None,
        };
        let nested = std::mem::take(&mut document.subsegments);
        let place = self.push(document, parent, is_segment, true);
        let mut open = vec![(place, nested)];
        while let Some((parent, subsegments)) = open.pop() {
            for mut subsegment in subsegments {
                let nested = std::mem::take(&mut subsegment.subsegments);
                let has_id = subsegment.id("id").is_some();
                let below = match self.entities[parent].id {
                    Some(id) if has_id => Parent::Id(id),
                    _ => Parent::Place(parent),
                };
                let place = self.push(subsegment, below, false, false);
                open.push((place, nested));
            }
        }
    }

    fn push(
        &mut self,
        document: Document<'a>,
        parent: Parent,
        is_segment: bool,
        is_document: bool,
    ) -> usize {
        let place = self.entities.len();
        let id = document.id("id").map(|id| id.0);
        let is_open = document.flag("in_progress");
        self.entities.push(Entity {
            start: document.number("start_time").unwrap_or_default(),
            end: document.number("end_time").filter(|_| !is_open),
            children: Vec::new(),
            has_segment_below: false,
            document,
            is_segment,
            is_document,
            id,
            parent,
        });
        if let Some(id) = id {
            let chosen = self.places.entry(id).or_insert(place);
            // Complete beats in progress, later beats earlier.
            let is_better =
                self.entities[place].end.is_some() || self.entities[*chosen].end.is_none();
            if is_better {
                *chosen = place;
            }
        }
        place
    }

    /// Whether an entity is the version that counts, and hangs in nothing that does not.
    fn counts(&self, place: usize) -> bool {
        let mut place = place;
        loop {
            let entity = &self.entities[place];
            if entity.id.is_some_and(|id| self.places[&id] != place) {
                return false;
            }
            match entity.parent {
                // What is nested in a version stands after it, so this ends.
                Parent::Place(parent) => place = parent,
                _ => return true,
            }
        }
    }

    fn connect(&mut self) {
        for place in 0..self.entities.len() {
            if !self.counts(place) {
                continue;
            }
            let parent = match self.entities[place].parent {
                Parent::None => None,
                Parent::Place(parent) => Some(parent),
                Parent::Id(id) => self.places.get(&id).copied(),
            };
            match parent {
                Some(parent) if self.entities[place].is_segment => {
                    self.entities[parent].has_segment_below = true;
                }
                Some(parent) => self.entities[parent].children.push(place),
                None => {}
            }
        }
        for place in 0..self.entities.len() {
            let mut children = std::mem::take(&mut self.entities[place].children);
            children.sort_by(|&one, &other| {
                self.entities[one]
                    .start
                    .total_cmp(&self.entities[other].start)
            });
            self.entities[place].children = children;
        }
    }
}

impl Entity<'_> {
    /// When it began; zero if it does not say.
    pub(super) fn start(&self) -> f64 {
        self.start
    }

    fn last_time(&self) -> f64 {
        self.end.map_or(self.start, |end| end.max(self.start))
    }

    /// Whether a service is only known from this call to it.
    pub(super) fn is_inferring(&self) -> bool {
        let namespace = self.document.text("namespace");
        !self.is_segment
            && !self.has_segment_below
            && matches!(namespace.as_deref(), Some("remote" | "aws"))
    }
}
