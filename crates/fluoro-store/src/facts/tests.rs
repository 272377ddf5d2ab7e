use fluoro_wire::ReceivedEntity;
use proptest::prelude::*;

use super::*;

fn facts_of(document: &str) -> TraceFacts {
    let document = ReceivedEntity::read_checked(document.as_bytes()).unwrap();
    document.check().unwrap();
    TraceFacts::from_document(&document)
}

fn entity(id: u64, end_time: Option<f64>) -> EntityFacts {
    EntityFacts {
        id,
        end_time,
        ..EntityFacts::default()
    }
}

fn facts(entities: Vec<EntityFacts>) -> TraceFacts {
    TraceFacts {
        entities,
        revision: 1,
        left_out: 0,
    }
}

fn merged(parts: impl IntoIterator<Item = TraceFacts>) -> TraceFacts {
    parts
        .into_iter()
        .fold(TraceFacts::default(), |mut all, part| {
            all.merge(part);
            all
        })
}

fn sorted(mut facts: TraceFacts) -> TraceFacts {
    facts.entities.sort_by_key(|entity| entity.id);
    facts
}

#[test]
fn a_document_becomes_flat() {
    let facts = facts_of(
        r#"{"name":"shop","id":"0000000000000001","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
        "parent_id":"00000000000000ff","start_time":1.0,"end_time":5.0,"fault":true,
        "origin":"AWS::ECS::Container","user":"ann","http":{"request":{"method":"GET","url":"http://a/"},
        "response":{"status":"500"}},"annotations":{"tier":"gold","n":2,"ok":true},
        "cause":{"exceptions":[{"id":"1111111111111111","type":"E","message":"m","remote":true}]},
        "links":[{"trace_id":"1-5759e988-000000000000000000000001"}],
        "subsegments":[{"name":"db","id":"0000000000000002","start_time":2.0,"in_progress":true,
            "namespace":"remote","sql":{"database_type":"SQLite"},
            "subsegments":[{"name":"row","id":"0000000000000003","start_time":2.5,"end_time":7.0}]}]}"#,
    );
    let ids: Vec<_> = facts
        .entities
        .iter()
        .map(|entity| (entity.id, entity.parent_id))
        .collect();
    assert_eq!(ids, [(1, Some(255)), (2, Some(1)), (3, Some(2))]);
    assert_eq!(facts.span(), Some((1.0, 7.0)));
    let [segment, query, row] = &facts.entities[..] else {
        panic!("three entities")
    };
    assert!(segment.is_segment && segment.fault && !query.is_segment);
    assert_eq!((query.namespace, query.end_time), (Namespace::Remote, None));
    assert_eq!(row.details, None);
    let details = segment.details.as_ref().unwrap();
    assert_eq!(details.status, Some(500));
    assert_eq!(details.method.as_deref(), Some("GET"));
    assert_eq!(details.user.as_deref(), Some("ann"));
    assert_eq!(details.annotations.len(), 3);
    assert_eq!(
        details.annotations[1],
        ("n".into(), AnnotationValue::Number(2.0))
    );
    assert_eq!(&*details.exceptions[0].kind, "E");
    assert_eq!(details.linked_traces.len(), 1);
    let details = query.details.as_ref().unwrap();
    assert_eq!(details.database_type.as_deref(), Some("SQLite"));
}

#[test]
fn a_subsegment_on_its_own_is_no_segment() {
    let facts = facts_of(
        r#"{"name":"db","id":"0000000000000002","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
        "parent_id":"0000000000000001","type":"subsegment","start_time":1,"end_time":2}"#,
    );
    assert!(!facts.entities[0].is_segment);
    assert_eq!(facts.entities[0].parent_id, Some(1));
}

#[test]
fn complete_beats_in_progress_and_later_beats_earlier() {
    let complete = || facts(vec![entity(1, Some(2.0))]);
    let open = || facts(vec![entity(1, None)]);
    for parts in [[open(), complete()], [complete(), open()]] {
        assert_eq!(merged(parts).entities, complete().entities);
    }
    let later = || facts(vec![entity(1, Some(3.0))]);
    assert_eq!(merged([complete(), later()]).entities, later().entities);
    assert_eq!(merged([later(), complete(), open()]).revision, 3);
}

