use fluoro_wire::{
    Document,
    trace::{Trace, assemble},
};
use insta::assert_snapshot;
use serde_json::json;

use super::render;
use crate::cli::style::Style;

const UNICODE: Style = Style {
    unicode: true,
    colour: false,
    width: None,
};

/// A shop that asks an inventory, which fails for lack of a price.
fn checkout() -> Trace {
    let documents = [
        json!({
            "name": "shop", "id": "0000000000000001", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
            "start_time": 100.0, "end_time": 100.04, "error": true,
            "http": {"request": {"method": "GET", "url": "http://localhost:8000/cart/7"}, "response": {"status": 404}},
            "subsegments": [
                {"name": "shop@sqlite", "id": "0000000000000002", "start_time": 100.001, "end_time": 100.0015,
                 "namespace": "remote", "sql": {"sanitized_query": "SELECT *\n  FROM cart WHERE id = ?"}},
                {"name": "shop@sqlite", "id": "0000000000000008", "start_time": 100.0016, "end_time": 100.0018,
                 "namespace": "remote",
                 "sql": {"sanitized_query": "SELECT \"cart\".\"id\", \"cart\".\"item\" FROM \"cart\" LIMIT 5"}},
                {"name": "localhost:8001", "id": "0000000000000003", "start_time": 100.002, "end_time": 100.03,
                 "namespace": "remote", "fault": true,
                 "http": {"request": {"method": "GET", "url": "http://localhost:8001/stock"}, "response": {"status": 500}}},
                {"name": "cart.html", "id": "0000000000000004", "start_time": 100.035, "end_time": 100.0395,
                 "namespace": "local"},
            ],
        }),
        json!({
            "name": "inventory", "id": "0000000000000005", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
            "parent_id": "0000000000000003", "start_time": 100.004, "end_time": 100.029, "fault": true,
            "http": {"request": {"method": "GET", "url": "http://localhost:8001/stock"}, "response": {"status": 500}},
            "cause": {"exceptions": [{"id": "e", "type": "LookupError", "message": "no price\nfor 7"}]},
            "subsegments": [
                {"name": "reserve", "id": "0000000000000006", "start_time": 100.005, "end_time": 100.006},
            ],
        }),
        json!({
            "name": "audit", "id": "0000000000000007", "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
            "type": "subsegment", "parent_id": "0000000000000005", "start_time": 100.007, "in_progress": true,
        }),
    ];
    let parse = |value: serde_json::Value| Document::parse(value.to_string().as_bytes()).unwrap();
    assemble(documents.map(parse)).remove(0)
}

#[test]
fn unicode() {
    assert_snapshot!(render(&checkout(), UNICODE));
}

#[test]
fn ascii() {
    let drawn = render(&checkout(), Style::default());
    assert!(drawn.is_ascii());
    assert_snapshot!(drawn);
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = render(&checkout(), UNICODE);
    let colourful = render(
        &checkout(),
        Style {
            colour: true,
            ..UNICODE
        },
    );
    assert!(colourful.contains("\x1b[31m"));
    let mut stripped = String::new();
    for part in colourful.split("\x1b[") {
        stripped.push_str(
            part.split_once('m')
                .filter(|(code, _)| code.len() < 5)
                .map_or(part, |(_, text)| text),
        );
    }
    let without_spaces = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(without_spaces(&stripped), without_spaces(&plain));
}

#[test]
fn a_document_with_hardly_anything_in_it() {
    let document = Document::parse(br#"{"name":"\u001b[31mred\n"}"#).unwrap();
    assert_snapshot!(render(&assemble([document])[0], Style::default()));
}

#[test]
fn long_labels_are_cut() {
    let text = json!({"name": "n".repeat(200), "start_time": 1.0, "end_time": 1.0}).to_string();
    let trace = assemble([Document::parse(text.as_bytes()).unwrap()]);
    assert_snapshot!(render(&trace[0], UNICODE));
}

#[test]
fn a_narrow_terminal_is_not_overrun() {
    let style = Style {
        width: Some(80),
        ..UNICODE
    };
    let drawn = render(&checkout(), style);
    assert!(drawn.lines().all(|line| line.chars().count() <= 80));
    assert_snapshot!(drawn);
}

#[test]
fn a_deep_trace_keeps_its_names_in_sight() {
    let chain = (1..60).map(|number| {
        let text = json!({
            "name": format!("step {number}"), "id": format!("{number:016x}"), "type": "subsegment",
            "parent_id": format!("{:016x}", number - 1), "start_time": 1.0, "end_time": 2.0,
        });
        Document::parse(text.to_string().as_bytes()).unwrap()
    });
    let drawn = render(&assemble(chain)[0], UNICODE);
    let last = drawn.lines().last().unwrap();
    assert!(last.contains("└─ step 59"), "{last}");
    assert!(last.chars().count() < 160, "{last}");
}
