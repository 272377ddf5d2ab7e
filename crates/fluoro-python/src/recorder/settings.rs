//! What a recorder is configured with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use fluoro_core::details::{RuntimeContext, Surroundings};
use parking_lot::Mutex;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::ContextOrForeign;
use crate::context::Context;
use crate::json::{Objects, write};
use crate::methods_of_ours::MethodsOfOurs;
use crate::streaming::DefaultStreaming;
use crate::text::Text;

/// How subsegments begin, end and enclose a call.
const METHODS: [&str; 3] = ["begin_subsegment", "end_subsegment", "record_subsegment"];

/// The parts of a recorder's configuration that recording reads.
pub(crate) struct Settings {
    parts: Mutex<Parts>,
    sampling: AtomicBool,
    /// Whether the text of SQL statements is recorded.
    stream_sql: AtomicBool,
    /// Whether instrumented calls outside a segment count as misuse.
    strict_instrumentation: AtomicBool,
    methods: MethodsOfOurs,
}

struct Parts {
    context: Py<PyAny>,
    /// The context again, when its methods may all be ours.
    own_context: Option<Py<Context>>,
    emitter: Py<PyAny>,
    streaming: Py<PyAny>,
    /// The streaming threshold, when the streaming policy is ours.
    threshold: Option<Arc<AtomicI64>>,
    sampling: Py<PyAny>,
    aws_metadata: Py<PyAny>,
    service_info: Option<Py<PyDict>>,
    origin: Py<PyAny>,
    service: Py<PyAny>,
    /// `aws_metadata` and `service_info` ready for documents.
    runtime: Option<Arc<RuntimeContext>>,
}

/// Fields to be set on a segment as Python objects.
type Dicts<'py> = Vec<(&'static str, Bound<'py, PyAny>)>;

impl Settings {
    pub(super) fn new(py: Python<'_>) -> Self {
        Settings {
            parts: Mutex::new(Parts {
                context: py.None(),
                own_context: None,
                emitter: py.None(),
                streaming: py.None(),
                threshold: None,
                sampling: py.None(),
                aws_metadata: py.None(),
                service_info: None,
                origin: py.None(),
                service: py.None(),
                runtime: None,
            }),
            sampling: AtomicBool::new(true),
            stream_sql: AtomicBool::new(true),
            strict_instrumentation: AtomicBool::new(false),
            methods: MethodsOfOurs::new(&METHODS),
        }
    }

    /// True unless the recorder, or its class, has its own idea of how subsegments begin or end.
    #[inline]
    pub(crate) fn is_plain(&self, recorder: &Bound<'_, PyAny>) -> bool {
        self.methods.are_in_use::<super::Recorder>(recorder)
    }

    /// Takes notice of a method that was put on the recorder itself, or taken off it.
    pub(super) fn look_at_methods(&self, recorder: &Bound<'_, PyAny>) -> PyResult<()> {
        self.methods.look_at(recorder)
    }

