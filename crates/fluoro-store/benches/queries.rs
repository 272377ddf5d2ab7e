//! What a question costs for each trace that it looks at.
//!
//! The traces have three services and a database: nine entities of which four have details.
//!
//! `cargo bench -p fluoro-store --bench queries`
#![allow(missing_docs)] // the macros make public functions

use std::{hint::black_box, ops::ControlFlow, time::Duration};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use fluoro_store::{
    StoreError, TimeRange, TimeRangeKind, Traces,
    facts::{Trace, TraceFacts},
    filter::Filter,
    query::{assemble, service_graph, summary},
};
use fluoro_wire::{ReceivedEntity, TraceId};

const TRACES: u32 = 1_000;
const START: f64 = 1_700_000_000.0;

/// Traces in memory, so that nothing but the question is measured.
struct MemoryTraces(Vec<Trace>);

fn trace_id(number: u32) -> TraceId {
    TraceId::from_parts(1_700_000_000, 0, number.into())
}

fn documents(number: u32) -> [String; 3] {
    let trace = trace_id(number);
    let id = |entity: u32| format!("{number:08x}{entity:08x}");
    let (fault, status) = if number.is_multiple_of(20) {
        (true, 500)
    } else {
        (false, 200)
    };
    let begin = START + f64::from(number) / 100.0;
    let at = |seconds: f64| begin + seconds;
    let step = |entity: u32, name: &str, start: f64, end: f64, more: &str| {
        let (id, start, end) = (id(entity), at(start), at(end));
        format!(r#"{{"name":"{name}","id":"{id}","start_time":{start},"end_time":{end}{more}}}"#)
    };
    let remote = format!(
        r#","namespace":"remote","fault":{fault},"http":{{"request":{{"method":"GET","url":"http://inventory/stock/{number}"}},"response":{{"status":{status}}}}}"#
    );
    let query = r#","namespace":"remote","sql":{"database_type":"PostgreSQL","sanitized_query":"SELECT n FROM stock WHERE id = ?"}"#;
    let segment = |entity: u32, name: &str, start: f64, end: f64, more: &str, inside: &[String]| {
        let inside = inside.join(",");
        let more =
            format!(r#","trace_id":"{trace}","fault":{fault}{more},"subsegments":[{inside}]"#);
        step(entity, name, start, end, &more)
    };
    let shop = format!(
        r#","origin":"AWS::ECS::Container","user":"user-{}","aws":{{"account_id":"123456789012"}},"annotations":{{"customer":"gold","age":{}}},"http":{{"request":{{"method":"GET","url":"http://shop/item/{number}","user_agent":"curl/8","client_ip":"10.1.2.3"}},"response":{{"status":{status}}}}}"#,
        number % 100,
        number % 90
    );
    let inside = [
        step(2, "inventory", 0.1, 1.6, &remote),
        step(7, "render", 1.7, 1.9, ""),
        step(8, "template", 1.75, 1.8, ""),
    ];
    let below = |entity: u32| format!(r#","parent_id":"{}""#, id(entity));
    let called = [
        step(4, "stock@db", 0.3, 0.4, query),
        step(5, "pricing", 0.5, 1.4, &remote),
    ];
    [
        segment(1, "shop", 0.0, 2.0, &shop, &inside),
        segment(3, "inventory", 0.2, 1.5, &below(2), &called),
        segment(6, "pricing", 0.6, 1.3, &below(5), &[]),
    ]
}

fn trace(number: u32) -> Trace {
    let mut facts = TraceFacts::default();
    for document in documents(number) {
        let entity = ReceivedEntity::read(document.as_bytes()).expect("the document is JSON");
        facts.merge(TraceFacts::from_document(&entity));
    }
    Trace {
        id: trace_id(number),
        facts,
    }
}

impl MemoryTraces {
    fn new() -> Self {
        Self((0..TRACES).map(trace).collect())
    }
}

impl Traces for MemoryTraces {
    fn documents(&self, trace: TraceId) -> Result<Vec<Vec<u8>>, StoreError> {
        let number = (0..TRACES).find(|&number| trace_id(number) == trace);
        let found = number.map(|number| documents(number).map(String::into_bytes).to_vec());
        Ok(found.unwrap_or_default())
    }

    fn trace(&self, trace: TraceId) -> Result<Option<Trace>, StoreError> {
        Ok(self.0.iter().find(|known| known.id == trace).cloned())
    }

    fn scan(
        &self,
        _: TimeRange,
        _: Option<f64>,
        visit: &mut dyn FnMut(&Trace) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let _ = self.0.iter().try_for_each(visit);
        Ok(())
    }
}

const EXPRESSIONS: [(&str, &str); 6] = [
    ("root", "fault OR responsetime > 5"),
    (
        "text",
        "http.url CONTAINS \"/item/99\" AND http.status = 200",
    ),
    (
        "annotation",
        "annotation.customer = \"gold\" AND annotation.age > 60",
    ),
    ("service", "service(\"pricing\") { fault }"),
    (
        "edge",
        "edge(\"inventory\", id(type: \"Database::SQL\")) { responsetime > 1 }",
    ),
    (
        "root cause",
        "rootcause.fault.service { name = \"pricing\" }",
    ),
];

fn questions(criterion: &mut Criterion) {
    let traces = MemoryTraces::new();
    let mut group = criterion.benchmark_group("1000 traces");
    group
        .throughput(Throughput::Elements(TRACES.into()))
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    for (name, expression) in EXPRESSIONS {
        let filter: Filter = expression.parse().expect("the expression is right");
        group.bench_function(format!("filter: {name}"), |bencher| {
            bencher.iter(|| {
                let matching = traces.0.iter().filter(|trace| filter.matches(trace));
                black_box(matching.count())
            });
        });
    }
    group.bench_function("summary", |bencher| {
        bencher.iter(|| {
            traces
                .0
                .iter()
                .for_each(|trace| drop(black_box(summary(trace))))
        });
    });
    let always = TimeRange {
        kind: TimeRangeKind::Event,
        start: 0.0,
        end: f64::MAX,
    };
    group.bench_function("service graph", |bencher| {
        bencher.iter(|| black_box(service_graph(&traces, always, &Filter::everything())));
    });
    group.bench_function("whole trace", |bencher| {
        let documents = documents(1).map(String::into_bytes).to_vec();
        let id = trace_id(1);
        bencher.iter_batched_ref(
            || documents.clone(),
            |documents| {
                for _ in 0..TRACES {
                    black_box(assemble(id, documents));
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, questions);
criterion_main!(benches);
