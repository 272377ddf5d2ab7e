use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use fluoro_store::{Append, Arrival, Committed, Rejected, Source, StoreError};
use fluoro_wire::TraceId;
use parking_lot::Mutex;

use super::{Intake, IntakeError};
use crate::metrics::{Metrics, ReasonLabel, RejectedLabel, SourceLabel};

/// Keeps batches in memory: rejects `reject`, fails on `fail`, panics on `panic`, and waits for a
/// permit before each batch when it has a gate.
#[derive(Default)]
struct MemoryStore {
    batches: Mutex<Vec<Vec<String>>>,
    gate: Option<Mutex<mpsc::Receiver<()>>>,
}

impl Append for MemoryStore {
    fn append(&self, batch: &[Arrival]) -> Result<Committed, StoreError> {
        if let Some(gate) = &self.gate {
            gate.lock().recv().expect("the test opens the gate");
        }
        let texts: Vec<_> = batch
            .iter()
            .map(|arrival| String::from_utf8_lossy(&arrival.document).into_owned())
            .collect();
        assert!(!texts.iter().any(|text| text == "panic"), "as asked for");
        if texts.iter().any(|text| text == "fail") {
            return Err(failure());
        }
        let rejected: Vec<_> = (0..batch.len())
            .filter(|place| texts[*place] == "reject")
            .map(|place| (place, rejected(batch[place].source)))
            .collect();
        let kept = batch.len() - rejected.len();
        let traces = vec![TraceId::from_parts(1, 2, 3); usize::from(kept > 0)];
        self.batches.lock().push(texts);
        Ok(Committed {
            traces,
            kept,
            rejected,
        })
    }
}

fn failure() -> StoreError {
    StoreError::Database {
        path: "memory".to_owned(),
        reason: "as asked for".to_owned(),
    }
}

fn rejected(source: Source) -> Rejected {
    Rejected {
        number: 0,
        received_at: 0.0,
        source,
        segment_id: None,
        trace_id: None,
        code: "InvalidName",
        message: "as asked for".to_owned(),
        document: Vec::new(),
    }
}

fn arrivals(source: Source, documents: &[&str]) -> Vec<Arrival> {
    documents
        .iter()
        .map(|document| Arrival {
            document: document.as_bytes().to_vec(),
            source,
            received_at: 0.0,
        })
        .collect()
}

fn kept(metrics: &Metrics, source: &'static str) -> u64 {
    metrics.kept.get_or_create(&SourceLabel { source }).get()
}

fn lost(metrics: &Metrics, reason: &'static str) -> u64 {
    metrics.lost.get_or_create(&ReasonLabel { reason }).get()
}

#[tokio::test]
async fn rejected_documents_have_their_place_and_are_not_counted_as_kept() {
    let metrics = Arc::new(Metrics::default());
    let (intake, _) = Intake::start(Arc::new(MemoryStore::default()), Arc::clone(&metrics));
    let mut changes = intake.changes();
    let outcome = intake
        .submit(arrivals(Source::Api, &["a", "reject", "b"]))
        .await
        .unwrap();
    assert_eq!(outcome.len(), 1);
    assert_eq!((outcome[0].0, outcome[0].1.code), (1, "InvalidName"));
    assert_eq!(kept(&metrics, "api"), 2);
    let label = RejectedLabel {
        source: "api",
        code: "InvalidName",
    };
    assert_eq!(metrics.rejected.get_or_create(&label).get(), 1);
    assert_eq!(
        changes.recv().await.unwrap()[..],
        [TraceId::from_parts(1, 2, 3)]
    );
}

#[tokio::test]
async fn a_store_that_panics_loses_only_the_document_it_panics_on() {
    let store = Arc::new(MemoryStore::default());
    let metrics = Arc::new(Metrics::default());
    let (intake, thread) = Intake::start(Arc::clone(&store) as _, Arc::clone(&metrics));
    let documents = arrivals(Source::Udp, &["a", "b", "panic", "c", "d"]);
    intake.push(documents).unwrap();
    let outcome = intake.submit(arrivals(Source::Udp, &["e"])).await;
    assert_eq!(outcome.unwrap(), []);
    assert_eq!(kept(&metrics, "udp"), 5);
    assert_eq!(lost(&metrics, "store-panicked"), 1);
    assert_eq!(store.batches.lock().concat(), ["a", "b", "c", "d", "e"]);
    drop(intake);
    thread.join().unwrap();
}

#[tokio::test]
async fn documents_that_nobody_hears_of_are_lost_and_the_others_given_back() {
    let metrics = Arc::new(Metrics::default());
    let (intake, thread) = Intake::start(Arc::new(MemoryStore::default()), Arc::clone(&metrics));
    let outcome = intake.submit(arrivals(Source::Api, &["a", "fail"])).await;
    let failure = "the store at memory failed: as asked for".to_owned();
    assert_eq!(outcome, Err(IntakeError::Store(failure)));
    assert_eq!(lost(&metrics, "store-failed"), 0);
    intake
        .push(arrivals(Source::Udp, &["a", "b", "fail"]))
        .unwrap();
    drop(intake);
    thread.join().unwrap();
    assert_eq!(lost(&metrics, "store-failed"), 3);
    assert_eq!((kept(&metrics, "api"), kept(&metrics, "udp")), (0, 0));
}

#[test]
fn batches_that_wait_are_committed_together_and_in_order() {
    let (open, gate) = mpsc::channel();
    let store = Arc::new(MemoryStore {
        gate: Some(Mutex::new(gate)),
        ..MemoryStore::default()
    });
    let (intake, thread) = Intake::start(Arc::clone(&store) as _, Arc::default());
    for document in ["a", "b", "c"] {
        intake.push(arrivals(Source::Udp, &[document])).unwrap();
    }
    intake.close();
    assert_eq!(
        intake.push(arrivals(Source::Udp, &["late"])),
        Err(IntakeError::Closed)
    );
    for _ in 0..3 {
        open.send(()).unwrap();
    }
    thread.join().unwrap();
    let batches = store.batches.lock();
    assert_eq!(batches.concat(), ["a", "b", "c"]);
    assert!(batches.len() <= 2, "{batches:?}");
}

#[test]
fn a_full_queue_makes_threads_and_tasks_wait_and_loses_nothing() {
    let (open, gate) = mpsc::channel();
    let store = Arc::new(MemoryStore {
        gate: Some(Mutex::new(gate)),
        ..MemoryStore::default()
    });
    let metrics = Arc::new(Metrics::default());
    let (intake, thread) = Intake::start(Arc::clone(&store) as _, Arc::clone(&metrics));
    let megabyte = "x".repeat(1 << 20);
    let pushing = {
        let (intake, megabyte) = (intake.clone(), megabyte.clone());
        std::thread::spawn(move || {
            (0..90).try_for_each(|_| intake.push(arrivals(Source::Udp, &[&megabyte])))
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stuck = async {
            for _ in 0..90 {
                intake
                    .submit(arrivals(Source::Api, &[&megabyte]))
                    .await
                    .unwrap();
            }
        };
        let waited = tokio::time::timeout(Duration::from_millis(200), stuck).await;
        assert!(waited.is_err(), "nothing was kept yet");
        assert!(
            !pushing.is_finished(),
            "90 MiB do not fit into the queue and one commit"
        );
    });
    for _ in 0..200 {
        // The channel keeps permits until they are asked for.
        let _ = open.send(());
    }
    pushing.join().unwrap().unwrap();
    drop(intake);
    thread.join().unwrap();
    assert_eq!(kept(&metrics, "udp"), 90);
}