    /// The context if all its methods are ours, else as an error whatever the program gave us.
    pub(crate) fn context<'py>(&self, py: Python<'py>) -> ContextOrForeign<'py> {
        self.parts.lock().context(py)
    }

    pub(super) fn context_object(&self, py: Python<'_>) -> Py<PyAny> {
        self.parts.lock().context.clone_ref(py)
    }

    pub(super) fn set_context(&self, context: Bound<'_, PyAny>) {
        let own = context.cast::<Context>().ok().map(|own| {
            own.get().look_at_class(own);
            own.clone().unbind()
        });
        let replaced = {
            let mut parts = self.parts.lock();
            let own = std::mem::replace(&mut parts.own_context, own);
            (own, std::mem::replace(&mut parts.context, context.unbind()))
        };
        drop(replaced);
    }

    pub(super) fn emitter<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.parts.lock().emitter.bind(py).clone()
    }

    pub(super) fn set_emitter(&self, emitter: Bound<'_, PyAny>) {
        let replaced = std::mem::replace(&mut self.parts.lock().emitter, emitter.unbind());
        drop(replaced);
    }

    pub(super) fn streaming<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.parts.lock().streaming.bind(py).clone()
    }

    pub(super) fn set_streaming(&self, streaming: Bound<'_, PyAny>) {
        let threshold = streaming
            .cast_exact::<DefaultStreaming>()
            .ok()
            .map(|built_in| built_in.get().threshold.clone());
        let replaced = {
            let mut parts = self.parts.lock();
            parts.threshold = threshold;
            std::mem::replace(&mut parts.streaming, streaming.unbind())
        };
        drop(replaced);
    }

    /// The context, and the streaming threshold; `None` when only the program's own policy knows.
    pub(super) fn context_and_threshold<'py>(
        &self,
        py: Python<'py>,
    ) -> (ContextOrForeign<'py>, Option<i64>) {
        let parts = self.parts.lock();
        let threshold = parts
            .threshold
            .as_ref()
            .map(|shared| shared.load(Ordering::Relaxed));
        (parts.context(py), threshold)
    }

    pub(crate) fn sampling(&self) -> bool {
        self.sampling.load(Ordering::Relaxed)
    }

    pub(super) fn sampling_object<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.parts.lock().sampling.bind(py).clone()
    }

    pub(super) fn set_sampling(&self, sampling: Bound<'_, PyAny>) -> PyResult<()> {
        self.sampling
            .store(sampling.is_truthy()?, Ordering::Relaxed);
        let replaced = std::mem::replace(&mut self.parts.lock().sampling, sampling.unbind());
        drop(replaced);
        Ok(())
    }

    pub(super) fn aws_metadata<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        // Whoever reads it may change it, so the ready-made form is not used any more.
        let mut parts = self.parts.lock();
        parts.runtime = None;
        parts.aws_metadata.bind(py).clone()
    }

    pub(super) fn set_aws_metadata(&self, metadata: Bound<'_, PyAny>) {
        let runtime = {
            let info = self
                .parts
                .lock()
                .service_info
                .as_ref()
                .map(|info| info.clone_ref(metadata.py()));
            prepare(
                &metadata,
                info.as_ref().map(|info| info.bind(metadata.py())),
            )
        };
        let replaced = {
            let mut parts = self.parts.lock();
            parts.runtime = runtime.map(Arc::new);
            std::mem::replace(&mut parts.aws_metadata, metadata.unbind())
        };
        drop(replaced);
    }

    pub(super) fn set_service_info(&self, info: Bound<'_, PyDict>) {
        let py = info.py();
        let replaced = self.parts.lock().service_info.replace(info.unbind());
        drop(replaced);
        let metadata = self.parts.lock().aws_metadata.bind(py).clone();
        self.set_aws_metadata(metadata);
    }

    pub(super) fn origin<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.parts.lock().origin.bind(py).clone()
    }

    pub(super) fn set_origin(&self, origin: Bound<'_, PyAny>) {
        let replaced = std::mem::replace(&mut self.parts.lock().origin, origin.unbind());
        drop(replaced);
    }

    pub(crate) fn service<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.parts.lock().service.bind(py).clone()
    }

    pub(super) fn set_service(&self, service: Bound<'_, PyAny>) {
        let replaced = std::mem::replace(&mut self.parts.lock().service, service.unbind());
        drop(replaced);
    }

    pub(crate) fn stream_sql(&self) -> bool {
        self.stream_sql.load(Ordering::Relaxed)
    }

    pub(super) fn set_stream_sql(&self, stream_sql: bool) {
        self.stream_sql.store(stream_sql, Ordering::Relaxed);
    }

    pub(crate) fn strict_instrumentation(&self) -> bool {
        self.strict_instrumentation.load(Ordering::Relaxed)
    }

    pub(super) fn set_strict_instrumentation(&self, strict: bool) {
        self.strict_instrumentation.store(strict, Ordering::Relaxed);
    }

    /// Describes where a new segment runs and why it is sampled. Returns fields that must be set
    /// as Python objects, which is the way when the metadata has an unusual form.
    pub(super) fn populate<'py>(
        &self,
        py: Python<'py>,
        surroundings: &mut Surroundings<Text>,
        rule_name: Option<Text>,
    ) -> PyResult<Dicts<'py>> {
        let (runtime, origin) = {
            let parts = self.parts.lock();
            let origin = (!parts.origin.is_none(py)).then(|| parts.origin.bind(py).clone());
            (parts.runtime.clone(), origin)
        };
        let mut dicts = Vec::new();
        if let Some(origin) = origin {
            match origin.cast_exact::<PyString>() {
                Ok(text) => surroundings.origin = Some(Text::new(text)),
                Err(_) => dicts.push(("origin", origin)),
            }
        }
        if runtime.is_some() {
            surroundings.runtime = runtime;
            surroundings.rule_name = rule_name;
            return Ok(dicts);
        }
        let (metadata, info) = {
            let parts = self.parts.lock();
            let info = parts
                .service_info
                .as_ref()
                .map(|info| info.bind(py).clone());
            (parts.aws_metadata.bind(py).clone(), info)
        };
        let aws = py.import("copy")?.call_method1("deepcopy", (metadata,))?;
        if let Some(rule) = rule_name
            && let Ok(aws) = aws.cast::<PyDict>()
        {
            let xray = match aws.get_item("xray")? {
                Some(xray) => xray.cast_into::<PyDict>()?,
                None => PyDict::new(py),
            };
            xray.set_item("sampling_rule_name", rule.to_python(py))?;
            aws.set_item("xray", xray)?;
        }
        dicts.push(("aws", aws));
        if let Some(info) = info {
            dicts.push(("service", info.into_any()));
        }
        Ok(dicts)
    }

    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Some(parts) = self.parts.try_lock() else {
            return Ok(());
        };
        visit.call(&parts.context)?;
        if let Some(own) = &parts.own_context {
            visit.call(own)?;
        }
        visit.call(&parts.emitter)?;
        visit.call(&parts.streaming)?;
        visit.call(&parts.sampling)?;
        visit.call(&parts.aws_metadata)?;
        if let Some(info) = &parts.service_info {
            visit.call(info)?;
        }
        visit.call(&parts.origin)?;
        visit.call(&parts.service)
    }
}

