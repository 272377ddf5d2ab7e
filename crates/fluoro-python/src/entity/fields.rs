//! Fields of entities as plain Python data.
//!
//! Data put through methods stays in the tree. When Python asks for a field, the tree's data moves
//! into plain dicts, which are the truth from then on.

use std::sync::atomic::Ordering;

use fluoro_core::details::{Details, Http, Scalar, Sql};
use fluoro_core::tree::ROOT;
use fluoro_wire::trace_id::TraceId;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::{Entity, children, handle, segment_of};
use crate::host::{PythonHost, Value};
use crate::text::Text;

/// A field that is a Python object, if it is one.
pub(crate) fn get<'py>(entity: &Bound<'py, Entity>, key: &str) -> Option<Bound<'py, PyAny>> {
    let py = entity.py();
    entity.get().with_tree(|tree, index| {
        let value = tree.node(index).attachment.field(key)?;
        Some(value.0.bind(py).clone())
    })
}

/// All fields that are Python objects.
pub(crate) fn own<'py>(entity: &Bound<'py, Entity>) -> Vec<(String, Bound<'py, PyAny>)> {
    let py = entity.py();
    entity.get().with_tree(|tree, index| {
        let overlay = tree.node(index).attachment.overlay.as_ref();
        let fields = overlay.into_iter().flat_map(|overlay| &overlay.fields);
        fields
            .map(|(key, value)| (key.to_string(), value.0.bind(py).clone()))
            .collect()
    })
}

/// Makes a field a Python object.
pub(crate) fn set(entity: &Bound<'_, Entity>, key: &str, value: Bound<'_, PyAny>) {
    let replaced = entity.get().with_tree(|tree, index| {
        tree.node_mut(index)
            .attachment
            .overlay()
            .set(key, Value(value.unbind()))
    });
    drop(replaced);
}

/// Takes a field's Python object away, so that the tree's own value counts again; false when there
/// is none.
pub(crate) fn unset(entity: &Bound<'_, Entity>, key: &str) -> bool {
    let removed = entity.get().with_tree(|tree, index| {
        tree.node_mut(index)
            .attachment
            .overlay
            .as_mut()
            .and_then(|overlay| overlay.remove(key))
    });
    removed.is_some()
}

/// A field as plain Python data, which is the truth from now on.
pub(crate) fn value(entity: &Bound<'_, Entity>, key: &'static str) -> PyResult<Py<PyAny>> {
    if let Some(known) = get(entity, key) {
        return Ok(known.unbind());
    }
    let py = entity.py();
    let made = match key {
        "http" => http(py, take(entity, |details| details.http.take()))?,
        "annotations" => annotations(
            py,
            take(entity, |details| std::mem::take(&mut details.annotations)),
        )?,
        "metadata" => metadata(
            py,
            take(entity, |details| std::mem::take(&mut details.metadata)),
        )?,
        "sql" => match take(entity, |details| details.sql.take()) {
            Some(known) => sql(py, *known)?,
            None => PyDict::new(py),
        },
        "aws" => aws(entity)?,
        _ => PyDict::new(py),
    };
    let made = made.into_any();
    set(entity, key, made.clone());
    Ok(made.unbind())
}

/// A field that should be a dict.
pub(crate) fn dict<'py>(
    entity: &Bound<'py, Entity>,
    key: &'static str,
) -> PyResult<Bound<'py, PyDict>> {
    let value = value(entity, key)?.into_bound(entity.py());
    if let Ok(dict) = value.cast::<PyDict>() {
        return Ok(dict.clone());
    }
    let fresh = PyDict::new(entity.py());
    set(entity, key, fresh.clone().into_any());
    Ok(fresh)
}

fn take<R: Default>(
    entity: &Bound<'_, Entity>,
    work: impl FnOnce(&mut Details<PythonHost>) -> R,
) -> R {
    entity
        .get()
        .with_tree(|tree, index| match &mut tree.node_mut(index).details {
            Some(details) => work(details),
            None => R::default(),
        })
}

fn http<'py>(py: Python<'py>, http: Option<Box<Http<Text>>>) -> PyResult<Bound<'py, PyDict>> {
    let http = http.unwrap_or_default();
    let request = PyDict::new(py);
    for (key, text) in [
        ("url", http.url),
        ("method", http.method),
        ("user_agent", http.user_agent),
        ("client_ip", http.client_ip),
    ] {
        if let Some(text) = text {
            request.set_item(key, text.to_python(py))?;
        }
    }
    if http.x_forwarded_for {
        request.set_item("x_forwarded_for", true)?;
    }
    let response = PyDict::new(py);
    if let Some(status) = http.status {
        response.set_item("status", status)?;
    }
    if let Some(length) = http.content_length {
        response.set_item("content_length", length)?;
    }
    let all = PyDict::new(py);
    for (key, part) in [("request", request), ("response", response)] {
        if !part.is_empty() {
            all.set_item(key, part)?;
        }
    }
    Ok(all)
}

fn annotations(
    py: Python<'_>,
    annotations: Vec<(Text, Scalar<Text>)>,
) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in annotations {
        let value = match value {
            Scalar::Text(text) => text.to_python(py).into_any(),
            Scalar::Integer(number) => number.into_bound_py_any(py)?,
            Scalar::Float(number) => number.into_bound_py_any(py)?,
            Scalar::Bool(truth) => truth.into_bound_py_any(py)?,
        };
        dict.set_item(key.to_python(py), value)?;
    }
    Ok(dict)
}

type Metadata = Vec<(Text, Vec<(Text, Value)>)>;

