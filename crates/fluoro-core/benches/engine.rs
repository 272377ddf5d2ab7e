//! Times the engine: begin and end, encode, sample, header.
//!
//! `cargo bench -p fluoro-core`
#![allow(missing_docs)] // the macros make public functions

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fluoro_core::Native;
use fluoro_core::emission;
use fluoro_core::emitter::{Emitter, SendError};
use fluoro_core::recorder::Recorder;
use fluoro_core::segment::Segment;
use fluoro_core::tree::{Beginning, Namespace, ROOT, Tree};
use fluoro_core::{clock, random};
use fluoro_sampling::{EpochSeconds, LocalSampler, Manifest, SamplingRequest};
use fluoro_wire::trace_header::TraceHeader;

/// Takes datagrams and forgets them, so that the kernel is not timed.
struct Nowhere;

impl Emitter for Nowhere {
    fn send(&self, datagram: &[u8]) -> Result<(), SendError> {
        black_box(datagram);
        Ok(())
    }
}

fn segment_with(subsegments: usize) -> Segment<Native> {
    let now = clock::now();
    let mut tree: Tree<Native> = Tree::new(
        "shop".into(),
        random::trace_id(now),
        random::segment_id(),
        now,
        true,
    );
    for _ in 0..subsegments {
        let index = tree.begin(
            ROOT,
            Beginning {
                name: "query".into(),
                id: random::segment_id(),
                start_time: clock::now(),
                namespace: Namespace::Remote,
                sampled: true,
            },
        );
        tree.close(index, clock::now()).expect("it is open");
    }
    tree.close(ROOT, clock::now()).expect("it is open");
    Segment::new(tree)
}

fn record(criterion: &mut Criterion) {
    let recorder = Recorder::builder("shop").emitter(Nowhere).build();
    criterion.bench_function("begin and end a subsegment", |bencher| {
        let _segment = recorder.begin_segment("shop");
        bencher.iter(|| drop(recorder.begin_subsegment("query")));
    });
    criterion.bench_function(
        "segment with 10 subsegments, recorded and encoded",
        |bencher| {
            bencher.iter(|| {
                let _segment = recorder.begin_segment("shop");
                for _ in 0..10 {
                    drop(recorder.begin_subsegment("query"));
                }
            });
        },
    );
}

fn encode(criterion: &mut Criterion) {
    for subsegments in [0, 10, 50] {
        let segment = segment_with(subsegments);
        criterion.bench_function(&format!("encode {subsegments} subsegments"), |bencher| {
            bencher.iter(|| {
                emission::emit(&segment, ROOT, &(), &mut |datagram| {
                    black_box(datagram);
                });
            });
        });
    }
}

fn sample(criterion: &mut Criterion) {
    let rules = r#"{"version": 2, "default": {"fixed_target": 1, "rate": 0.05}, "rules": [
        {"host": "*.example", "http_method": "GET", "url_path": "/api/move/*", "fixed_target": 0, "rate": 0.5}
    ]}"#;
    let sampler = LocalSampler::new(Manifest::parse(rules).expect("the rules are valid"));
    let request = SamplingRequest {
        host: Some("shop.example"),
        method: Some("GET"),
        path: Some("/api/move/17"),
        ..SamplingRequest::default()
    };
    criterion.bench_function("sample by a local rule", |bencher| {
        bencher.iter(|| {
            let now = EpochSeconds::containing(clock::now());
            black_box(sampler.decide(&request, now, random::next_f64()))
        });
    });
}

fn header(criterion: &mut Criterion) {
    let text = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    criterion.bench_function("parse a trace header", |bencher| {
        bencher.iter(|| TraceHeader::parse(black_box(text)));
    });
}

criterion_group!(benches, record, encode, sample, header);
criterion_main!(benches);
