//! Filter expressions: the cases of `conformance/filter_expressions.json`, and what must hold for
//! any text.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use fluoro_store::{
    facts::Trace,
    filter::{EntitySelector, Filter, FilterError, GroupReference, KeywordType, keywords},
    query::summary,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::memory_store::trace_of;

#[derive(Deserialize)]
struct Cases {
    groups: BTreeMap<String, String>,
    traces: BTreeMap<String, Vec<Value>>,
    cases: Vec<Selection>,
    errors: Vec<Mistake>,
}

#[derive(Deserialize)]
struct Selection {
    expression: String,
    matches: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
struct Mistake {
    expression: String,
    at: usize,
    length: usize,
    says: String,
    expected: Option<String>,
    reason: String,
}

impl Cases {
    fn read() -> Self {
        let path = "../../conformance/filter_expressions.json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    fn parse(&self, expression: &str) -> Result<Filter, FilterError> {
        Filter::parse(expression, &|group| {
            let name = match group {
                GroupReference::Name(name) => name,
                GroupReference::Arn(arn) => arn.split('/').nth(1)?,
            };
            self.groups.get(name).cloned()
        })
    }
}

#[test]
fn expressions_select_the_traces_they_should() {
    let cases = Cases::read();
    let traces: Vec<(&String, Trace)> = cases
        .traces
        .iter()
        .map(|(name, documents)| (name, trace_of(documents)))
        .collect();
    let mut failures = Vec::new();
    for case in &cases.cases {
        let filter = match cases.parse(&case.expression) {
            Ok(filter) => filter,
            Err(error) => {
                failures.push(format!("{}: {error}", case.reason));
                continue;
            }
        };
        let selected = traces.iter().filter(|(_, trace)| filter.matches(trace));
        let selected: Vec<_> = selected.map(|(name, _)| (*name).clone()).collect();
        let mut wanted = case.matches.clone();
        wanted.sort();
        if selected != wanted {
            let (expression, reason) = (&case.expression, &case.reason);
            failures.push(format!(
                "{reason}: {expression}\n  {selected:?}, not {wanted:?}"
            ));
        }
        let again = cases.parse(&filter.to_string());
        if again.as_ref() != Ok(&filter) {
            failures.push(format!("{filter} does not read back: {again:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases.cases.len() > 100, "cases were lost");
}

#[test]
fn mistakes_are_pointed_at() {
    let cases = Cases::read();
    let mut failures = Vec::new();
    for case in &cases.errors {
        let reason = &case.reason;
        let error = match cases.parse(&case.expression) {
            Ok(filter) => {
                failures.push(format!("{reason}: {filter} was understood"));
                continue;
            }
            Err(error) => error,
        };
        let is_allowed = |expected: &String| error.expected.contains(expected);
        let is_right = (error.at, error.length) == (case.at, case.length)
            && error.message.contains(&case.says)
            && case.expected.iter().all(is_allowed);
        if !is_right {
            let (at, length) = (error.at, error.length);
            failures.push(format!("{reason}: at {at}, {length} bytes: {error}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases.errors.len() > 40, "cases were lost");
}

#[test]
fn long_expressions_are_fine_and_deep_ones_are_refused() {
    let long = vec!["annotation.customer = \"gold\""; 400].join(" OR ");
    assert!(long.len() > 10_000);
    long.parse::<Filter>().unwrap();

    let too_long = "fault OR ".repeat(2_000) + "fault";
    let error = too_long.parse::<Filter>().unwrap_err();
    assert!(error.message.contains("longer than 16384 bytes"), "{error}");

    for (open, close) in [("(", ")"), ("!", ""), ("NOT ", ""), ("service() { ", " }")] {
        let nested = |depth| format!("{}fault{}", open.repeat(depth), close.repeat(depth));
        let filter: Filter = nested(99).parse().unwrap();
        assert_eq!(filter.to_string().parse(), Ok(filter));
        let error = nested(1_000).parse::<Filter>().unwrap_err();
        assert!(error.message.contains("nested more than 100"), "{error}");
    }
}

#[test]
fn groups_cannot_grow_without_bound() {
    let double = |group: GroupReference<'_>| {
        let GroupReference::Name(name) = group else {
            return None;
        };
        let next = name.parse::<u32>().unwrap() + 1;
        Some(format!(
            "group.name = \"{next}\" OR group.name = \"{next}\""
        ))
    };
    let error = Filter::parse("group.name = \"0\"", &double).unwrap_err();
    assert_eq!((error.at, error.length), (13, 3));
    assert!(error.message.contains("more than 100 groups"), "{error}");
}

#[test]
fn every_keyword_that_is_offered_is_understood() {
    for keyword in keywords() {
        let name = keyword.name;
        let examples = match keyword.kind {
            KeywordType::Boolean => vec![name.to_owned(), format!("{name} = false")],
            KeywordType::Number => vec![name.to_owned(), format!("{name} >= 1.5")],
            KeywordType::String => vec![name.to_owned(), format!("{name} CONTAINS \"a\"")],
            KeywordType::Operator if name == "NOT" => vec!["NOT fault".to_owned()],
            KeywordType::Operator if matches!(name, "AND" | "OR") => {
                vec![format!("fault {name} error")]
            }
            KeywordType::Operator => vec![format!("user {name} \"a\"")],
            KeywordType::Function { template } => {
                assert!(template.starts_with(name), "{template}");
                let filled = template
                    .replace("\"…\"", "\"a\"")
                    .replace("{ … }", "{ fault }")
                    .replace("#[…]", "#[1]")
                    .replace('…', "key");
                let is_part = name == "id";
                vec![if is_part {
                    format!("service({filled})")
                } else {
                    filled
                }]
            }
        };
        for example in examples {
            let parsed = Filter::parse(&example, &|_| Some(String::new()));
            assert!(parsed.is_ok(), "{}", parsed.unwrap_err());
        }
        assert!(
            !keyword.help.is_empty() && !keyword.help.contains('\n'),
            "{name}"
        );
    }
}

#[test]
fn selectors_choose_services_or_calls() {
    for (text, selects_calls) in [
        ("service(\"shop\")", false),
        ("id(name: \"shop\", type: \"client\")", false),
        ("edge(\"shop\", id(type: \"remote\"))", true),
    ] {
        let selector: EntitySelector = text.parse().unwrap();
        assert_eq!(selector.selects_calls(), selects_calls, "{text}");
    }
    for (text, at) in [
        ("fault", 0),
        ("service(\"shop\") fault", 16),
        ("", 0),
        ("edge(\"a\")", 8),
    ] {
        assert_eq!(text.parse::<EntitySelector>().unwrap_err().at, at, "{text}");
    }
}

/// Texts that are expressions more often than not.
fn likely_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        proptest::sample::select(keywords()).prop_map(|keyword| keyword.name.to_owned()),
        "(fault|responsetime|http\\.url|annotation\\.[a-z.]{1,3}|annotation\\[\"?[a-z0-9. ]{0,3}\"?\\])",
        "(=|!=|<|<=|>|>=|CONTAINS|beginswith|true|FALSE|-?[0-9]{1,3}(\\.[0-9])?(e[0-9])?)",
        "\"[a-z\"\\\\ ü]{0,4}\"",
        "[(){}!,:#\\[\\]§]",
        "(responsetime > 1\\.5|user = \"ann\"|!ok|annotation\\.k|service\\(\"a\"\\)|edge\\(\"a\", id\\(\\)\\))",
        "rootcause.json = #\\[\\{\"a\": ?[0-9]\\}\\]",
    ];
    proptest::collection::vec(leaf, 0..12).prop_map(|parts| parts.join(" "))
}

fn check(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<Filter>() {
        Ok(filter) => {
            let written = filter.to_string();
            prop_assert_eq!(written.parse(), Ok(filter), "{} became {}", text, written);
        }
        Err(error) => {
            prop_assert!(
                text.get(error.at..error.at + error.length).is_some(),
                "{error:?}"
            );
            prop_assert!(error.to_string().contains(&error.message));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_understood_reads_back_the_same(text in likely_expression()) {
        check(&text)?;
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        check(&text)?;
    }

    #[test]
    fn a_matching_trace_matches_or_not(text in likely_expression()) {
        if let Ok(filter) = text.parse::<Filter>() {
            let trace = trace_of(&crate::shop::circle(1, 0.0));
            let negated: Filter = format!("!({})", if text.trim().is_empty() { "ok OR !ok" } else { &text }).parse().unwrap();
            prop_assert_ne!(filter.matches(&trace), negated.matches(&trace));
        }
    }
}

#[test]
fn a_trace_of_very_many_services_is_no_burden() {
    let calls: Vec<_> = (2..10_000)
        .map(|number| {
            serde_json::json!({"name": format!("remote-{number}"), "id": crate::shop::id(1, number),
                "namespace": "aws", "start_time": 1.0, "end_time": 2.0, "fault": true,
                "annotations": {"number": number}})
        })
        .collect();
    let segment = serde_json::json!({"name": "shop", "id": crate::shop::id(1, 1),
        "trace_id": crate::shop::trace_id(1), "start_time": 1.0, "end_time": 3.0,
        "subsegments": calls});
    let trace = trace_of([&segment]);
    let begin = Instant::now();
    for expression in [
        "service() { index > 20000 OR annotation.other OR duration > 7  }",
        "edge(id(), id()) { index > 20000 OR coverage > 1  }",
        "rootcause.fault.entity { index > 2 }",
    ] {
        let filter: Filter = expression.parse().unwrap();
        filter.matches(&trace);
    }
    assert_eq!(summary(&trace).service_ids.len(), 9_999);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
}
