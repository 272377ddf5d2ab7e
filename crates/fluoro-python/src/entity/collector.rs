//! What the garbage collector sees of entities.

use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;

use super::Entity;
use super::base::Place;

impl Entity {
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match &self.place {
            Place::Gone => Ok(()),
            Place::Child { segment, .. } => visit.call(segment),
            Place::Root(root) => {
                if let Some(emitter) = root.emitter.get() {
                    visit.call(emitter)?;
                }
                // A lock that is held means that the tree is in use, and so is not garbage.
                let Some(tree) = root.segment.try_lock() else {
                    return Ok(());
                };
                for node in tree.nodes() {
                    if let Some(details) = &node.details {
                        for (_, entries) in &details.metadata {
                            for (_, value) in entries {
                                visit.call(&value.0)?;
                            }
                        }
                    }
                    if let Some(overlay) = &node.attachment.overlay {
                        for (_, value) in &overlay.fields {
                            visit.call(&value.0)?;
                        }
                        for value in &overlay.foreign {
                            visit.call(&value.0)?;
                        }
                        if let Some(list) = &overlay.subsegments {
                            visit.call(list)?;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    pub(super) fn clear(&self) {
        let Place::Root(root) = &self.place else {
            return;
        };
        let mut remains = Vec::new();
        {
            let mut tree = root.segment.lock();
            for node in tree.nodes_mut() {
                let metadata = node
                    .details
                    .as_mut()
                    .map(|details| std::mem::take(&mut details.metadata));
                remains.push((metadata, node.attachment.overlay.take()));
            }
        }
        drop(remains);
    }
}
