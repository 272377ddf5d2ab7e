use fluoro_wire::TraceId;
use proptest::prelude::*;

use crate::{
    facts::{AnnotationValue, Details, EntityFacts, ExceptionFacts, Namespace, Trace, TraceFacts},
    filter::Filter,
};

const EXPRESSIONS: [&str; 34] = [
    "",
    "fault",
    "error OR throttle",
    "partial",
    "!fault",
    "ok",
    "fault = false",
    "responsetime > 2",
    "duration = 3",
    "duration < 2",
    "http.status = 200",
    "http.status = 7",
    "http.status != 200",
    "http.url CONTAINS \"a\"",
    "http.url = \"\"",
    "http.method != \"a\"",
    "user = \"ab\" OR annotation.a = \"b\"",
    "annotation.a",
    "annotation.b = 0",
    "annotation.b = 2.5",
    "annotation.b != 2.5",
    "annotation.a = true",
    "annotation.a != \"b\"",
    "name = \"DynamoDB\"",
    "service(\"DynamoDB\")",
    "service(\"S3\") { !fault }",
    "service(\"a\") { fault AND responsetime >= 1 }",
    "service(id(name: \"b\", account.id: \"a\"))",
    "service(id(type: \"AWS::S3::Bucket\"))",
    "edge(\"a\", \"b\")",
    "edge(\"a\", \"DynamoDB\") { duration > 1 }",
    "rootcause.fault.exception { name = \"a\" OR message CONTAINS \"b\" }",
    "rootcause.responsetime.entity { name = \"dynamodb\" }",
    "NOT (annotation.a = \"b\" error)",
];

const WORDS: [&str; 6] = ["a", "b", "ab", "dynamodb", "S3", "arn:x:table/b"];

fn word() -> impl Strategy<Value = Box<str>> {
    proptest::sample::select(&WORDS[..]).prop_map(Box::from)
}

fn value() -> impl Strategy<Value = AnnotationValue> {
    prop_oneof![
        any::<bool>().prop_map(AnnotationValue::Boolean),
        proptest::sample::select(&[0.0, -0.0, 2.5, 1e300][..]).prop_map(AnnotationValue::Number),
        word().prop_map(AnnotationValue::String),
    ]
}

fn details() -> impl Strategy<Value = Details> {
    let maybe = || proptest::option::of(word());
    let annotations = proptest::collection::vec((word(), value()), 0..3);
    let exceptions = proptest::collection::vec((word(), word(), any::<bool>()), 0..2);
    let status = proptest::option::of(proptest::sample::select(&[7_u16, 200, 503][..]));
    let texts = (maybe(), maybe(), maybe(), maybe(), maybe(), maybe());
    let rest = (annotations, exceptions, status, any::<bool>());
    (texts, rest).prop_map(
        |(texts, (annotations, exceptions, status, traced))| Details {
            url: texts.0,
            method: texts.1,
            user: texts.2,
            account_id: texts.3,
            resource_name: texts.4,
            database_type: texts.5.clone(),
            origin: texts.5.clone(),
            linked_traces: texts.5.into_iter().collect(),
            status,
            traced,
            annotations,
            exceptions: exceptions
                .into_iter()
                .map(|(kind, message, remote)| ExceptionFacts {
                    kind,
                    message,
                    remote,
                })
                .collect(),
            ..Details::default()
        },
    )
}

fn entity() -> impl Strategy<Value = EntityFacts> {
    let namespace =
        proptest::sample::select(&[Namespace::Local, Namespace::Remote, Namespace::Aws][..]);
    let times = (0..3_u8, proptest::option::of(0..4_u8));
    let flags = any::<[bool; 4]>();
    let ids = (0..3_u64, proptest::option::of(0..3_u64));
    let described = proptest::option::of(details());
    (ids, word(), times, flags, namespace, described).prop_map(
        |((id, parent_id), name, (start, length), flags, namespace, details)| {
            let start_time = 1e9 + f64::from(start);
            EntityFacts {
                id,
                parent_id,
                name,
                start_time,
                end_time: length.map(|length| start_time + f64::from(length)),
                is_segment: flags[0],
                error: flags[1],
                fault: flags[2],
                throttle: flags[3],
                namespace,
                details: details.map(Box::new),
            }
        },
    )
}

fn trace() -> impl Strategy<Value = Trace> {
    proptest::collection::vec(entity(), 1..5).prop_map(|entities| Trace {
        id: TraceId::from_parts(1_000_000_000, 0, 1),
        facts: TraceFacts {
            entities,
            revision: 1,
            left_out: 0,
        },
    })
}

fn may_match(filter: &Filter, trace: &Trace) -> bool {
    let (start, last) = trace.facts.span().unwrap();
    let bytes = postcard::to_allocvec(&trace.facts).unwrap();
    filter.needs().may_be_met(last - start, &bytes)
}

proptest! {
    #[test]
    fn what_matches_has_what_is_needed(trace in trace()) {
        for expression in EXPRESSIONS {
            let filter: Filter = expression.parse().unwrap();
            if filter.matches(&trace) {
                prop_assert!(may_match(&filter, &trace), "{expression}");
            }
        }
    }
}

#[test]
fn what_cannot_match_is_told_apart() {
    let plain = EntityFacts {
        name: "a".into(),
        start_time: 1e9,
        end_time: Some(1e9 + 1.0),
        is_segment: true,
        details: Some(Box::new(Details {
            status: Some(200),
            annotations: vec![("b".into(), AnnotationValue::Number(1.0))],
            ..Details::default()
        })),
        ..EntityFacts::default()
    };
    let trace = Trace {
        id: TraceId::from_parts(1_000_000_000, 0, 1),
        facts: TraceFacts {
            entities: vec![plain],
            revision: 1,
            left_out: 0,
        },
    };
    for expression in [
        "fault",
        "error OR throttle",
        "partial",
        "responsetime > 2",
        "http.status = 503",
        "annotation.customer",
        "annotation.b = 2",
        "annotation.b = \"gold\"",
        "user CONTAINS \"x\" OR fault",
        "!fault AND duration >= 1.5",
        "service(\"pricing\")",
        "service() { fault }",
        "edge(\"a\", \"pricing\")",
        "rootcause.error.service",
    ] {
        let filter: Filter = expression.parse().unwrap();
        assert!(!may_match(&filter, &trace), "{expression}");
    }
}
