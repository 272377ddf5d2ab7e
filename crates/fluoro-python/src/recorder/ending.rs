//! How segments and subsegments end, and what is sent then.

use crate::once::intern;
use fluoro_core::emission;
use fluoro_core::tree::NodeIndex;
use pyo3::prelude::*;

use super::Recorder;
use crate::context::{Context, missing};
use crate::entity::attributes::is_built_in;
use crate::entity::{
    Entity, PythonTree, as_entity, document, fields, handle, mutation, reconcile, remove,
    segment_of,
};
use crate::log;
use crate::streaming::{DefaultStreaming, stream_out};

/// What is to be done after an entity has ended.
enum Next {
    Nothing,
    Send,
    SendLate,
    Stream,
}

impl Recorder {
    /// Ends the current segment, and sends it when all its subsegments have ended.
    pub(super) fn end_current_segment(
        slf: &Bound<'_, Self>,
        end_time: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let py = slf.py();
        let context = match slf.get().settings.context(py) {
            Ok(context) => context,
            Err(foreign) => {
                foreign.call_method1(intern!(py, "end_segment"), (end_time,))?;
                Recorder::send_if_ready(slf)?;
                return Ok(());
            }
        };
        let Some(current) = context.get().current.get(py) else {
            missing(context.as_any())?;
            return Ok(());
        };
        let Ok(current) = current.cast::<Entity>() else {
            context.call_method1(intern!(py, "end_segment"), (end_time,))?;
            return Ok(());
        };
        let segment = segment_of(current);
        if segment.get().is_in_progress() {
            close(&segment, end_time.as_ref())?;
        } else {
            log::log(
                py,
                log::Logger::Recorder,
                "debug",
                "the segment had ended before",
            );
        }
        let (had_left, complete) = segment
            .get()
            .with_tree(|tree, _| (tree.sent, tree.take_complete()));
        if had_left {
            return context.get().current.set(py, py.None().bind(py));
        }
        if complete {
            Recorder::send_segment(slf, &segment)
        } else {
            Ok(())
        }
    }

    /// Ends the current subsegment; sends the segment if it was the last one open.
    pub(super) fn end_current_subsegment(
        slf: &Bound<'_, Self>,
        end_time: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let py = slf.py();
        let (context, threshold) = slf.get().settings.context_and_threshold(py);
        let context = match context {
            Ok(context) => context,
            Err(foreign) => {
                let ended = foreign.call_method1(intern!(py, "end_subsegment"), (end_time,))?;
                return if ended.is_truthy()? {
                    Recorder::on_ended(slf)
                } else {
                    Ok(())
                };
            }
        };
        let Some(current) = context.get().current.get(py) else {
            missing(context.as_any())?;
            return Ok(());
        };
        let Some(current) = as_entity(&current) else {
            let ended = context.call_method1(intern!(py, "end_subsegment"), (end_time,))?;
            return if ended.is_truthy()? {
                Recorder::on_ended(slf)
            } else {
                Ok(())
            };
        };
        if current.get().is_segment() {
            if !current.get().is_dummy() {
                log::warn(py, log::Logger::Context, "there is no subsegment to end");
            }
            return Ok(());
        }
        let seconds = match &end_time {
            None => None,
            Some(time) => match time.extract::<f64>() {
                Ok(seconds) if seconds != 0.0 => Some(seconds),
                Ok(_) => None,
                Err(_) => {
                    fields::set(current, "end_time", time.clone());
                    None
                }
            },
        };
        Recorder::end_current(slf, current, seconds, Some(&context), threshold)
    }

    /// Ends `entity`, wherever it stands, and makes what encloses it current if the current entity
    /// is `entity` or inside it. `None`, with nothing done, where the context is not ours.
    pub(crate) fn end_entity(
        slf: &Bound<'_, Self>,
        entity: &Bound<'_, Entity>,
        end_time: Option<f64>,
    ) -> Option<PyResult<()>> {
        let (context, threshold) = slf.get().settings.context_and_threshold(slf.py());
        let context = context.ok()?;
        let affected = is_affected(&context, entity).then_some(&context);
        Some(Self::end_current(
            slf, entity, end_time, affected, threshold,
        ))
    }

    /// Ends `entity` and makes what encloses it current in `context`.
    pub(super) fn end_current(
        slf: &Bound<'_, Self>,
        entity: &Bound<'_, Entity>,
        end_time: Option<f64>,
        context: Option<&Bound<'_, Context>>,
        threshold: Option<i64>,
    ) -> PyResult<()> {
        let py = slf.py();
        let end = end_time.unwrap_or_else(fluoro_core::clock::now);
        let closed_its_own_way = if is_built_in(entity) {
            None
        } else {
            let was_open = entity.get().is_in_progress();
            if was_open {
                entity.call_method1(intern!(py, "close"), (end,))?;
            }
            Some(was_open)
        };
        let (outer, next) = entity.get().with_tree(|tree, index| {
            let outer = tree.enclosing(index);
            if !closed_its_own_way.unwrap_or_else(|| tree.close(index, end).is_ok()) {
                return (outer, Next::Nothing);
            }
            (outer, after(tree, index, threshold))
        });
        if let Some(context) = context {
            let outer = handle(py, &segment_of(entity), outer)?;
            context.get().current.set(py, &outer)?;
        }
        Self::proceed(slf, entity, next)
    }

    /// Ends a segment, whatever is current, and sends it if it is complete.
    pub(crate) fn end_segment_of(
        slf: &Bound<'_, Self>,
        segment: &Bound<'_, Entity>,
    ) -> PyResult<()> {
        if segment.get().is_in_progress() {
            close(segment, None)?;
        }
        let complete = segment.get().with_tree(|tree, _| tree.take_complete());
        if complete {
            Self::send_segment(slf, segment)
        } else {
            Ok(())
        }
    }

