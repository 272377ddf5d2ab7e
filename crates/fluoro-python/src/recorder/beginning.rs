//! How segments and subsegments begin.

use crate::once::intern;
use fluoro_core::tree::Namespace;
use fluoro_wire::segment_id::SegmentId;
use fluoro_wire::trace_id::TraceId;
use pyo3::prelude::*;

use super::Recorder;
use crate::context::is_subsegment;
use crate::entity::segment::{self, Identity, is_rule_name, rule_text};
use crate::entity::{
    DummySubsegment, Entity, PythonTree, Subsegment, as_entity, begin_child, clean_name, dummy,
    fields,
};
use crate::text::Text;

impl Recorder {
    /// Begins a subsegment where everything is ours; `None` sends the caller the general way.
    pub(crate) fn begin_fast<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyAny>,
        namespace: Namespace,
        sampled: bool,
    ) -> PyResult<Option<Bound<'py, Entity>>> {
        let Ok(context) = self.settings.context(py) else {
            return Ok(None);
        };
        let Some(current) = context.get().current.get(py) else {
            return Ok(None);
        };
        let Some(current) = as_entity(&current) else {
            return Ok(None);
        };
        let name = clean_name(py, name)?;
        let child = begin_child(py, current, name, namespace, sampled)?;
        context.get().current.set(py, &child)?;
        Ok(Some(child))
    }

    /// Begins a segment and makes it current; `decision` tells whether and why it is sampled.
    pub(crate) fn begin_segment_decided<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        traceid: Option<Bound<'py, PyAny>>,
        parent_id: Option<Bound<'py, PyAny>>,
        decision: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Entity>> {
        let py = slf.py();
        let recorder = slf.get();
        let entity = if decision.is_truthy()? {
            let identity = Identity {
                trace_id: traceid,
                parent_id,
                ..Identity::default()
            };
            recorder.new_segment(py, segment::new_tree(py, name, identity, true)?, decision)?
        } else {
            let name = clean_name(py, name)?;
            let known = traceid.and_then(|id| fields::parse_trace_id(id.extract::<&str>().ok()?));
            dummy::new_segment(py, name, known)?
        };
        recorder.make_segment_current(py, &entity)?;
        Ok(entity)
    }

    /// Begins the segment of a request, with ids read from its header.
    pub(crate) fn begin_segment_with<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        trace_id: Option<TraceId>,
        parent_id: Option<SegmentId>,
        decision: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Entity>> {
        let py = slf.py();
        let entity = if decision.is_truthy()? {
            let mut tree = segment::new_tree(py, name, Identity::default(), true)?;
            if let Some(trace_id) = trace_id {
                tree.trace_id = trace_id;
            }
            tree.parent_id = parent_id;
            slf.get().new_segment(py, tree, decision)?
        } else {
            dummy::new_segment(py, clean_name(py, name)?, trace_id)?
        };
        slf.get().make_segment_current(py, &entity)?;
        Ok(entity)
    }

    pub(super) fn new_segment<'py>(
        &self,
        py: Python<'py>,
        mut tree: PythonTree,
        decision: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Entity>> {
        let dicts = self
            .settings
            .populate(py, &mut tree.surroundings, rule(decision))?;
        let entity = segment::new_segment(py, tree)?;
        entity.get().set_emitter(self.settings.emitter(py));
        for (key, value) in dicts {
            fields::set(&entity, key, value);
        }
        Ok(entity)
    }

    pub(super) fn make_segment_current<'py>(
        &self,
        py: Python<'py>,
        segment: &Bound<'py, Entity>,
    ) -> PyResult<()> {
        match self.settings.context(py) {
            Ok(context) => context.get().current.set(py, segment),
            Err(foreign) => foreign
                .call_method1(intern!(py, "put_segment"), (segment,))
                .map(drop),
        }
    }

    #[cold]
    pub(super) fn begin_generally<'py>(
        slf: &Bound<'py, Self>,
        name: Bound<'py, PyAny>,
        namespace: Option<Bound<'py, PyAny>>,
        sampled: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let Some(current) = slf.get().current(py)? else {
            return Ok(None);
        };
        let segment = if is_subsegment(&current)? {
            current.getattr(intern!(py, "parent_segment"))?
        } else {
            current.clone()
        };
        let sampled = sampled && current.getattr(intern!(py, "sampled"))?.is_truthy()?;
        let subsegment = if sampled {
            let namespace = namespace.unwrap_or_else(|| intern!(py, "local").clone().into_any());
            py.get_type::<Subsegment>()
                .call1((name, namespace, segment))?
        } else {
            py.get_type::<DummySubsegment>().call1((segment, name))?
        };
        let context = slf.get().settings.context_object(py);
        context.call_method1(py, intern!(py, "put_subsegment"), (&subsegment,))?;
        Ok(Some(subsegment))
    }
}

fn rule(decision: &Bound<'_, PyAny>) -> Option<Text> {
    if is_rule_name(decision) {
        rule_text(decision)
    } else {
        None
    }
}
