//! The X-Ray sink against a backend that misbehaves.

use std::time::Duration;

use fluoro_agent::sinks::Condition;

use crate::{
    sinks_backend::{Fault, FaultyBackend},
    sinks_rig::{Rig, documents, eventually, set, status, with_credentials},
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn documents_arrive_exactly_as_sent_in_batches_of_fifty() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        let sinks = rig.start_xray(&backend.url());
        let sent = documents(0..120, "hello");
        rig.arrive(&sent).await;
        assert_eq!(backend.taken_different(120).await, set(&sent));
        assert_eq!(backend.taken().len(), 120, "nothing came twice");
        let requests = backend.received();
        let mut sizes: Vec<_> = requests.iter().map(|one| one.documents().len()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [20, 50, 50]);
        for request in &requests {
            let scope = "/eu-west-1/xray/aws4_request";
            assert!(request.header("authorization").contains(scope));
            assert!(
                request
                    .header("user-agent")
                    .contains("xray-agent/xray-daemon/")
            );
            let timestamp: f64 = request.header("x-amzn-xray-timestamp").parse().unwrap();
            assert!(timestamp > 1.7e9);
        }
        let status = eventually("the count", || {
            Some(status(&sinks)).filter(|status| status.pending == 0)
        });
        let status = status.await;
        assert_eq!((status.sent, status.state), (120, Condition::Working));
    });
}

#[test]
fn refused_documents_are_told_and_throttled_ones_sent_again() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        let sinks = rig.start_xray(&backend.url());
        let good = documents(0..10, "good");
        let throttled = documents(10..15, "throttled");
        let invalid = documents(15..17, "invalid");
        rig.arrive(&[&good[..], &throttled, &invalid].concat())
            .await;
        let expected = set(&[&good[..], &throttled].concat());
        assert_eq!(backend.taken_different(15).await, expected);
        assert_eq!(backend.taken().len(), 15, "nothing came twice");
        let again = &backend.received()[1];
        assert_eq!(set(&again.documents()), set(&throttled));
        let status = eventually("the counts", || {
            Some(status(&sinks)).filter(|status| status.sent == 15 && status.pending == 0)
        })
        .await;
        assert_eq!(status.refused, 2);
        let refusal = status.last_refusal.unwrap().message;
        assert!(
            refusal.starts_with("InvalidName: Invalid segment."),
            "{refusal}"
        );
        let last = "segment 0000000000000010 of trace 1-5759e988-bd862e3fe1be46a900000010";
        assert!(refusal.contains(last), "{refusal}");
    });
}

#[test]
fn a_batch_that_is_blamed_is_halved_down_to_the_document() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        let sinks = rig.start_xray(&backend.url());
        let mut sent = documents(0..50, "good");
        sent[17] = documents(17..18, "poison").remove(0);
        rig.arrive(&sent).await;
        sent.remove(17);
        assert_eq!(backend.taken_different(49).await, set(&sent));
        assert_eq!(backend.taken().len(), 49, "nothing came twice");
        let status = eventually("the counts", || {
            Some(status(&sinks)).filter(|status| status.pending == 0 && status.sent == 49)
        })
        .await;
        assert_eq!(status.refused, 1);
        let refusal = status.last_refusal.unwrap().message;
        assert_eq!(refusal, "InvalidRequestException: it is poisoned");
    });
}

#[test]
fn the_pause_that_the_backend_asks_for_is_kept() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        backend.misbehave(&[Fault::Status(429, Some(2))]);
        let sinks = rig.start_xray(&backend.url());
        let sent = documents(0..10, "hello");
        rig.arrive(&sent).await;
        backend.received_at("/TraceSegments", 1).await;
        let failing = eventually("the failure", || {
            Some(status(&sinks)).filter(|status| status.state == Condition::Failing)
        })
        .await;
        let error = failing.last_error.unwrap().message;
        assert!(
            error.contains("429") && error.contains("not now"),
            "{error}"
        );
        assert_eq!(failing.pending, 10);
        assert_eq!(backend.taken_different(10).await, set(&sent));
        let requests = backend.received();
        assert_eq!(requests.len(), 2);
        assert!(requests[1].at - requests[0].at >= 2 * SECOND);
    });
}

#[test]
fn every_kind_of_failure_is_survived() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        backend.misbehave(&[
            Fault::Status(500, None),
            Fault::HalfWritten,
            Fault::Html,
            Fault::Status(403, None),
            Fault::Status(503, None),
            Fault::Slow(SECOND),
        ]);
        let sinks = rig.start_xray(&backend.url());
        let sent = documents(0..40, "hello");
        rig.arrive(&sent).await;
        assert_eq!(backend.taken_different(40).await, set(&sent));
        let status = eventually("the counts", || {
            Some(status(&sinks)).filter(|status| status.sent == 40 && status.pending == 0)
        })
        .await;
        assert_eq!((status.retries, status.refused), (5, 0));
        assert_eq!(status.state, Condition::Working);
        assert!(
            backend.taken().len() <= 80,
            "only the broken answer's came twice"
        );
    });
}

#[test]
fn telemetry_tells_what_was_sent() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        let sinks = rig.start_xray(&backend.url());
        backend.misbehave(&[Fault::Status(500, None)]);
        rig.arrive(&documents(0..7, "hello")).await;
        backend.taken_different(7).await;
        sinks.shutdown(5 * SECOND).await;
        let request = backend.received_at("/TelemetryRecords", 1).await.remove(0);
        assert!(
            request
                .header("authorization")
                .starts_with("AWS4-HMAC-SHA256")
        );
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            body["ResourceARN"],
            "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
        );
        let record = &body["TelemetryRecords"][0];
        assert_eq!(record["SegmentsReceivedCount"], 7);
        assert_eq!(record["BackendConnectionErrors"]["HTTPCode5XXCount"], 1);
    });
}
