//! Methods and attributes that segments and subsegments share.

use fluoro_core::details::Scalar;
use fluoro_core::emission;
use fluoro_core::tree::Outcome;
use pyo3::PyTraverseError;
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::{
    Entity, Kind, attributes, exposed_list, fields, reconcile, register, remove, segment_of, unlist,
};
use crate::host::Value;
use crate::json::PythonResolver;
use crate::log;
use crate::text::Text;

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
fn facade_mutation(py: Python<'_>) -> PyErr {
    log::exception(
        py,
        "FacadeSegmentMutationException",
        "the segment of a Lambda function belongs to AWS Lambda and takes subsegments only",
    )
}

/// Annotates a live entity; what cannot be an annotation is left out with a warning.
pub(crate) fn annotate(
    entity: &Bound<'_, Entity>,
    key: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = entity.py();
    let Ok(key) = key.cast::<PyString>() else {
        log::warn(
            py,
            &format!("annotation left out: the key {key:?} is not text"),
        );
        return Ok(());
    };
    let text = Text::new(key);
    if !fluoro_wire::annotation_key::is_valid_annotation_key(text.as_ref()) {
        log::warn(
            py,
            &format!(
                "annotation left out: the key {:?} may hold only letters, digits and underscores",
                text.as_ref()
            ),
        );
        return Ok(());
    }
    let scalar = if let Ok(text) = value.cast::<PyString>() {
        Scalar::Text(Text::new(text))
    } else if let Ok(truth) = value.cast::<PyBool>() {
        Scalar::Bool(truth.is_true())
    } else if let Ok(number) = value.cast::<PyInt>() {
        match number.extract::<i64>() {
            Ok(number) => Scalar::Integer(number),
            Err(_) => return fields::dict(entity, "annotations")?.set_item(key, value),
        }
    } else if let Ok(number) = value.cast::<PyFloat>() {
        Scalar::Float(number.value())
    } else {
        let class = value.get_type().name()?;
        log::warn(
            py,
            &format!(
                "annotation {:?} left out: a {class} is neither text nor a number nor a truth value",
                text.as_ref()
            ),
        );
        return Ok(());
    };
    let dict = entity.get().with_tree(|tree, index| {
        let node = tree.node_mut(index);
        if let Some(overlay) = &node.attachment.overlay
            && let Some(known) = overlay.get("annotations")
        {
            return Some(known.0.bind(py).clone());
        }
        node.details().put_annotation(text, scalar);
        None
    });
    match dict {
        Some(dict) => dict.set_item(key, value),
        None => Ok(()),
    }
}

/// Adds metadata to a live entity.
pub(crate) fn put_metadata(
    entity: &Bound<'_, Entity>,
    key: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    namespace: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let py = entity.py();
    let namespace_text = match namespace {
        None => Text::Static("default"),
        Some(namespace) => match namespace.cast::<PyString>() {
            Ok(namespace) => Text::new(namespace),
            Err(_) => {
                log::warn(py, "metadata left out: the namespace is not text");
                return Ok(());
            }
        },
    };
    if namespace_text.as_ref().starts_with("AWS.") {
        log::warn(
            py,
            &format!(
                "metadata left out: namespaces that begin with 'AWS.' are reserved, such as {:?}",
                namespace_text.as_ref()
            ),
        );
        return Ok(());
    }
    let known = fields::get(entity, "metadata").is_some();
    let key_text = key.cast::<PyString>().ok();
    if !known && let Some(key_text) = key_text {
        let key = Text::new(key_text);
        let value = Value(value.clone().unbind());
        let replaced = entity.get().with_tree(|tree, index| {
            tree.node_mut(index)
                .details()
                .put_metadata(namespace_text, key, value)
        });
        drop(replaced);
        return Ok(());
    }
    let all = fields::dict(entity, "metadata")?;
    let name = namespace_text.to_python(py);
    let values = match all.get_item(&name)? {
        Some(values) if values.is_truthy()? => values,
        _ => {
            all.set_item(&name, PyDict::new(py))?;
            all.get_item(&name)?.expect("just set")
        }
    };
    values.set_item(key, value)
}

/// Raises flags. One that is raised now beats one that the program has set to False before.
pub(crate) fn change_outcome(entity: &Bound<'_, Entity>, change: impl FnOnce(&mut Outcome)) {
    let replaced = entity.get().with_tree(|tree, index| {
        let node = tree.node_mut(index);
        let before = node.outcome;
        change(&mut node.outcome);
        let after = node.outcome;
        let overlay = node.attachment.overlay.as_mut()?;
        let raised = [
            (after.error && !before.error, "error"),
            (after.fault && !before.fault, "fault"),
            (after.throttle && !before.throttle, "throttle"),
        ];
        Some(raised.map(|(raised, key)| raised.then(|| overlay.remove(key))))
    });
    drop(replaced);
}

