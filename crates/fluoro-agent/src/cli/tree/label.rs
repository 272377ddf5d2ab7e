//! What a row says about its segment or subsegment.

use fluoro_wire::{Document, trace::Node};
use serde_json::Value;

use crate::cli::style::Style;

/// Longest list of a query's columns that is shown, in bytes.
const LONGEST_COLUMNS: usize = 24;

pub(super) fn name_of(node: &Node, style: Style) -> String {
    let name = match node.document.name.as_str() {
        "" => "(no name)",
        name => name,
    };
    if node.is_segment {
        format!("{} {name}", style.lines().service)
    } else {
        name.to_owned()
    }
}

/// What tells calls of the same name apart: the request, the query or the operation.
pub(super) fn detail_of(document: &Document, style: Style) -> String {
    let text = |path: &[&str]| {
        let value = document.get(path).and_then(Value::as_str);
        value.unwrap_or_default()
    };
    let query = without_columns(&one_line(text(&["sql", "sanitized_query"])), style);
    let resource = [
        "table_name",
        "bucket_name",
        "queue_url",
        "function_name",
        "topic_arn",
    ];
    let resource = resource.iter().map(|key| text(&["aws", key]));
    let parts = [
        text(&["http", "request", "method"]),
        path_of(text(&["http", "request", "url"])),
        &query,
        text(&["aws", "operation"]),
        resource.max_by_key(|text| text.len()).unwrap_or_default(),
    ];
    one_line(&parts.join(" "))
}

pub(super) fn exceptions_of(document: &Document) -> Vec<String> {
    let exceptions = document
        .get(&["cause", "exceptions"])
        .and_then(Value::as_array);
    let describe = |exception: &Value| {
        let text = |key: &str| exception[key].as_str().unwrap_or_default();
        let parts = [text("type"), text("message")].map(one_line);
        let said = parts.into_iter().filter(|part| !part.is_empty());
        said.collect::<Vec<_>>().join(": ")
    };
    exceptions.into_iter().flatten().map(describe).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A query whose list of columns, if it is long, makes room for what is more telling.
fn without_columns(query: &str, style: Style) -> String {
    match query.split_once(" FROM ") {
        Some((columns, rest)) if columns.len() > LONGEST_COLUMNS => {
            let verb = columns.split(' ').next().unwrap_or_default();
            format!("{verb} {} FROM {rest}", style.lines().ellipsis)
        }
        _ => query.to_owned(),
    }
}

/// The path of a URL: the host is the name of the segment already, or next to it.
fn path_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else {
        return url;
    };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}
