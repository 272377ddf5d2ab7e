//! The recorder as a Rust program uses it.

use std::thread;

use fluoro_core::recorder::{IncomingRequest, Recorder};
use fluoro_sampling::{LocalSampler, Manifest};

use crate::support::Kept;

fn recorder() -> (Recorder, Kept) {
    let kept = Kept::default();
    (
        Recorder::builder("shop").emitter(kept.clone()).build(),
        kept,
    )
}

#[test]
fn entities_nest_and_end_with_their_scope() {
    let (recorder, kept) = recorder();
    {
        let _segment = recorder.begin_segment("shop");
        {
            let _outer = recorder.begin_subsegment("outer");
            let _inner = recorder.begin_subsegment("inner");
        }
        let _beside = recorder.begin_subsegment("beside");
    }
    let documents = kept.take();
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["subsegments"][0]["name"], "outer");
    assert_eq!(
        documents[0]["subsegments"][0]["subsegments"][0]["name"],
        "inner"
    );
    assert_eq!(documents[0]["subsegments"][1]["name"], "beside");
}

#[test]
fn ending_out_of_order_closes_the_one_that_ended() {
    let (recorder, kept) = recorder();
    let segment = recorder.begin_segment("shop");
    let first = recorder.begin_subsegment("first");
    let second = recorder.begin_subsegment("second");
    drop(first);
    assert!(kept.take().is_empty());
    drop(second);
    drop(segment);
    let documents = kept.take();
    assert_eq!(
        documents[0]["subsegments"][0]["subsegments"][0]["name"],
        "second"
    );
}

#[test]
fn without_a_segment_nothing_is_recorded_and_that_is_counted() {
    let (recorder, kept) = recorder();
    thread::spawn(move || {
        recorder.begin_subsegment("lost").put_annotation("k", 1);
        assert_eq!(recorder.without_segment(), 1);
    })
    .join()
    .expect("nothing panics");
    assert!(kept.take().is_empty());
}

#[test]
fn what_ends_after_its_segment_travels_alone() {
    let (recorder, kept) = recorder();
    let segment = recorder.begin_segment("shop");
    let id = segment.outgoing_header().expect("it is open");
    let open = recorder.begin_subsegment("open");
    drop(segment);
    assert!(
        kept.take().is_empty(),
        "the segment waits for its subsegments"
    );
    drop(open);
    assert_eq!(kept.take().len(), 1);
    assert!(id.contains("Sampled=1"));
}

#[test]
fn a_request_continues_the_callers_trace() {
    let (recorder, kept) = recorder();
    let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;k=v";
    let mut request = recorder.begin_request(&IncomingRequest {
        header: Some(header),
        url: Some("https://user:secret@shop.example/a?token=secret"),
        forwarded_for: Some("203.0.113.7, 10.0.0.1"),
        client_ip: Some("10.0.0.1"),
        ..IncomingRequest::default()
    });
    let outgoing = request.outgoing_header().expect("it is open");
    assert!(outgoing.starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;Parent="));
    assert!(outgoing.ends_with(";Sampled=1;k=v"));
    request.put_status(404);
    drop(request);
    let document = kept.take().remove(0);
    assert_eq!(document["trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
    assert_eq!(document["parent_id"], "53995c3f42cd8ad8");
    assert_eq!(document["http"]["request"]["url"], "https://shop.example/a");
    assert_eq!(document["http"]["request"]["client_ip"], "203.0.113.7");
    assert_eq!(document["error"], true);
    assert!(document.get("fault").is_none());
}

#[test]
fn the_callers_decision_beats_the_rules() {
    let kept = Kept::default();
    let rules = r#"{"version": 2, "default": {"fixed_target": 0, "rate": 0}}"#;
    let recorder = Recorder::builder("shop")
        .emitter(kept.clone())
        .sampler(LocalSampler::new(
            Manifest::parse(rules).expect("the rules are valid"),
        ))
        .build();
    for (header, sent) in [
        ("Sampled=1", 1),
        ("Sampled=0", 0),
        ("Sampled=?", 0),
        ("nonsense", 0),
    ] {
        let incoming = IncomingRequest {
            header: Some(header),
            ..IncomingRequest::default()
        };
        drop(recorder.begin_request(&incoming));
        assert_eq!(kept.take().len(), sent, "{header}");
    }
}

#[test]
fn threads_do_not_disturb_each_other() {
    let (recorder, kept) = recorder();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let _segment = recorder.begin_segment("shop");
                    let _outer = recorder.begin_subsegment("outer");
                    drop(recorder.begin_subsegment("inner"));
                }
            });
        }
    });
    let documents = kept.take();
    assert_eq!(documents.len(), 1600);
    for document in documents {
        assert_eq!(document["subsegments"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            document["subsegments"][0]["subsegments"][0]["name"],
            "inner"
        );
    }
}