fn put_http(entity: &Bound<'_, Entity>, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let text = value.cast::<PyString>().ok().map(Text::new);
    let number = value.extract::<i64>().ok();
    let part = match key {
        "url" | "method" | "user_agent" | "client_ip" | "x_forwarded_for" => "request",
        "status" | "content_length" => "response",
        _ => {
            log::warn(
                entity.py(),
                &format!(
                    "http data left out: {key:?} is none of url, method, user_agent, client_ip, \
                     x_forwarded_for, status, content_length"
                ),
            );
            return Ok(());
        }
    };
    let native = fields::get(entity, "http").is_none()
        && entity.get().with_tree(|tree, index| {
            let http = tree.node_mut(index).details().http();
            match (key, text, number) {
                ("url", Some(text), _) => http.url = Some(text),
                ("method", Some(text), _) => http.method = Some(text),
                ("user_agent", Some(text), _) => http.user_agent = Some(text),
                ("client_ip", Some(text), _) => http.client_ip = Some(text),
                ("x_forwarded_for", None, Some(1)) => http.x_forwarded_for = true,
                ("status", None, Some(number)) => http.status = Some(number),
                ("content_length", None, Some(number)) => http.content_length = Some(number),
                _ => return false,
            }
            true
        });
    if native {
        return Ok(());
    }
    let all = fields::dict(entity, "http")?;
    let inner = match all.get_item(part)? {
        Some(inner) => inner,
        None => {
            all.set_item(part, PyDict::new(entity.py()))?;
            all.get_item(part)?.expect("just set")
        }
    };
    inner.set_item(key, value)
}

#[pymethods]
impl Entity {
    /// Subclasses may call this with the arguments of the class.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn __init__(&self, _args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) {}

    /// Annotates the entity with an indexed key-value pair.
    fn put_annotation(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if takes_data(slf)? {
            annotate(slf, &key, &value)
        } else {
            Ok(())
        }
    }

    /// Adds a value that is kept but not indexed.
    #[pyo3(signature = (key, value, namespace=None))]
    fn put_metadata(
        slf: &Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
        namespace: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if takes_data(slf)? {
            put_metadata(slf, &key, &value, namespace.as_ref())
        } else {
            Ok(())
        }
    }

