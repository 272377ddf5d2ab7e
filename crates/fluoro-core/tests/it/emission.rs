//! Streaming and splitting: what leaves, and as how many datagrams.

use std::collections::HashMap;

use fluoro_core::emission::{self, LARGEST_DOCUMENT};
use fluoro_core::segment::Segment;
use fluoro_core::tree::ROOT;
use fluoro_core::{Native, Value, streaming};
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::support::{begin, ended, parse, tree};

fn emitted(segment: &Segment<Native>) -> Vec<Json> {
    let mut documents = Vec::new();
    emission::emit(segment, ROOT, &(), &mut |datagram| {
        assert!(
            datagram.len() <= LARGEST_DOCUMENT + 64,
            "{} bytes",
            datagram.len()
        );
        documents.push(parse(datagram));
    });
    documents
}

fn with_metadata(tree: &mut fluoro_core::tree::Tree<Native>, index: u32, bytes: usize) {
    let details = tree.node_mut(index).details();
    details.put_metadata(
        "default".into(),
        "blob".into(),
        Value::from("x".repeat(bytes)),
    );
}

/// Ids by parent id, over all documents.
fn parents(documents: &[Json]) -> HashMap<String, String> {
    fn visit(document: &Json, parent: Option<&str>, found: &mut HashMap<String, String>) {
        let id = document["id"].as_str().expect("every entity has an id");
        let parent = parent
            .or_else(|| document["parent_id"].as_str())
            .unwrap_or("");
        assert!(
            found.insert(id.to_owned(), parent.to_owned()).is_none(),
            "{id} was sent twice"
        );
        for child in document["subsegments"].as_array().into_iter().flatten() {
            visit(child, Some(id), found);
        }
    }
    let mut found = HashMap::new();
    for document in documents {
        visit(document, None, &mut found);
    }
    found
}

#[test]
fn a_small_segment_is_one_datagram() {
    let mut tree = tree();
    ended(&mut tree, ROOT, "a", 2);
    tree.close(ROOT, 1001.0).expect("it is open");
    assert_eq!(emitted(&Segment::new(tree)).len(), 1);
}

#[test]
fn the_largest_ended_subtrees_leave_first() {
    let mut tree = tree();
    let large = ended(&mut tree, ROOT, "large", 2);
    with_metadata(&mut tree, large, 50_000);
    let small = ended(&mut tree, ROOT, "small", 3);
    with_metadata(&mut tree, small, 20_000);
    tree.close(ROOT, 1001.0).expect("it is open");
    let documents = emitted(&Segment::new(tree));
    let names: Vec<_> = documents
        .iter()
        .map(|document| document["name"].clone())
        .collect();
    assert_eq!(names, ["large", "shop"]);
    assert_eq!(documents[0]["parent_id"], documents[1]["id"]);
    assert_eq!(documents[0]["type"], "subsegment");
    assert_eq!(documents[1]["subsegments"][0]["name"], "small");
}

#[test]
fn long_texts_are_cut_when_splitting_is_not_enough() {
    let mut tree = tree();
    with_metadata(&mut tree, ROOT, 100_000);
    tree.close(ROOT, 1001.0).expect("it is open");
    let documents = emitted(&Segment::new(tree));
    assert_eq!(documents.len(), 1);
    let text = documents[0]["metadata"]["default"]["blob"]
        .as_str()
        .expect("text");
    assert!(
        text.ends_with("… [92000 bytes cut]"),
        "{}",
        &text[text.len() - 40..]
    );
}

#[test]
fn the_root_arrives_whatever_it_holds() {
    let mut tree = tree();
    for key in 0..2_000 {
        let details = tree.node_mut(ROOT).details();
        details.put_metadata("default".into(), format!("{key:060}").into(), Value::Null);
    }
    tree.close(ROOT, 1001.0).expect("it is open");
    let documents = emitted(&Segment::new(tree));
    assert_eq!(documents[0]["name"], "shop");
    assert!(documents[0]["metadata"]["fluoro"]["cut"].is_string());
}

#[test]
fn streaming_takes_ended_subtrees_and_leaves_the_rest() {
    let mut tree = tree();
    let open = begin(&mut tree, ROOT, "open", 2);
    ended(&mut tree, open, "inside", 3);
    ended(&mut tree, ROOT, "beside", 4);
    let segment = Segment::new(tree);
    assert!(
        streaming::take_due(&segment, 3).is_empty(),
        "three are not more than three"
    );
    let taken = streaming::take_due(&segment, 2);
    let names: Vec<_> = taken
        .iter()
        .map(|&index| segment.lock().node(index).name.to_string())
        .collect();
    assert_eq!(names, ["inside", "beside"]);
    assert_eq!(
        segment.lock().held,
        1,
        "a streamed subtree is not counted any more"
    );
    assert!(
        streaming::take_due(&segment, 0).is_empty(),
        "nothing is taken twice"
    );
}

#[test]
fn slots_of_streamed_subsegments_are_used_again() {
    let segment = Segment::new(tree());
    for id in 2..10_000 {
        ended(&mut segment.lock(), ROOT, "one of many", id);
        for index in streaming::take_due(&segment, 30) {
            segment.remove(index);
        }
    }
    assert!(segment.lock().nodes().count() < 100);
}

#[derive(Debug, Clone)]
enum Step {
    Begin { depth: usize, bytes: usize },
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4usize, prop_oneof![Just(0usize), 0..30_000usize])
            .prop_map(|(depth, bytes)| Step::Begin { depth, bytes }),
        2 => Just(Step::End),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn nothing_is_lost_or_sent_twice(steps in steps(), threshold in 0..10i64) {
        let segment = Segment::new(tree());
        let mut open = vec![ROOT];
        let mut expected = HashMap::from([("0000000000000001".to_owned(), String::new())]);
        let mut documents = Vec::new();
        let mut next_id = 2;
        for step in steps {
            match step {
                Step::Begin { depth, bytes } => {
                    let parent = open[depth.min(open.len() - 1)];
                    let mut tree = segment.lock();
                    let index = begin(&mut tree, parent, "work", next_id);
                    if bytes > 0 {
                        with_metadata(&mut tree, index, bytes);
                    }
                    let parent = tree.node(parent).id.to_string();
                    expected.insert(format!("{next_id:016x}"), parent);
                    open.push(index);
                    next_id += 1;
                }
                Step::End if open.len() > 1 => {
                    let index = open.pop().expect("one is open");
                    segment.lock().close(index, 1000.5).expect("it is open");
                }
                Step::End => continue,
            }
            for index in streaming::take_due(&segment, threshold) {
                emission::emit(&segment, index, &(), &mut |datagram| {
                    documents.push(parse(datagram));
                });
                segment.remove(index);
            }
        }
        while let Some(index) = open.pop() {
            segment.lock().close(index, 1001.0).expect("it is open");
        }
        documents.extend(emitted(&segment));
        prop_assert_eq!(parents(&documents), expected);
    }
}
