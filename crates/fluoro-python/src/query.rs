//! Recording of database queries: one call before and one after.

use fluoro_core::details::Sql;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};

use crate::client_request::{begin_remote, is_open};
use crate::entity::Entity;
use crate::manager::{end, record_raised};
use crate::text::Text;
use crate::{enabled, log};

/// Begins the subsegment of a query; None when no segment is open.
///
/// :param name: name of the subsegment.
/// :param query: the statement; literals in it are replaced before it is recorded.
#[pyfunction]
#[pyo3(signature = (recorder, name, database_type=None, user=None, query=None,
    database_version=None, driver_version=None, url=None))]
#[allow(clippy::too_many_arguments)] // a keyword for each field of the block
pub(crate) fn begin_query<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    database_type: Option<Bound<'py, PyString>>,
    user: Option<Bound<'py, PyString>>,
    query: Option<Bound<'py, PyAny>>,
    database_version: Option<Bound<'py, PyString>>,
    driver_version: Option<Bound<'py, PyString>>,
    url: Option<Bound<'py, PyString>>,
) -> Option<Bound<'py, PyAny>> {
    let py = recorder.py();
    let begun = (|| {
        let Some(subsegment) = begin_remote(recorder, name)? else {
            return Ok(None);
        };
        let sql = Sql {
            sanitized_query: query.as_ref().and_then(statement),
            database_type: database_type.as_ref().map(Text::new),
            database_version: database_version.as_ref().map(Text::new),
            driver_version: driver_version.as_ref().map(Text::new),
            user: user.as_ref().map(Text::new),
            url: url.as_ref().map(Text::new),
        };
        match subsegment.cast::<Entity>() {
            Ok(entity) => entity.get().with_tree(|tree, index| {
                let node = tree.node_mut(index);
                if node.sampled {
                    node.details().sql = Some(Box::new(sql));
                }
            }),
            Err(_) => {
                let dict = PyDict::new(py);
                for (key, value) in [
                    ("sanitized_query", sql.sanitized_query),
                    ("database_type", sql.database_type),
                    ("user", sql.user),
                ] {
                    if let Some(value) = value {
                        dict.set_item(key, value.to_python(py))?;
                    }
                }
                subsegment.call_method1(intern!(py, "set_sql"), (dict,))?;
            }
        }
        Ok::<_, PyErr>(Some(subsegment))
    })();
    begun.unwrap_or_else(|error| {
        log::failure(py, "a query is not traced", &error);
        None
    })
}

/// Ends the subsegment of a query.
///
/// :param exception: what the query failed with, if it failed.
#[pyfunction]
#[pyo3(signature = (recorder, subsegment, exception=None))]
pub(crate) fn end_query(
    recorder: &Bound<'_, PyAny>,
    subsegment: Option<Bound<'_, PyAny>>,
    exception: Option<Bound<'_, PyAny>>,
) {
    let py = recorder.py();
    let Some(subsegment) = subsegment else { return };
    if let Some(exception) = exception {
        record_raised(recorder, &subsegment, &exception);
    }
    if let Err(error) = end(recorder, &subsegment) {
        log::failure(py, "the subsegment of a query was not ended", &error);
    }
}

/// Begins a plain subsegment for instrumentation; None, without a word, when no segment is open.
#[pyfunction]
#[pyo3(signature = (recorder, name))]
pub(crate) fn begin_quietly<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
) -> Option<Bound<'py, PyAny>> {
    let py = recorder.py();
    let begun = (|| {
        if !enabled::is_enabled(py) || !is_open(recorder)? {
            return Ok(None);
        }
        crate::manager::begin(recorder, name, None)
    })();
    begun.unwrap_or_else(|error| {
        log::failure(py, "a part of the work is not traced", &error);
        None
    })
}

/// The text of a statement as it may be recorded: literals are replaced by question marks.
#[pyfunction]
pub(crate) fn sanitize_sql(text: &str) -> String {
    fluoro_wire::sql::sanitize_sql(text).into_owned()
}

/// Statements recorded lately, with their literals replaced. A service runs the same few over and
/// over, and reading one costs many times what finding it here does.
static STATEMENTS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Most statements kept.
const MOST_STATEMENTS: usize = 1000;

/// Longest statement kept, in bytes.
const LONGEST_STATEMENT: usize = 4096;

fn statement(query: &Bound<'_, PyAny>) -> Option<Text> {
    let Ok(string) = query.cast_exact::<PyString>() else {
        let string = query.cast::<PyString>().ok()?;
        return Some(Text::Owned(sanitize_sql(&string.to_string_lossy()).into()));
    };
    let py = query.py();
    let known = STATEMENTS
        .get_or_init(py, || PyDict::new(py).unbind())
        .bind(py);
    if let Ok(Some(found)) = known.get_item(string) {
        return Some(Text::new(found.cast::<PyString>().ok()?));
    }
    let sanitized = PyString::new(py, &sanitize_sql(&string.to_string_lossy()));
    if string.len().is_ok_and(|length| length <= LONGEST_STATEMENT) {
        if known.len() >= MOST_STATEMENTS {
            known.clear();
        }
        // Not being kept costs time and nothing else.
        let _ = known.set_item(string, &sanitized);
    }
    Some(Text::new(&sanitized))
}