    /// What follows the end of an entity in a context of the program's own.
    pub(super) fn on_ended(slf: &Bound<'_, Self>) -> PyResult<()> {
        if !Self::send_if_ready(slf)? {
            slf.call_method0(intern!(slf.py(), "stream_subsegments"))?;
        }
        Ok(())
    }

    /// Sends the current segment if it says that it is complete; true when it did.
    pub(super) fn send_if_ready(slf: &Bound<'_, Self>) -> PyResult<bool> {
        let py = slf.py();
        let segment = slf.call_method0(intern!(py, "current_segment"))?;
        let is_ready = segment.is_truthy()?
            && segment
                .call_method0(intern!(py, "ready_to_send"))?
                .is_truthy()?;
        if is_ready {
            slf.call_method0(intern!(py, "_send_segment"))?;
        }
        Ok(is_ready)
    }

    fn proceed(slf: &Bound<'_, Self>, entity: &Bound<'_, Entity>, next: Next) -> PyResult<()> {
        let py = slf.py();
        match next {
            Next::Nothing => Ok(()),
            Next::Send => Self::send_segment(slf, &segment_of(entity)),
            Next::Stream => Self::stream(slf, segment_of(entity).as_any()),
            Next::SendLate => {
                slf.get().emit(py, entity.as_any())?;
                let index = entity.get().index();
                if entity.get().with_tree(|tree, index| tree.is_closed(index)) {
                    remove(py, &segment_of(entity), index);
                }
                Ok(())
            }
        }
    }

    pub(super) fn stream(slf: &Bound<'_, Self>, segment: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let streaming = slf.get().settings.streaming(py);
        if let Ok(built_in) = streaming.cast_exact::<DefaultStreaming>()
            && let Ok(entity) = segment.cast::<Entity>()
        {
            reconcile(py, entity);
            let taken = fluoro_core::streaming::take_due(
                &entity.get().shared().segment,
                built_in.get().streaming_threshold_value(),
            );
            return stream_out(entity, &taken, |child| slf.get().emit(py, child.as_any()));
        }
        let eligible = streaming.call_method1(intern!(py, "is_eligible"), (segment,))?;
        if eligible.is_truthy()? {
            let callback = slf.getattr(intern!(py, "_stream_subsegment_out"))?;
            streaming.call_method1(intern!(py, "stream"), (segment, callback))?;
        }
        Ok(())
    }

    /// Sends a complete segment and takes it out of the context.
    pub(super) fn send_segment(slf: &Bound<'_, Self>, segment: &Bound<'_, Entity>) -> PyResult<()> {
        let py = slf.py();
        let sampled = segment.get().with_tree(|tree, _| {
            tree.sent = true;
            tree.root().sampled
        });
        if sampled {
            slf.get().emit(py, segment.as_any())?;
        }
        match slf.get().settings.context(py) {
            Ok(context) => {
                let context = context.get();
                if let Some(current) = context.current.get(py)
                    && let Ok(current) = current.cast::<Entity>()
                    && current.get().is_related(segment.get())
                {
                    context.current.set(py, py.None().bind(py))?;
                }
                Ok(())
            }
            Err(foreign) => {
                foreign.call_method0(intern!(py, "clear_trace_entities"))?;
                Ok(())
            }
        }
    }

    /// Sends a segment that goes on. What has ended in it leaves for good when it is too large to
    /// be sent as a whole, so that nothing arrives twice.
    pub(crate) fn send_preview(slf: &Bound<'_, Self>, segment: &Bound<'_, Entity>) -> PyResult<()> {
        let py = slf.py();
        let send = |entity: &Bound<'_, Entity>| slf.get().emit(py, entity.as_any());
        if document(segment).len() > emission::LARGEST_DOCUMENT {
            let taken = segment.get().with_tree(|tree, _| tree.take_streamable());
            stream_out(segment, &taken, send)?;
        }
        send(segment)
    }

    pub(crate) fn emit(&self, py: Python<'_>, entity: &Bound<'_, PyAny>) -> PyResult<()> {
        let emitter = self.settings.emitter(py);
        emitter.call_method1(intern!(py, "send_entity"), (entity,))?;
        Ok(())
    }
}

fn after(tree: &mut PythonTree, index: NodeIndex, threshold: Option<i64>) -> Next {
    if tree.sent {
        return if tree.is_late(index) {
            Next::SendLate
        } else {
            Next::Nothing
        };
    }
    if tree.take_complete() {
        return Next::Send;
    }
    match threshold {
        Some(threshold) if tree.held <= threshold => Next::Nothing,
        _ if tree.root().sampled => Next::Stream,
        _ => Next::Nothing,
    }
}

/// Ends a segment, the way of its class if that is the program's own.
fn close(segment: &Bound<'_, Entity>, end_time: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    if is_built_in(segment) {
        return mutation::close(segment, end_time);
    }
    segment
        .call_method1(intern!(segment.py(), "close"), (end_time,))
        .map(drop)
}

/// True when what is current ends with `entity`.
fn is_affected(context: &Bound<'_, Context>, entity: &Bound<'_, Entity>) -> bool {
    context
        .get()
        .current
        .get(context.py())
        .is_some_and(|current| {
            current.is(entity)
                || as_entity(&current).is_some_and(|current| is_inside(current, entity))
        })
}

fn is_inside(current: &Bound<'_, Entity>, entity: &Bound<'_, Entity>) -> bool {
    current.get().is_related(entity.get())
        && entity
            .get()
            .with_tree(|tree, index| tree.is_within(current.get().index(), index))
}
