//! Recording of database queries: one call before and one after.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::once;
use crate::once::intern;
use fluoro_core::details::Sql;
use fluoro_core::tree::Namespace;
use fluoro_wire::sql::sanitize_standard_sql;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::client_request::{begin_open, untraced};
use crate::entity::{as_entity, fields};
use crate::log;
use crate::manager::{end, plain_recorder, record_raised};
use crate::text::Text;

/// What the subsegments of a connection's queries say about the database.
///
/// :param name: the name of the subsegments, by default that of the cursor's method.
/// :param sql: the ``sql`` block of the document, without the query.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct Database {
    name: Option<Py<PyAny>>,
    /// The members that documents know.
    sql: Sql<Text>,
    /// Whether double quotes mean names and nothing else to the database.
    is_standard: bool,
    /// All other members, which the program has made up.
    more: Option<Py<PyDict>>,
}

#[pymethods]
impl Database {
    #[new]
    fn new(name: Option<Bound<'_, PyAny>>, sql: &Bound<'_, PyAny>) -> PyResult<Self> {
        let more = PyDict::new(sql.py());
        let mut known = Sql::default();
        for item in sql.call_method0("items")?.try_iter()? {
            let (key, value): (Bound<'_, PyString>, Bound<'_, PyAny>) = item?.extract()?;
            if !value.is_truthy()? {
                continue;
            }
            let slot = match key.to_str()? {
                "database_type" => &mut known.database_type,
                "database_version" => &mut known.database_version,
                "user" => &mut known.user,
                _ => {
                    more.set_item(key, value)?;
                    continue;
                }
            };
            *slot = Some(Text::new(&value.str()?));
        }
        let name = match name {
            Some(name) if name.is_truthy()? => Some(name.unbind()),
            _ => None,
        };
        let more = (!more.is_empty()).then(|| more.unbind());
        let kind = known.database_type.as_ref().map_or("", AsRef::as_ref);
        Ok(Database {
            name,
            is_standard: STANDARD
                .iter()
                .any(|known| kind.eq_ignore_ascii_case(known)),
            sql: known,
            more,
        })
    }
}

impl Database {
    fn describe(&self, py: Python<'_>, sanitized_query: Option<Text>) -> Sql<Text> {
        let again = |text: &Option<Text>| text.as_ref().map(|text| text.duplicate(py));
        Sql {
            sanitized_query,
            database_type: again(&self.sql.database_type),
            database_version: again(&self.sql.database_version),
            user: again(&self.sql.user),
            ..Sql::default()
        }
    }
}

/// Begins the subsegment of a query; None when no segment is open.
///
/// :param method: name of the subsegment if the database has none.
/// :param query: the statement; literals in it are replaced before it is recorded.
/// :raises SegmentNotFoundException: as `begin_client_request` does.
#[pyfunction]
#[pyo3(signature = (recorder, database, method, query=None))]
pub(crate) fn begin_query<'py>(
    recorder: &Bound<'py, PyAny>,
    database: &Bound<'py, Database>,
    method: &Bound<'py, PyAny>,
    query: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = recorder.py();
    let database = database.get();
    let name = database.name.as_ref().map_or(method, |name| name.bind(py));
    let begun = (|| {
        let Some(subsegment) = begin_open(recorder, name, Namespace::Remote)? else {
            return Ok(None);
        };
        let query = query.filter(|_| streams_sql(recorder));
        let sql = database.describe(
            py,
            query.and_then(|query| statement(query, database.is_standard)),
        );
        match as_entity(&subsegment) {
            Some(entity) => entity.get().with_tree(|tree, index| {
                let node = tree.node_mut(index);
                if node.sampled {
                    node.details().sql = Some(Box::new(sql));
                }
            }),
            None => {
                subsegment.call_method1(intern!(py, "set_sql"), (fields::sql(py, sql)?,))?;
            }
        }
        if let Some(more) = &database.more {
            let block = subsegment.getattr(intern!(py, "sql"))?;
            block.call_method1(intern!(py, "update"), (more,))?;
        }
        Ok::<_, PyErr>(Some(subsegment))
    })();
    begun.or_else(|error| untraced(recorder, "a query is not traced", error))
}

/// False when the recorder leaves the text of statements out.
fn streams_sql(recorder: &Bound<'_, PyAny>) -> bool {
    match plain_recorder(recorder) {
        Some(own) => own.get().settings().stream_sql(),
        None => recorder
            .getattr(intern!(recorder.py(), "stream_sql"))
            .and_then(|streams| streams.is_truthy())
            .unwrap_or(true),
    }
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
///
/// :raises SegmentNotFoundException: as `begin_client_request` does.
#[pyfunction]
#[pyo3(signature = (recorder, name))]
pub(crate) fn begin_quietly<'py>(
    recorder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    begin_open(recorder, name, Namespace::Local)
        .or_else(|error| untraced(recorder, "a part of the work is not traced", error))
}

/// The text of a statement as it may be recorded: literals are replaced by question marks.
#[pyfunction]
pub(crate) fn sanitize_sql(text: &str) -> String {
    fluoro_wire::sql::sanitize_sql(text).into_owned()
}

/// Types of databases in which double quotes mean names and nothing else.
const STANDARD: [&str; 3] = ["postgresql", "postgres", "oracle"];

/// Statements recorded lately, with their literals replaced. A service runs the same few over and
/// over, and reading one costs many times what finding it here does.
static STATEMENTS: OnceLock<Py<PyDict>> = OnceLock::new();

/// The same for databases that are known to be standard.
static STANDARD_STATEMENTS: OnceLock<Py<PyDict>> = OnceLock::new();

/// Most statements kept.
const MOST_STATEMENTS: usize = 1000;

/// Longest statement kept, in bytes.
const LONGEST_STATEMENT: usize = 4096;

fn statement(query: &Bound<'_, PyAny>, is_standard: bool) -> Option<Text> {
    let (sanitize, known): (fn(&str) -> Cow<'_, str>, _) = if is_standard {
        (sanitize_standard_sql, &STANDARD_STATEMENTS)
    } else {
        (fluoro_wire::sanitize_sql, &STATEMENTS)
    };
    let Ok(string) = query.cast_exact::<PyString>() else {
        let string = query.cast::<PyString>().ok()?;
        let sanitized = sanitize(&string.to_string_lossy()).into_owned();
        return Some(Text::Owned(sanitized.into()));
    };
    let py = query.py();
    let known = once::get_or_make(known, || PyDict::new(py).unbind()).bind(py);
    if let Ok(Some(found)) = known.get_item(string) {
        return Some(Text::new(found.cast::<PyString>().ok()?));
    }
    let sanitized = PyString::new(py, &sanitize(&string.to_string_lossy()));
    if string.len().is_ok_and(|length| length <= LONGEST_STATEMENT) {
        if known.len() >= MOST_STATEMENTS {
            known.clear();
        }
        // Not being kept costs time and nothing else.
        let _ = known.set_item(string, &sanitized);
    }
    Some(Text::new(&sanitized))
}
