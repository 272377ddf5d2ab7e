//! Python objects as JSON.
//!
//! Metadata may be anything a program holds. The encoder is bounded in depth, in number of values
//! and in size, notices cycles, never advances an iterator or runs a query, and writes a marker in
//! place of what it cannot write. It never fails.

use crate::once;
use crate::once::intern;
use fluoro_core::emission::Resolver;
use fluoro_core::encode::{HoleKind, UNCUT, write_text};
use fluoro_wire::json;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString,
    PyTuple, PyType,
};
use std::sync::OnceLock;

use crate::host::{PythonHost, Value};

/// Deepest nesting written.
const DEEPEST: usize = 32;
/// Most values written of one object.
const MOST_VALUES: usize = 20_000;
/// Most bytes written of one object.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// How objects that JSON has no word for are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objects {
    /// As their public attributes; the way metadata is written.
    Attributes,
    /// As text.
    Text,
    /// As what their `to_dict` method returns; the way recorded exceptions are written.
    Cause,
}

/// Writes the values that Python keeps in a tree.
pub(crate) struct PythonResolver;

impl Resolver<PythonHost> for PythonResolver {
    fn write(&self, kind: &HoleKind, value: &Value, longest_text: usize, out: &mut Vec<u8>) {
        Python::attach(|py| {
            let value = value.0.bind(py);
            match kind {
                HoleKind::Metadata => write(value, Objects::Attributes, longest_text, out),
                HoleKind::Member(key) => write_member(key, value, longest_text, out),
                HoleKind::Child { first } => {
                    if !first {
                        out.push(b',');
                    }
                    write_child(value, out);
                }
            }
        });
    }
}

fn write_member(key: &str, value: &Bound<'_, PyAny>, longest_text: usize, out: &mut Vec<u8>) {
    if !value.is_exact_instance_of::<PyBool>() && !value.is_truthy().unwrap_or(true) {
        return;
    }
    out.push(b',');
    json::write_str(out, key);
    out.push(b':');
    let objects = match key {
        "metadata" => Objects::Attributes,
        "cause" => Objects::Cause,
        _ => Objects::Text,
    };
    write(value, objects, longest_text, out);
}

fn write_child(value: &Bound<'_, PyAny>, out: &mut Vec<u8>) {
    let text = value.call_method0(intern!(value.py(), "serialize"));
    match text.as_ref().map(|text| text.extract::<&str>()) {
        Ok(Ok(text)) => out.extend_from_slice(text.as_bytes()),
        _ => out.extend_from_slice(b"null"),
    }
}

/// Appends an object as JSON.
pub(crate) fn write(
    value: &Bound<'_, PyAny>,
    objects: Objects,
    longest_text: usize,
    out: &mut Vec<u8>,
) {
    let most = if longest_text == UNCUT {
        MOST_BYTES
    } else {
        longest_text * 4
    };
    let limit = out.len() + most;
    let mut writer = Writer {
        out,
        objects,
        longest_text,
        limit,
        remaining: MOST_VALUES,
        path: Vec::new(),
    };
    writer.write(value);
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    objects: Objects,
    longest_text: usize,
    limit: usize,
    remaining: usize,
    /// Containers around the current value, to notice cycles.
    path: Vec<usize>,
}