impl Parts {
    #[inline]
    fn context<'py>(&self, py: Python<'py>) -> ContextOrForeign<'py> {
        match &self.own_context {
            Some(own) if own.get().is_plain() => Ok(own.bind(py).clone()),
            _ => Err(self.context.bind(py).clone()),
        }
    }
}

/// The metadata in the form documents take, if it has the form recorders usually have.
fn prepare(
    metadata: &Bound<'_, PyAny>,
    info: Option<&Bound<'_, PyDict>>,
) -> Option<RuntimeContext> {
    let metadata = metadata.cast::<PyDict>().ok()?;
    let mut members: Vec<(String, String)> = Vec::new();
    let mut sdk = None;
    for (key, value) in metadata.iter() {
        let key = key.extract::<String>().ok()?;
        if key == "xray" {
            let xray = value.cast::<PyDict>().ok()?;
            if xray.len() != 2 {
                return None;
            }
            let name = xray.get_item("sdk").ok()??.extract::<String>().ok()?;
            let version = xray
                .get_item("sdk_version")
                .ok()??
                .extract::<String>()
                .ok()?;
            sdk = Some((name, version));
        } else {
            let mut text = Vec::new();
            write(&value, Objects::Text, usize::MAX, &mut text);
            members.push((key, String::from_utf8(text).ok()?));
        }
    }
    let (name, version) = sdk?;
    let mut service: Vec<(String, String)> = Vec::new();
    for (key, value) in info.into_iter().flat_map(|info| info.iter()) {
        service.push((key.extract().ok()?, value.extract().ok()?));
    }
    Some(RuntimeContext::new(
        &name,
        &version,
        &borrowed(&members),
        &borrowed(&service),
    ))
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect()
}
