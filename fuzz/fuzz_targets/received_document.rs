//! Documents that arrive: reading never panics, agrees with the plain reader, and what is taken
//! has what the service insists on.
#![no_main]

use fluoro_wire::{Document, Field, ReceivedEntity, validation::MAX_RECEIVED_BYTES};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let received = match ReceivedEntity::read_checked(bytes) {
        Ok(received) => received,
        Err(rejection) => {
            assert!(!rejection.message.is_empty() && rejection.message.len() < 500);
            return;
        }
    };
    assert!(bytes.len() <= MAX_RECEIVED_BYTES);
    if let Ok(document) = Document::parse(bytes) {
        agree(&received, &document);
    }
    match received.check() {
        Ok(trace_id) => assert!(received.trace_id == Field::Value(trace_id) && is_whole(&received)),
        Err(rejection) => assert!(rejection.message.len() < 3_000, "{rejection}"),
    }
});

/// What both readers understand, they understand alike.
fn agree(received: &ReceivedEntity<'_>, document: &Document) {
    let name = received.name.value().map_or("", |name| &**name);
    assert_eq!(name, document.name);
    assert_eq!(received.id.value().copied(), document.id);
    assert_eq!(received.start_time.value().copied(), document.start_time);
    assert_eq!(received.in_progress, document.in_progress);
    assert_eq!(received.fault, document.fault);
    let objects = document.raw.get("subsegments").and_then(|all| all.as_array());
    let only_objects = objects.is_some_and(|all| all.iter().all(|item| item.is_object()));
    if only_objects {
        assert_eq!(received.subsegments.len(), document.subsegments.len());
        for (received, document) in received.subsegments.iter().zip(&document.subsegments) {
            agree(received, document);
        }
    }
}

fn is_whole(entity: &ReceivedEntity<'_>) -> bool {
    entity.id.value().is_some()
        && entity.name.value().is_some_and(|name| !name.is_empty())
        && entity.start_time.value().is_some()
        && entity.in_progress != entity.end_time.value().is_some()
        && entity.subsegments.iter().all(is_whole)
}
