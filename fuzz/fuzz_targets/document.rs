//! Datagrams and segment documents: reading never panics, and strings are written as JSON.
#![no_main]

use fluoro_wire::{Document, clean_name, datagram, json, strip_url};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(document) = datagram::split(bytes) {
        assert!(bytes.ends_with(document) && !document.is_empty());
    }
    let document = Document::parse_datagram(bytes).or_else(|_| Document::parse(bytes));
    if let Ok(document) = document {
        let raw = serde_json::to_vec(&document.raw).expect("what was read can be written");
        assert_eq!(Document::parse(&raw).expect("and read again"), document);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut out = Vec::new();
        json::write_str(&mut out, text);
        assert_eq!(out, serde_json::to_vec(text).expect("a string is JSON"));
        let name = clean_name(text);
        assert!((1..=200).contains(&name.chars().count()));
        assert_eq!(clean_name(&name), name);
        assert!(!strip_url(text).contains(['?', '#']));
    }
});