    /// Adds a part of the HTTP request or response; a status also sets the flags.
    fn put_http_meta(slf: &Bound<'_, Self>, key: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        if !takes_data(slf)? || value.is_none() {
            return Ok(());
        }
        if key != "status" {
            return put_http(slf, key, &value);
        }
        let status = match value.cast::<PyString>() {
            Ok(text) => {
                let text = text.to_string_lossy();
                text.trim().parse::<i64>().map_err(|_| {
                    PyValueError::new_err(format!("the HTTP status {text:?} is not a number"))
                })?
            }
            Err(_) => match value.extract::<f64>() {
                // Only statuses of HTTP mean something; what is no whole number is cut, not refused.
                Ok(number) => number as i64,
                Err(_) => value.extract::<i64>()?,
            },
        };
        change_outcome(slf, |outcome| outcome.apply_status(status));
        put_http(slf, key, &status.into_pyobject(slf.py())?.into_any())
    }

    /// Sets the flags that an HTTP status stands for.
    fn apply_status_code(slf: &Bound<'_, Self>, status_code: Option<i64>) -> PyResult<()> {
        if takes_data(slf)?
            && let Some(status) = status_code
        {
            change_outcome(slf, |outcome| outcome.apply_status(status));
        }
        Ok(())
    }

    /// Sets the `aws` block.
    fn set_aws(slf: &Bound<'_, Self>, aws_meta: Bound<'_, PyAny>) -> PyResult<()> {
        if takes_data(slf)? {
            fields::set(slf, "aws", aws_meta);
        }
        Ok(())
    }

    /// Marks the entity as throttled.
    fn add_throttle_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.throttle = true)
    }

    /// Marks the entity as failed by a fault of the service.
    fn add_fault_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.fault = true)
    }

    /// Marks the entity as failed by an error of the caller.
    fn add_error_flag(slf: &Bound<'_, Self>) -> PyResult<()> {
        raise_flag(slf, |outcome| outcome.error = true)
    }

    /// Records an exception and marks the entity as failed.
    ///
    /// :param stack: rows of path, line and label, as `traceback.extract_stack` gives them.
    /// :param remote: True when a called service caused it.
    #[pyo3(signature = (exception, stack, remote=false))]
    fn add_exception(
        slf: &Bound<'_, Self>,
        exception: Bound<'_, PyAny>,
        stack: Bound<'_, PyAny>,
        remote: bool,
    ) -> PyResult<()> {
        if !takes_data(slf)? {
            return Ok(());
        }
        change_outcome(slf, |outcome| outcome.fault = true);
        let recorder = slf
            .py()
            .import(intern!(slf.py(), "aws_xray_sdk.core.models.entity"))?;
        recorder.call_method1(
            intern!(slf.py(), "record_exception"),
            (slf, exception, stack, remote),
        )?;
        Ok(())
    }

    /// Adds a subsegment as the last child.
    pub(crate) fn add_subsegment(
        slf: &Bound<'_, Self>,
        subsegment: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = slf.py();
        if !slf.get().is_in_progress() {
            return Err(log::already_ended(py));
        }
        let sampled = subsegment.getattr(intern!(py, "sampled"))?.is_truthy()?;
        if sampled && !slf.get().is_sampled() {
            log::warn(
                py,
                "a sampled subsegment is added to a parent that is not sampled, and so will not be \
                 part of any trace",
            );
        }
        let own = match subsegment.cast::<Entity>() {
            Ok(child) if child.get().is_related(slf.get()) && !child.get().is_segment() => child,
            _ => return add_foreign(slf, &subsegment),
        };
        register(own);
        let child = own.get().index();
        if slf
            .get()
            .with_tree(|tree, index| tree.is_within(index, child))
        {
            log::warn(py, "a subsegment cannot be inside itself, it was not added");
            return Ok(());
        }
        let facade = segment_of(slf).get().kind == Kind::Facade;
        unlist(py, &segment_of(slf), child);
        let list = slf.get().with_tree(|tree, index| {
            if !tree.move_to(index, child) {
                tree.attach(index, child);
                if facade {
                    tree.open -= 1; // a facade never waits for its subsegments
                }
            }
            exposed_list(py, tree, index)
        });
        fields::unset(own, "parent_id");
        match list {
            Some(list) => list.bind(py).append(subsegment),
            None => Ok(()),
        }
    }

    /// Takes a subsegment out of the children.
    fn remove_subsegment(slf: &Bound<'_, Self>, subsegment: Bound<'_, PyAny>) -> PyResult<()> {
        match subsegment.cast::<Entity>() {
            Ok(child) if child.get().is_related(slf.get()) => {
                remove(slf.py(), &segment_of(slf), child.get().index());
                Ok(())
            }
            _ => {
                let list = fields::subsegments(slf)?;
                list.bind(slf.py()).call_method1("remove", (subsegment,))?;
                segment_of(slf).call_method0("decrement_subsegments_size")?;
                Ok(())
            }
        }
    }

    /// Ends the entity.
    ///
    /// :param end_time: seconds since the epoch; now, if left out.
    #[pyo3(signature = (end_time=None))]
    pub(crate) fn close(slf: &Bound<'_, Self>, end_time: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        if slf.get().kind == Kind::Facade {
            return Err(facade_mutation(slf.py()));
        }
        close(slf, end_time.as_ref())?;
        Ok(())
    }

    /// Keeps the trace header the request came with.
    fn save_origin_trace_header(slf: &Bound<'_, Self>, trace_header: Bound<'_, PyAny>) {
        fields::set(slf, "_origin_trace_header", trace_header);
    }

    /// The trace header the request came with.
    pub(crate) fn get_origin_trace_header(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        if let Some(known) = fields::get(slf, "_origin_trace_header") {
            return Ok(Some(known.unbind()));
        }
        crate::header::of_segment(slf)
    }

    /// The document as JSON text; None for what is not sampled.
    fn serialize(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        match slf.get().kind {
            Kind::DummySegment | Kind::DummySubsegment => return Ok(None),
            Kind::Facade => return Err(facade_mutation(slf.py())),
            _ => {}
        }
        Ok(Some(document(slf)))
    }

    /// The document as a dict.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("json")?
            .call_method1("loads", (document(slf),))
    }

    fn _check_ended(slf: &Bound<'_, Self>) -> PyResult<()> {
        if slf.get().is_in_progress() {
            Ok(())
        } else {
            Err(log::already_ended(slf.py()))
        }
    }

    /// Id in the document, 16 hexadecimal digits.
    #[getter]
    fn id(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::id(slf)
    }

    /// Trace this is part of.
    #[getter]
    fn trace_id(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::trace_id(slf)
    }

    /// Id of what this hangs under.
    #[getter]
    fn parent_id(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        fields::parent_id(slf)
    }

    /// Name in the document.
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyAny> {
        let py = slf.py();
        let text = slf
            .get()
            .with_tree(|tree, index| tree.node(index).name.duplicate(py));
        text.to_python(py).into_any()
    }

    /// Beginning, in seconds since the epoch.
    #[getter]
    fn start_time(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        match fields::get(slf, "start_time") {
            Some(own) => Ok(own.unbind()),
            None => {
                let time = slf
                    .get()
                    .with_tree(|tree, index| tree.node(index).start_time);
                Ok(PyFloat::new(slf.py(), time).into_any().unbind())
            }
        }
    }

    /// End, in seconds since the epoch; there is none while in progress.
    #[getter]
    fn end_time(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        if let Some(own) = fields::get(slf, "end_time") {
            return Ok(own.unbind());
        }
        let time = slf.get().with_tree(|tree, index| {
            let node = tree.node(index);
            (!node.in_progress).then_some(node.end_time)
        });
        match time {
            Some(time) => Ok(PyFloat::new(slf.py(), time).into_any().unbind()),
            None => Err(PyAttributeError::new_err(
                "end_time: the entity is in progress",
            )),
        }
    }

    /// True until the entity ends.
    #[getter]
    fn in_progress(slf: &Bound<'_, Self>) -> bool {
        slf.get().is_in_progress()
    }

    /// False for what is never sent.
    #[getter]
    fn sampled(slf: &Bound<'_, Self>) -> bool {
        slf.get().is_sampled()
    }

    /// HTTP request and response.
    #[getter]
    fn http(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "http")
    }

    /// Indexed key-value pairs.
    #[getter]
    fn annotations(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "annotations")
    }

    /// Values by namespace and key.
    #[getter]
    fn metadata(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "metadata")
    }

    /// AWS resources involved.
    #[getter]
    fn aws(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "aws")
    }

    /// Exceptions recorded, or the id of one recorded elsewhere.
    #[getter]
    fn cause(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        fields::value(slf, "cause")
    }

    /// Children in order of their beginning.
    #[getter]
    fn subsegments(slf: &Bound<'_, Self>) -> PyResult<Py<PyList>> {
        fields::subsegments(slf)
    }

    /// True when the service failed; there is no such attribute otherwise.
    #[getter]
    fn fault(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "fault", |outcome| outcome.fault)
    }

    /// True when the caller made a mistake; there is no such attribute otherwise.
    #[getter]
    fn error(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "error", |outcome| outcome.error)
    }

    /// True when the caller was asked to slow down; there is no such attribute otherwise.
    #[getter]
    fn throttle(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        flag(slf, "throttle", |outcome| outcome.throttle)
    }

    /// Attributes the program has set itself.
    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Py<PyAny>> {
        attributes::get(slf, name)
    }

    fn __setattr__(slf: &Bound<'_, Self>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
        attributes::set(slf, name, value)
    }

    fn __delattr__(slf: &Bound<'_, Self>, name: &str) {
        fields::unset(slf, name);
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let class = slf.get_type().name()?;
        Ok(slf.get().with_tree(|tree, index| {
            let node = tree.node(index);
            let state = if node.in_progress {
                "in progress"
            } else {
                "ended"
            };
            format!("<{class} {:?} {} {state}>", node.name.as_ref(), node.id)
        }))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.traverse(&visit)
    }

    fn __clear__(&self) {
        self.clear();
    }
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

