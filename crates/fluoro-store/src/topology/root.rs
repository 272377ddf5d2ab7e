//! Where a trace begins.

use crate::facts::EntityFacts;

/// The entity that stands for the whole trace: the first segment without a parent, failing that
/// the first one whose parent is not there, failing that the first segment, failing that the
/// first subsegment.
pub(crate) fn root(entities: &[EntityFacts]) -> Option<usize> {
    let parentless = earliest(entities, |entity| {
        entity.is_segment && entity.parent_id.is_none()
    });
    parentless
        .or_else(|| {
            earliest(entities, |entity| {
                entity.is_segment && !has_parent(entities, entity)
            })
        })
        .or_else(|| earliest(entities, |entity| entity.is_segment))
        .or_else(|| earliest(entities, |_| true))
}

fn earliest(entities: &[EntityFacts], accept: impl Fn(&EntityFacts) -> bool) -> Option<usize> {
    let mut earliest: Option<usize> = None;
    for (place, entity) in entities.iter().enumerate() {
        let is_earlier = |known: usize| entity.start_time < entities[known].start_time;
        if earliest.is_none_or(is_earlier) && accept(entity) {
            earliest = Some(place);
        }
    }
    earliest
}

fn has_parent(entities: &[EntityFacts], child: &EntityFacts) -> bool {
    entities
        .iter()
        .any(|entity| Some(entity.id) == child.parent_id && entity.id != child.id)
}
