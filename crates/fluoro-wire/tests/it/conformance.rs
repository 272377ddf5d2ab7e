use std::{fs, path::Path};

use fluoro_wire::{DaemonAddress, Endpoint, TraceHeader, clean_name, sanitize_sql, strip_url};
use serde_json::{Value, json};

/// Calls `check` with each case of a file; a failing one is reported with its reason.
fn for_each_case(file: &str, check: impl Fn(&Value) -> Result<(), String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance")
        .join(file);
    let cases: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    assert!(cases.len() > 10, "{file} has lost its cases");
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            check(case)
                .err()
                .map(|error| format!("{}: {error}", case["reason"]))
        })
        .collect();
    assert!(failures.is_empty(), "{file}:\n{}", failures.join("\n"));
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key]
        .as_str()
        .unwrap_or_else(|| panic!("{case} lacks {key}"))
}

fn expect<T: PartialEq + std::fmt::Debug>(actual: &T, expected: &T) -> Result<(), String> {
    if actual == expected {
        return Ok(());
    }
    Err(format!("expected {expected:?}, got {actual:?}"))
}

#[test]
fn trace_headers() {
    for_each_case("trace_headers.json", |case| {
        let header = match TraceHeader::parse(text(case, "header")) {
            Ok(header) => header,
            Err(_) if case["malformed"] == true => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let data: serde_json::Map<_, _> = header
            .data
            .iter()
            .map(|(key, value)| (key.to_string(), json!(&**value)))
            .collect();
        expect(&json!(header.root.map(|id| id.to_string())), &case["root"])?;
        expect(
            &json!(header.parent.map(|id| id.to_string())),
            &case["parent"],
        )?;
        expect(
            &json!(header.sampled.map(|flag| flag.as_str())),
            &case["sampled"],
        )?;
        expect(&json!(data), &case["data"])?;
        expect(&header.to_string().as_str(), &text(case, "written"))
    });
}

#[test]
fn traceparents() {
    for_each_case("traceparents.json", |case| {
        let Some(header) = TraceHeader::parse_traceparent(text(case, "header")) else {
            return expect(&case["invalid"], &json!(true));
        };
        expect(&json!(header.root.map(|id| id.to_string())), &case["root"])?;
        expect(
            &json!(header.parent.map(|id| id.to_string())),
            &case["parent"],
        )?;
        expect(
            &json!(header.sampled.map(|flag| flag.as_str())),
            &case["sampled"],
        )
    });
}

#[test]
fn names() {
    for_each_case("names.json", |case| {
        expect(&&*clean_name(text(case, "name")), &text(case, "cleaned"))
    });
}

#[test]
fn daemon_addresses() {
    let endpoint = |endpoint: &Endpoint| json!([endpoint.host, endpoint.port]);
    for_each_case("daemon_addresses.json", |case| {
        let value = text(case, "address");
        match value.parse::<DaemonAddress>() {
            Ok(address) => {
                expect(&endpoint(&address.udp), &case["udp"])?;
                expect(&endpoint(&address.tcp), &case["tcp"])
            }
            Err(error) => {
                expect(&case["invalid"], &json!(true))?;
                expect(&error.to_string().contains(&format!("{value:?}")), &true)
            }
        }
    });
}

#[test]
fn sql() {
    for_each_case("sql.json", |case| {
        expect(&&*sanitize_sql(text(case, "sql")), &text(case, "sanitized"))
    });
}

#[test]
fn urls() {
    for_each_case("urls.json", |case| {
        expect(&&*strip_url(text(case, "url")), &text(case, "stripped"))
    });
}
