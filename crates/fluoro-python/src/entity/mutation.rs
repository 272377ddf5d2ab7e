//! What may be changed, and when.

use pyo3::prelude::*;

use super::{Entity, Kind, fields, segment_of};
use crate::log;

/// False for a dummy, which takes no data.
///
/// # Errors
/// `AlreadyEndedException` for what has ended, `FacadeSegmentMutationException` for a facade.
pub(crate) fn takes_data(entity: &Bound<'_, Entity>) -> PyResult<bool> {
    let inner = entity.get();
    match inner.kind {
        Kind::DummySegment | Kind::DummySubsegment => Ok(false),
        Kind::Facade => Err(facade_mutation(entity.py())),
        _ if inner.is_in_progress() => Ok(true),
        _ => Err(log::already_ended(entity.py())),
    }
}

#[cold]
pub(super) fn facade_mutation(py: Python<'_>) -> PyErr {
    log::exception(
        py,
        "FacadeSegmentMutationException",
        "the segment of a Lambda function belongs to AWS Lambda and takes subsegments only",
    )
}

/// Ends an entity at a time given by the program, which may be of any type.
pub(crate) fn close(
    entity: &Bound<'_, Entity>,
    end_time: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let given = match end_time {
        Some(time) if time.is_truthy()? => Some(time),
        _ => None,
    };
    let seconds = given.and_then(|time| time.extract::<f64>().ok());
    let end = seconds.unwrap_or_else(fluoro_core::clock::now);
    let facade = segment_of(entity).get().kind == Kind::Facade;
    let closed = entity.get().with_tree(|tree, index| {
        let closed = tree.close(index, end);
        if facade && closed.is_ok() {
            tree.open += 1; // a facade never counts its open subsegments
        }
        closed
    });
    if closed.is_err() {
        return Err(log::already_ended(entity.py()));
    }
    if let Some(time) = given
        && seconds.is_none()
    {
        fields::set(entity, "end_time", time.clone());
    }
    Ok(())
}
