//! The language-neutral cases.

use std::fs;

use fluoro_sampling::{Case, LocalSampler, Manifest, SamplingRequest, wildcard_match};
use serde_json::Value;

use crate::rules::{NOW, UNLUCKY};

fn read(name: &str) -> Value {
    let path = format!(
        "{}/../../conformance/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn wildcards() {
    let document = read("wildcards");
    let cases = document["cases"].as_array().unwrap();
    assert!(cases.len() > 30);
    for case in cases {
        let (pattern, text) = (
            case["pattern"].as_str().unwrap(),
            case["text"].as_str().unwrap(),
        );
        let is_match = wildcard_match(pattern, text, Case::Insensitive);
        assert_eq!(is_match, case["matches"], "{case}");
    }
}

#[test]
fn case_counts_when_asked() {
    assert!(wildcard_match("e?A*", "exAct", Case::Sensitive));
    assert!(!wildcard_match("e?a*", "exAct", Case::Sensitive));
    assert!(!wildcard_match("É", "é", Case::Sensitive));
}

#[test]
fn refused_rules_files() {
    let document = read("sampling_rules_file");
    let cases = document["refused"].as_array().unwrap();
    assert!(cases.len() > 10);
    for case in cases {
        let error = Manifest::parse(&case["file"].to_string())
            .unwrap_err()
            .to_string();
        for part in case["message"].as_array().unwrap() {
            assert!(
                error.contains(part.as_str().unwrap()),
                "{part} is not in {error:?}"
            );
        }
    }
}

#[test]
fn accepted_rules_files() {
    let document = read("sampling_rules_file");
    for case in document["accepted"].as_array().unwrap() {
        let sampler = LocalSampler::new(Manifest::from_value(&case["file"]).unwrap());
        for step in case["requests"].as_array().unwrap() {
            let field = |name: &str| step["request"][name].as_str();
            let request = SamplingRequest {
                host: field("host"),
                method: field("method"),
                path: field("path"),
                service: field("service"),
                service_type: field("service_type"),
            };
            let decision = sampler.decide(&request, NOW, UNLUCKY);
            assert_eq!(decision.is_sampled(), step["sampled"], "{step}");
        }
    }
}