#[test]
fn a_trace_with_very_many_subsegments_keeps_what_matters() {
    let document = |first: u64| facts((first..first + 100).map(|id| entity(id, None)).collect());
    let mut trace = merged((0..30).map(|number| document(number * 100)));
    assert_eq!(
        (trace.entities.len(), trace.left_out),
        (MAX_WITH_PLAIN, 1_000)
    );

    let failed = |id| EntityFacts {
        fault: true,
        ..entity(id, None)
    };
    let nested = EntityFacts {
        parent_id: Some(5_001),
        ..failed(5_002)
    };
    trace.merge(facts(vec![failed(5_000), entity(5_001, None), nested]));
    assert_eq!(trace.entities.len(), MAX_WITH_PLAIN + 3);

    trace.merge(facts((10_000..30_000).map(failed).collect()));
    assert_eq!(trace.entities.len(), MAX_ENTITIES);
    let segment = EntityFacts {
        is_segment: true,
        ..entity(40_000, None)
    };
    trace.merge(facts(vec![segment, entity(7, Some(1.0))]));
    assert_eq!(trace.entities.len(), MAX_ENTITIES);
    assert_eq!(trace.entities[7].end_time, Some(1.0));
}

#[test]
fn the_first_document_may_be_too_large_already() {
    let trace = merged([facts((0..3_000).map(|id| entity(id, None)).collect())]);
    assert_eq!(
        (trace.entities.len(), trace.left_out),
        (MAX_WITH_PLAIN, 1_000)
    );
}

fn any_facts() -> impl Strategy<Value = TraceFacts> {
    let time = prop_oneof![Just(None), (0..9u8).prop_map(|end| Some(f64::from(end)))];
    let entities = proptest::collection::btree_map(0..60u64, time, 0..50);
    entities.prop_map(|entities| {
        facts(
            entities
                .into_iter()
                .map(|(id, end)| entity(id, end))
                .collect(),
        )
    })
}

proptest! {
    /// Buckets hold parts of a trace; queries put them together.
    #[test]
    fn parts_may_be_put_together_in_any_grouping(parts in proptest::collection::vec(any_facts(), 2..6), cut in 1..5usize) {
        let cut = cut.min(parts.len() - 1);
        let (early, late) = parts.split_at(cut);
        let mut grouped = merged(early.iter().cloned());
        grouped.merge(merged(late.iter().cloned()));
        prop_assert_eq!(sorted(grouped), sorted(merged(parts)));
    }

    #[test]
    fn the_order_of_arrival_does_not_matter_for_different_entities(parts in proptest::collection::vec(any_facts(), 2..6)) {
        let apart = |(part, mut facts): (usize, TraceFacts)| {
            for entity in &mut facts.entities {
                entity.id += part as u64 * 100;
            }
            facts
        };
        let parts: Vec<_> = parts.into_iter().enumerate().map(apart).collect();
        let backwards = merged(parts.iter().rev().cloned());
        prop_assert_eq!(sorted(merged(parts)), sorted(backwards));
    }

    #[test]
    fn a_repeated_document_changes_nothing_but_the_revision(facts in any_facts(), times in 1..4usize) {
        let once = facts.clone();
        let again = merged(std::iter::repeat_n(facts, times));
        prop_assert_eq!(again.entities, once.entities);
        prop_assert_eq!(again.revision, times as u32);
    }

    #[test]
    fn complete_entities_stay_complete(parts in proptest::collection::vec(any_facts(), 1..5)) {
        let complete = |facts: &TraceFacts| -> Vec<u64> {
            let ended = facts.entities.iter().filter(|entity| entity.end_time.is_some());
            ended.map(|entity| entity.id).collect()
        };
        let mut expected: Vec<_> = parts.iter().flat_map(complete).collect();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(complete(&sorted(merged(parts))), expected);
    }
}
