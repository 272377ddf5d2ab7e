//! The HTTP request or response that an entity stands for.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::{Entity, change_outcome, fields};
use crate::log;
use crate::text::Text;

/// Adds a part of the request or response; a status also sets the flags.
pub(super) fn put(entity: &Bound<'_, Entity>, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    if key != "status" {
        return put_part(entity, key, value);
    }
    let status = match value.cast::<PyString>() {
        Ok(text) => {
            let text = text.to_string_lossy();
            text.trim().parse::<i64>().map_err(|_| {
                PyValueError::new_err(format!("the HTTP status {text:?} is not a number"))
            })?
        }
        Err(_) => whole_status(value)?,
    };
    change_outcome(entity, |outcome| outcome.apply_status(status));
    put_part(entity, key, &status.into_pyobject(entity.py())?.into_any())
}

/// A status given as a number. Only those of HTTP mean something; what is no whole number is cut,
/// not refused.
pub(super) fn whole_status(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    match value.extract::<f64>() {
        Ok(number) => Ok(number as i64),
        Err(_) => value.extract::<i64>(),
    }
}

fn put_part(entity: &Bound<'_, Entity>, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let text = value.cast::<PyString>().ok().map(Text::new);
    let number = value.extract::<i64>().ok();
    let part = match key {
        "url" | "method" | "user_agent" | "client_ip" | "x_forwarded_for" => "request",
        "status" | "content_length" => "response",
        _ => {
            log::warn(
                entity.py(),
                log::Logger::Entity,
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
