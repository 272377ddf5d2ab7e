//! Outages, restarts and ends: nothing is lost, and what comes twice was on its way.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use fluoro_store::SqliteStore;

use crate::{
    sinks_backend::{Fault, FaultyBackend},
    sinks_rig::{Rig, documents, eventually, set, status, with_credentials},
    sinks_store::QueueStore,
};

/// As many batches as are on their way at a time, with as many documents as each has.
const ON_THE_WAY: usize = 8 * 50;

/// Documents arrive all the time, 2,000 a second.
async fn load(rig: &Rig, numbers: std::ops::Range<u64>) -> Vec<String> {
    let sent = documents(numbers, "under load");
    for some in sent.chunks(100) {
        rig.arrive(some).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    sent
}

#[test]
fn every_document_arrives_after_an_outage_under_load() {
    with_credentials(async {
        let (mut backend, rig) = (FaultyBackend::start(), Rig::new());
        let sinks = rig.start_xray(&backend.url());
        let mut sent = load(&rig, 0..3_000).await;
        backend.stop();
        sent.extend(load(&rig, 3_000..6_000).await);
        let waiting = eventually("documents that wait", || {
            Some(status(&sinks)).filter(|status| status.pending >= 3_000)
        });
        assert!(waiting.await.last_error.is_some());
        backend.start_again();
        sent.extend(load(&rig, 6_000..8_000).await);
        assert_eq!(backend.taken_different(8_000).await, set(&sent));
        let twice = backend.taken().len() - 8_000;
        assert!(twice <= ON_THE_WAY, "{twice} documents came twice");
        eventually("an empty queue", || {
            (status(&sinks).pending == 0).then_some(())
        })
        .await;
        assert_eq!(status(&sinks).sent, 8_000);
    });
}

#[test]
fn a_restart_during_an_outage_loses_nothing() {
    with_credentials(async {
        let (mut backend, rig) = (FaultyBackend::start(), Rig::new());
        let first = rig.start_xray(&backend.url());
        let mut sent = load(&rig, 0..1_000).await;
        backend.taken_different(500).await;
        backend.stop();
        sent.extend(load(&rig, 1_000..2_000).await);
        let began = Instant::now();
        first.shutdown(Duration::from_secs(20)).await;
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "a dead backend is not waited for"
        );
        sent.extend(load(&rig, 2_000..2_500).await);
        let second = rig.start_xray(&backend.url());
        backend.start_again();
        assert_eq!(backend.taken_different(2_500).await, set(&sent));
        let twice = backend.taken().len() - 2_500;
        assert!(twice <= ON_THE_WAY, "{twice} documents came twice");
        eventually("an empty queue", || {
            (status(&second).pending == 0).then_some(())
        })
        .await;
    });
}

#[test]
fn a_restart_goes_on_where_the_sink_stood_and_a_new_sink_after_what_is_there() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        rig.arrive(&documents(0..10, "before the sink")).await;
        let first = rig.start_xray(&backend.url());
        let while_it_runs = documents(10..30, "while it runs");
        rig.arrive(&while_it_runs).await;
        first.shutdown(Duration::from_secs(20)).await;
        assert_eq!(
            set(&backend.taken()),
            set(&while_it_runs),
            "a shutdown sends what is left"
        );
        let between = documents(30..40, "between");
        rig.arrive(&between).await;
        let _second = rig.start_xray(&backend.url());
        backend.taken_different(30).await;
        let expected: HashSet<_> = set(&[while_it_runs, between].concat());
        assert_eq!(backend.taken().len(), 30, "nothing came twice");
        assert_eq!(set(&backend.taken()), expected);
    });
}

#[test]
fn what_expires_before_it_could_be_sent_is_counted() {
    with_credentials(async {
        let (mut backend, store) = (FaultyBackend::start(), Arc::new(QueueStore::default()));
        let rig = Rig::over(store.clone());
        rig.arrive(&documents(0..1, "before the sink")).await;
        rig.start_xray(&backend.url())
            .shutdown(Duration::from_secs(5))
            .await;
        backend.stop();
        rig.arrive(&documents(1..1_001, "gone")).await;
        store.forget(901);
        backend.start_again();
        let sinks = rig.start_xray(&backend.url());
        let last = set(&documents(901..1_001, "gone"));
        assert_eq!(backend.taken_different(100).await, last);
        assert_eq!(status(&sinks).expired, 900);
    });
}

#[test]
fn a_backend_that_hangs_does_not_hold_up_the_end() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        backend.misbehave(&[Fault::Slow(Duration::from_secs(20)); 20]);
        let sinks = rig.start_xray(&backend.url());
        let sent = documents(0..1_000, "hello");
        rig.arrive(&sent).await;
        backend.received_at("/TraceSegments", 8).await;
        let began = Instant::now();
        sinks.shutdown(Duration::from_secs(1)).await;
        assert!(began.elapsed() < Duration::from_secs(4));
        let again = rig.start_xray(&backend.url());
        assert_eq!(status(&again).pending, 1_000);
    });
}

#[test]
fn a_batch_that_hangs_keeps_its_place_although_later_ones_got_through() {
    with_credentials(async {
        let (backend, rig) = (FaultyBackend::start(), Rig::new());
        backend.misbehave(&[Fault::Slow(Duration::from_secs(20))]);
        let sinks = rig.start_xray(&backend.url());
        let sent = documents(0..300, "hello");
        rig.arrive(&sent).await;
        backend.taken_different(250).await;
        sinks.shutdown(Duration::from_secs(1)).await;
        let _again = rig.start_xray(&backend.url());
        assert_eq!(backend.taken_different(300).await, set(&sent));
    });
}

#[test]
fn the_store_on_disk_is_the_queue() {
    with_credentials(async {
        let directory = tempfile::tempdir().unwrap();
        let open = || Rig::over(Arc::new(SqliteStore::open(directory.path()).unwrap()));
        let (mut backend, rig) = (FaultyBackend::start(), open());
        let sinks = rig.start_xray(&backend.url());
        let mut sent = load(&rig, 0..500).await;
        backend.taken_different(100).await;
        backend.stop();
        sent.extend(load(&rig, 500..1_500).await);
        sinks.shutdown(Duration::from_secs(5)).await;
        rig.close();
        backend.start_again();
        let rig = open();
        let sinks = rig.start_xray(&backend.url());
        sent.extend(load(&rig, 1_500..1_700).await);
        assert_eq!(backend.taken_different(1_700).await, set(&sent));
        let twice = backend.taken().len() - 1_700;
        assert!(twice <= ON_THE_WAY, "{twice} documents came twice");
        eventually("an empty queue", || {
            (status(&sinks).pending == 0).then_some(())
        })
        .await;
    });
}