impl Writer<'_> {
    fn write(&mut self, value: &Bound<'_, PyAny>) {
        if value.is_none() {
            self.out.extend_from_slice(b"null");
        } else if let Ok(text) = value.cast_exact::<PyString>() {
            self.text(text);
        } else if let Ok(truth) = value.cast_exact::<PyBool>() {
            json::write_bool(self.out, truth.is_true());
        } else if let Ok(number) = value.cast_exact::<PyInt>() {
            self.integer(number);
        } else if let Ok(number) = value.cast_exact::<PyFloat>() {
            self.float(number.value());
        } else {
            self.compound(value);
        }
    }

    fn compound(&mut self, value: &Bound<'_, PyAny>) {
        self.remaining = self.remaining.saturating_sub(1);
        let identity = value.as_ptr() as usize;
        if self.remaining == 0 || self.out.len() > self.limit {
            self.marker("cut", value);
        } else if self.path.len() >= DEEPEST {
            self.marker("too deep", value);
        } else if self.path.contains(&identity) {
            self.marker("cycle", value);
        } else {
            self.path.push(identity);
            let before = self.out.len();
            if self.container_or_object(value).is_err() {
                self.out.truncate(before);
                self.marker("unserializable", value);
            }
            self.path.pop();
        }
    }

    fn container_or_object(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(dict) = value.cast::<PyDict>() {
            return self.map(dict);
        }
        if let Ok(list) = value.cast::<PyList>() {
            return self.sequence(list.iter());
        }
        if let Ok(tuple) = value.cast::<PyTuple>() {
            return self.sequence(tuple.iter());
        }
        if let Ok(set) = value.cast::<PySet>() {
            return self.sequence(set.iter());
        }
        if let Ok(set) = value.cast::<PyFrozenSet>() {
            return self.sequence(set.iter());
        }
        if let Ok(class) = value.cast::<PyType>() {
            return self.text_of(class.as_any());
        }
        if is_enumeration(value)? {
            self.write(&value.getattr(intern!(value.py(), "value"))?);
            return Ok(());
        }
        if let Ok(text) = value.cast::<PyString>() {
            self.text(text);
            return Ok(());
        }
        if let Ok(number) = value.cast::<PyInt>() {
            self.integer(number);
            return Ok(());
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            self.float(number.value());
            return Ok(());
        }
        if let Ok(bytes) = value.cast::<PyBytes>() {
            self.bytes(bytes.as_bytes());
            return Ok(());
        }
        if let Ok(bytes) = value.cast::<PyByteArray>() {
            self.bytes(&bytes.to_vec());
            return Ok(());
        }
        self.object(value)
    }

    fn object(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = value.py();
        let class = value.get_type();
        if self.objects == Objects::Cause && class.hasattr(intern!(py, "to_dict"))? {
            self.write(&value.call_method0(intern!(py, "to_dict"))?);
            return Ok(());
        }
        if is_plain_container(&class)? {
            let items: Vec<_> = value
                .try_iter()?
                .take(MOST_VALUES + 1)
                .collect::<PyResult<_>>()?;
            return self.sequence(items.into_iter());
        }
        if class.hasattr(intern!(py, "__next__"))? {
            self.marker("iterator", value); // reading it would take its items from the program
            return Ok(());
        }
        if self.objects != Objects::Attributes {
            return self.text_of(value);
        }
        if class.hasattr(intern!(py, "__dataclass_fields__"))? {
            let fields = class.getattr(intern!(py, "__dataclass_fields__"))?;
            let attributes = PyDict::new(py);
            for name in fields.cast::<PyDict>()?.keys() {
                let name = name.cast_into::<PyString>()?;
                if let Ok(field) = value.getattr(&name) {
                    attributes.set_item(name, field)?;
                }
            }
            return self.attributes(&attributes);
        }
        match value.getattr(intern!(py, "__dict__")) {
            Ok(attributes) if !is_module(value) => match attributes.cast_into::<PyDict>() {
                // An exception, say: all it has to tell is its text.
                Ok(attributes) if !has_public(&attributes) && !has_plain_text(&class) => {
                    self.text_of(value)
                }
                Ok(attributes) => self.attributes(&attributes.copy()?),
                Err(_) => self.text_of(value),
            },
            _ => self.text_of(value),
        }
    }

    /// Public attributes that are not functions.
    fn attributes(&mut self, attributes: &Bound<'_, PyDict>) -> PyResult<()> {
        self.out.push(b'{');
        let mut first = true;
        for (key, value) in attributes.iter() {
            let Ok(name) = key.cast::<PyString>() else {
                continue;
            };
            let name = name.to_string_lossy();
            if name.starts_with('_') || value.is_callable() && !value.is_instance_of::<PyType>() {
                continue;
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            json::write_str(self.out, &name);
            self.out.push(b':');
            self.write(&value);
        }
        self.out.push(b'}');
        Ok(())
    }

    fn map(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<()> {
        self.out.push(b'{');
        // A copy, since writing a value may run code that changes the dict.
        for (position, (key, value)) in dict.copy()?.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            self.key(&key);
            self.out.push(b':');
            if self.out.len() > self.limit {
                self.marker("cut", &value);
            } else {
                self.write(&value);
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// A key as JSON knows them: text. Numbers and truth values are spelled as in JSON.
    fn key(&mut self, key: &Bound<'_, PyAny>) {
        if let Ok(text) = key.cast::<PyString>() {
            return self.text(text);
        }
        let mut spelled = Vec::new();
        if key.is_none() || key.is_exact_instance_of::<PyBool>() {
            write(key, Objects::Text, self.longest_text, &mut spelled);
        } else if let Ok(text) = key.str() {
            spelled.extend_from_slice(text.to_string_lossy().as_bytes());
        } else {
            spelled.extend_from_slice(b"<unserializable key>");
        }
        write_text(
            self.out,
            &String::from_utf8_lossy(&spelled),
            self.longest_text,
        );
    }

    fn sequence<'py>(&mut self, items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<()> {
        let items: Vec<_> = items.take(MOST_VALUES + 1).collect();
        self.out.push(b'[');
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            if position == MOST_VALUES || self.out.len() > self.limit {
                self.marker("cut", item);
                break;
            }
            self.write(item);
        }
        self.out.push(b']');
        Ok(())
    }

    fn text(&mut self, text: &Bound<'_, PyString>) {
        write_text(self.out, &text.to_string_lossy(), self.longest_text);
    }

    fn text_of(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = value.str()?;
        self.text(&text);
        Ok(())
    }

    fn integer(&mut self, number: &Bound<'_, PyInt>) {
        match number.extract::<i64>() {
            Ok(number) => json::write_i64(self.out, number),
            Err(_) => match number.call_method0(intern!(number.py(), "__repr__")) {
                Ok(digits) => self.out.extend_from_slice(digits.to_string().as_bytes()),
                Err(_) => self.marker("unserializable", number.as_any()),
            },
        }
    }

    fn float(&mut self, number: f64) {
        if number.is_finite() {
            json::write_f64(self.out, number);
        } else {
            json::write_str(self.out, not_finite(number));
        }
    }

    /// Bytes as text where they are text, else in base 64.
    fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => write_text(self.out, text, self.longest_text),
            Err(_) => write_text(self.out, &base64(bytes), self.longest_text),
        }
    }

    fn marker(&mut self, reason: &str, value: &Bound<'_, PyAny>) {
        let class = value.get_type().name().map(|name| name.to_string());
        let class = class.unwrap_or_else(|_| "object".to_owned());
        json::write_str(self.out, &format!("<{reason} {class}>"));
    }
}