fn metadata(py: Python<'_>, metadata: Metadata) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for (namespace, entries) in metadata {
        let values = PyDict::new(py);
        for (key, value) in entries {
            values.set_item(key.to_python(py), value.0)?;
        }
        dict.set_item(namespace.to_python(py), values)?;
    }
    Ok(dict)
}

/// What is known of a statement, as a dict.
pub(crate) fn sql(py: Python<'_>, sql: Sql<Text>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for (key, text) in [
        ("sanitized_query", sql.sanitized_query),
        ("database_type", sql.database_type),
        ("database_version", sql.database_version),
        ("driver_version", sql.driver_version),
        ("user", sql.user),
        ("url", sql.url),
    ] {
        if let Some(text) = text {
            dict.set_item(key, text.to_python(py))?;
        }
    }
    Ok(dict)
}

fn aws<'py>(entity: &Bound<'py, Entity>) -> PyResult<Bound<'py, PyDict>> {
    let py = entity.py();
    let text = entity.get().with_tree(|tree, index| {
        if index != ROOT {
            return None;
        }
        let mut text = Vec::new();
        let rule = tree.surroundings.rule_name.as_ref().map(AsRef::as_ref);
        tree.surroundings
            .runtime
            .as_ref()?
            .write_aws(&mut text, rule);
        Some(text)
    });
    match text {
        Some(text) => parse_dict(py, &text),
        None => Ok(PyDict::new(py)),
    }
}

/// The `service` field; none when nothing is known of the runtime.
pub(crate) fn service<'py>(entity: &Bound<'py, Entity>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Some(known) = get(entity, "service") {
        return Ok(Some(known));
    }
    let text = entity.get().with_tree(|tree, index| {
        let runtime = tree
            .surroundings
            .runtime
            .as_ref()
            .filter(|_| index == ROOT)?;
        Some(runtime.service().to_vec())
    });
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let made = parse_dict(entity.py(), &text)?.into_any();
    set(entity, "service", made.clone());
    Ok(Some(made))
}

fn parse_dict<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyDict>> {
    let parsed = py.import("json")?.call_method1("loads", (text,))?;
    Ok(parsed.cast_into()?)
}

/// The list of an entity's subsegments, which is the truth from now on.
pub(crate) fn subsegments(entity: &Bound<'_, Entity>) -> PyResult<Py<PyList>> {
    let py = entity.py();
    let (known, children) =
        entity.get().with_tree(
            |tree, index| match children::exposed_list(py, tree, index) {
                Some(list) => (Some(list), Vec::new()),
                None => (None, tree.children(index).collect::<Vec<_>>()),
            },
        );
    if let Some(list) = known {
        return Ok(list);
    }
    let segment = segment_of(entity);
    let list = PyList::empty(py);
    for child in children {
        list.append(handle(py, &segment, child)?)?;
    }
    expose(entity, &list);
    Ok(list.unbind())
}

/// Makes `list` the truth about an entity's subsegments.
pub(crate) fn expose(entity: &Bound<'_, Entity>, list: &Bound<'_, PyList>) {
    entity
        .get()
        .shared()
        .lists_exposed
        .store(true, Ordering::Relaxed);
    let list = list.clone().unbind();
    let replaced = entity.get().with_tree(|tree, index| {
        tree.node_mut(index)
            .attachment
            .overlay()
            .subsegments
            .replace(list)
    });
    drop(replaced);
}

/// A trace id in its usual spelling.
pub(crate) fn parse_trace_id(text: &str) -> Option<TraceId> {
    if text.len() != 35 || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    text.parse().ok()
}

/// The segment's trace id, as a Python object.
pub(crate) fn trace_id(entity: &Bound<'_, Entity>) -> PyResult<Py<PyAny>> {
    if let Some(own) = get(entity, "trace_id") {
        return Ok(own.unbind());
    }
    let segment = segment_of(entity);
    if let Some(own) = get(&segment, "trace_id") {
        return Ok(own.unbind());
    }
    let id = segment.get().with_tree(|tree, _| tree.trace_id);
    id.to_string().into_py_any(entity.py())
}

/// The segment's trace id, as text.
pub(crate) fn trace_id_text(entity: &Bound<'_, Entity>) -> PyResult<String> {
    let own = entity.get().with_tree(|tree, index| {
        let is_own = |index| tree.node(index).attachment.field("trace_id").is_none();
        (is_own(index) && is_own(ROOT)).then_some(tree.trace_id)
    });
    match own {
        Some(id) => Ok(id.to_string()),
        None => Ok(trace_id(entity)?.bind(entity.py()).to_string()),
    }
}

/// The id of an entity, as a Python object.
pub(crate) fn id(entity: &Bound<'_, Entity>) -> PyResult<Py<PyAny>> {
    if let Some(own) = get(entity, "id") {
        return Ok(own.unbind());
    }
    let id = entity.get().with_tree(|tree, index| tree.node(index).id);
    id.to_string().into_py_any(entity.py())
}

/// The id of what an entity hangs under, as a Python object.
pub(crate) fn parent_id(entity: &Bound<'_, Entity>) -> PyResult<Option<Py<PyAny>>> {
    if let Some(own) = get(entity, "parent_id") {
        return Ok(Some(own.unbind()));
    }
    let py = entity.py();
    let (parent, id) = entity
        .get()
        .with_tree(|tree, index| (tree.parent(index), tree.parent_id(index)));
    if let Some(parent) = parent.filter(|parent| *parent != ROOT) {
        let parent = handle(py, &segment_of(entity), parent)?;
        return self::id(&parent).map(Some);
    }
    if parent.is_some() {
        return self::id(&segment_of(entity)).map(Some);
    }
    id.map(|id| id.to_string().into_py_any(py)).transpose()
}
