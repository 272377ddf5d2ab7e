//! Attributes that programs set on entities: known ones change the tree, others go into the
//! document as they are.

use fluoro_core::tree::{Namespace, ROOT};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList};

use super::{Entity, Segment, Subsegment, clean_name, fields, generic, parse_id};
use crate::entity::{DummySegment, DummySubsegment, FacadeSegment};

/// An attribute that no descriptor knows.
pub(super) fn get(entity: &Bound<'_, Entity>, name: &str) -> PyResult<Py<PyAny>> {
    if let Some(value) = fields::get(entity, name) {
        return Ok(value.unbind());
    }
    if name == "origin"
        && let Some(origin) = origin(entity)
    {
        return Ok(origin);
    }
    Err(missing(entity, name))
}

fn missing(entity: &Bound<'_, Entity>, name: &str) -> PyErr {
    match entity.get_type().name() {
        Ok(class) => {
            PyAttributeError::new_err(format!("'{class}' object has no attribute '{name}'"))
        }
        Err(error) => error,
    }
}

fn origin(entity: &Bound<'_, Entity>) -> Option<Py<PyAny>> {
    let py = entity.py();
    let text = entity.get().with_tree(|tree, index| {
        let origin = tree
            .surroundings
            .origin
            .as_ref()
            .filter(|_| index == ROOT)?;
        Some(origin.duplicate(py))
    })?;
    Some(text.to_python(py).into_any().unbind())
}

/// Attributes that entities have before a program sets its own.
const BUILT_IN: [&str; 24] = [
    "id",
    "name",
    "trace_id",
    "parent_id",
    "start_time",
    "end_time",
    "in_progress",
    "sampled",
    "http",
    "annotations",
    "metadata",
    "aws",
    "cause",
    "subsegments",
    "fault",
    "error",
    "throttle",
    "type",
    "namespace",
    "sql",
    "user",
    "service",
    "origin",
    "initializing",
];

/// Attributes that say where an entity is; setting them moves nothing.
const PLACES: [&str; 2] = ["parent_segment", "ref_counter"];

/// Every attribute that is there, as `vars` shows them.
pub(super) fn all<'py>(entity: &Bound<'py, Entity>) -> PyResult<Bound<'py, PyDict>> {
    let py = entity.py();
    let dict = PyDict::new(py);
    for name in BUILT_IN {
        if let Some(value) = entity.getattr_opt(name)? {
            dict.set_item(name, value)?;
        }
    }
    for (name, value) in fields::own(entity) {
        dict.set_item(name, value)?;
    }
    Ok(dict)
}

/// Sets any attribute.
pub(super) fn set(entity: &Bound<'_, Entity>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
    if !is_built_in(entity) && set_property(entity, name, &value)? {
        return Ok(());
    }
    if PLACES.contains(&name) {
        return Ok(());
    }
    if is_method(entity, name)? {
        return generic::set_attribute(entity, name, Some(&value));
    }
    if set_in_tree(entity, name, &value)? {
        fields::unset(entity, name);
    } else {
        fields::set(entity, name, value);
    }
    Ok(())
}

/// Deletes what the program has set; what every entity has goes back to its own value.
pub(super) fn delete(entity: &Bound<'_, Entity>, name: &str) -> PyResult<()> {
    if is_method(entity, name)? {
        return generic::set_attribute(entity, name, None);
    }
    if fields::unset(entity, name) || entity.hasattr(name)? {
        return Ok(());
    }
    Err(missing(entity, name))
}

/// True for what the class has as a method: a mock in its place is no part of the document.
fn is_method(entity: &Bound<'_, Entity>, name: &str) -> PyResult<bool> {
    match entity.get_type().getattr_opt(name)? {
        Some(found) => Ok(found.is_callable() && !found.hasattr("__set__")?),
        None => Ok(false),
    }
}

/// False for instances of the program's own subclasses.
pub(crate) fn is_built_in(entity: &Bound<'_, Entity>) -> bool {
    entity.is_exact_instance_of::<Subsegment>()
        || entity.is_exact_instance_of::<Segment>()
        || entity.is_exact_instance_of::<DummySegment>()
        || entity.is_exact_instance_of::<DummySubsegment>()
        || entity.is_exact_instance_of::<FacadeSegment>()
}

/// Sets a property that the program's own subclass defines; false when there is none.
fn set_property(
    entity: &Bound<'_, Entity>,
    name: &str,
    value: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    let Some(property) = entity.get_type().getattr_opt(name)? else {
        return Ok(false);
    };
    if property.get_type().name()? == "getset_descriptor" || !property.hasattr("__set__")? {
        return Ok(false);
    }
    property.call_method1("__set__", (entity, value))?;
    Ok(true)
}

/// Puts a value of the usual type into the tree; false for any other.
fn set_in_tree(entity: &Bound<'_, Entity>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let inner = entity.get();
    let is_truth_value = value.is_instance_of::<PyBool>();
    match name {
        "name" => {
            let text = clean_name(entity.py(), value)?;
            let replaced = inner
                .with_tree(|tree, index| std::mem::replace(&mut tree.node_mut(index).name, text));
            drop(replaced);
        }
        "sampled" => {
            let sampled = value.is_truthy()?;
            inner.with_tree(|tree, index| tree.node_mut(index).sampled = sampled);
        }
        "in_progress" => {
            let in_progress = value.is_truthy()?;
            inner.with_tree(|tree, index| tree.node_mut(index).in_progress = in_progress);
        }
        "start_time" | "end_time" => {
            let Ok(time) = value.extract::<f64>() else {
                return Ok(false);
            };
            inner.with_tree(|tree, index| {
                let node = tree.node_mut(index);
                if name == "start_time" {
                    node.start_time = time;
                } else {
                    node.end_time = time;
                }
            });
            // An end time on what is in progress is kept as the program's own field.
            return Ok(name == "start_time" || !inner.is_in_progress());
        }
        "error" | "fault" | "throttle" if is_truth_value => {
            let raised = value.is_truthy()?;
            inner.with_tree(|tree, index| {
                let outcome = &mut tree.node_mut(index).outcome;
                match name {
                    "error" => outcome.error = raised,
                    "fault" => outcome.fault = raised,
                    _ => outcome.throttle = raised,
                }
            });
            return Ok(raised); // a flag set to False is written as such
        }
        "namespace" if !inner.is_segment() => {
            let Some(known) = value.extract::<&str>().ok().and_then(Namespace::parse) else {
                return Ok(false);
            };
            inner.with_tree(|tree, index| tree.node_mut(index).namespace = known);
        }
        "id" => {
            let Some(id) = value.extract::<&str>().ok().and_then(parse_id) else {
                return Ok(false);
            };
            inner.with_tree(|tree, index| tree.node_mut(index).id = id);
        }
        "trace_id" if inner.is_segment() => {
            let Some(id) = value
                .extract::<&str>()
                .ok()
                .and_then(fields::parse_trace_id)
            else {
                return Ok(false);
            };
            inner.with_tree(|tree, _| tree.trace_id = id);
        }
        "subsegments" => {
            let Ok(list) = value.cast::<PyList>() else {
                return Ok(false);
            };
            fields::expose(entity, list);
        }
        _ => return Ok(false),
    }
    Ok(true)
}