/// The document of an entity as text.
pub(crate) fn document(entity: &Bound<'_, Entity>) -> String {
    reconcile(entity.py(), entity);
    let inner = entity.get();
    let text = emission::document(&inner.shared().segment, inner.index(), &PythonResolver);
    String::from_utf8_lossy(&text).into_owned()
}

fn add_foreign(entity: &Bound<'_, Entity>, subsegment: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = entity.py();
    subsegment.setattr(intern!(py, "parent_id"), fields::id(entity)?)?;
    fields::subsegments(entity)?.bind(py).append(subsegment)?;
    segment_of(entity).call_method0(intern!(py, "increment"))?;
    Ok(())
}

fn raise_flag(entity: &Bound<'_, Entity>, raise: impl FnOnce(&mut Outcome)) -> PyResult<()> {
    if entity.get().kind == Kind::Facade {
        return Err(facade_mutation(entity.py()));
    }
    change_outcome(entity, raise);
    Ok(())
}

fn flag(
    entity: &Bound<'_, Entity>,
    name: &'static str,
    read: impl FnOnce(&Outcome) -> bool,
) -> PyResult<Py<PyAny>> {
    if let Some(own) = fields::get(entity, name) {
        return Ok(own.unbind());
    }
    if entity
        .get()
        .with_tree(|tree, index| read(&tree.node(index).outcome))
    {
        return Ok(PyBool::new(entity.py(), true)
            .to_owned()
            .into_any()
            .unbind());
    }
    Err(PyAttributeError::new_err(name))
}