/// The name of a number that JSON has no digits for.
pub(crate) fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn is_enumeration(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static ENUM: OnceLock<Py<PyType>> = OnceLock::new();
    value.is_instance(once::import(&ENUM, value.py(), "enum", "Enum")?)
}

/// True for Python's own containers, such as ranges and views of dicts: looking through them runs
/// nobody's code and takes nothing away.
fn is_plain_container(class: &Bound<'_, PyType>) -> PyResult<bool> {
    let py = class.py();
    let module = class.module()?;
    let own = module == "builtins" || module == "collections";
    Ok(own && class.hasattr(intern!(py, "__iter__"))? && class.hasattr(intern!(py, "__len__"))?)
}

fn is_module(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<pyo3::types::PyModule>()
}

fn has_public(attributes: &Bound<'_, PyDict>) -> bool {
    attributes.keys().iter().any(|key| {
        key.cast::<PyString>()
            .is_ok_and(|name| !name.to_string_lossy().starts_with('_'))
    })
}

/// True when `str()` of an instance would only tell where it lies in memory.
fn has_plain_text(class: &Bound<'_, PyType>) -> bool {
    let py = class.py();
    let own = |name: &Bound<'_, PyString>| {
        let of_object = py.get_type::<PyAny>().getattr(name).ok();
        class
            .getattr(name)
            .ok()
            .zip(of_object)
            .is_some_and(|(own, inherited)| own.is(&inherited))
    };
    own(intern!(py, "__str__")) && own(intern!(py, "__repr__"))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for position in 0..4 {
            if position <= chunk.len() {
                text.push(char::from(
                    DIGITS[(word >> (18 - 6 * position) & 63) as usize],
                ));
            } else {
                text.push('=');
            }
        }
    }
    text
}
