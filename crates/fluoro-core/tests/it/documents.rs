//! Documents as the service gets them.

use std::sync::Arc;

use fluoro_core::details::{Exception, Frame, RuntimeContext, Scalar, Sql};
use fluoro_core::segment::Segment;
use fluoro_core::tree::ROOT;
use fluoro_core::{Native, Value, emission};
use fluoro_wire::segment_id::SegmentId;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{begin, ended, tree};

fn document(segment: &Segment<Native>) -> Json {
    let text = emission::document(segment, ROOT, &());
    serde_json::from_slice(&text).expect("a document is JSON")
}

#[test]
fn a_whole_document() {
    let mut tree = tree();
    let query = begin(&mut tree, ROOT, "orders", 0xab);
    let details = tree.node_mut(query).details();
    details.sql = Some(Box::new(Sql {
        sanitized_query: Some("SELECT ?".into()),
        database_type: Some("sqlite".into()),
        ..Sql::default()
    }));
    tree.close(query, 1000.5).expect("it is open");

    tree.node_mut(ROOT).outcome.apply_status(503);
    let details = tree.node_mut(ROOT).details();
    details.http().url = Some("https://shop.example/".into());
    details.http().x_forwarded_for = true;
    details.http().status = Some(503);
    details.put_annotation("customer".into(), Scalar::Integer(17));
    details.put_annotation("ratio".into(), Scalar::Float(f64::NAN));
    details.put_metadata("default".into(), "rows".into(), Value::List(vec![1.into()]));
    details.exceptions.push(Exception {
        id: SegmentId(7),
        kind: "Timeout".into(),
        message: "too \"slow\"".into(),
        remote: true,
        stack: vec![Frame {
            path: "main.rs".into(),
            line: 3,
            label: "main".into(),
        }],
    });
    let aws = [("ec2", r#"{"instance_id":"i-1"}"#)];
    let runtime = RuntimeContext::new("X-Ray for Tests", "1", &aws, &[("runtime", "Rust")]);
    tree.surroundings.runtime = Some(Arc::new(runtime));
    tree.surroundings.rule_name = Some("fast".into());
    tree.surroundings.origin = Some("AWS::EC2::Instance".into());
    tree.parent_id = Some(SegmentId(9));
    tree.close(ROOT, 1001.0).expect("it is open");

    insta::assert_json_snapshot!(document(&Segment::new(tree)));
}

#[test]
fn what_is_not_sampled_is_left_out_with_everything_under_it() {
    let mut tree = tree();
    let hidden = begin(&mut tree, ROOT, "hidden", 2);
    tree.node_mut(hidden).sampled = false;
    ended(&mut tree, hidden, "inside", 3);
    ended(&mut tree, ROOT, "seen", 4);
    let document = document(&Segment::new(tree));
    assert_eq!(document["subsegments"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["subsegments"][0]["name"], "seen");
}

#[test]
fn nesting_is_bounded_so_that_no_program_overflows_the_stack() {
    let mut tree = tree();
    let mut parent = ROOT;
    for id in 2..20_000 {
        parent = begin(&mut tree, parent, "deeper", id);
    }
    let text = emission::document(&Segment::new(tree), ROOT, &());
    assert_eq!(text.iter().filter(|&&byte| byte == b'{').count(), 19_999);
}

fn values() -> impl Strategy<Value = (Value, Json)> {
    let leaf = prop_oneof![
        Just((Value::Null, Json::Null)),
        any::<bool>().prop_map(|truth| (Value::Bool(truth), json!(truth))),
        any::<i64>().prop_map(|number| (Value::Integer(number), json!(number))),
        any::<f64>().prop_map(|number| (Value::Float(number), json!(number))),
        ".*".prop_map(|text| (Value::from(text.clone()), Json::String(text))),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..6).prop_map(|items| {
            let (values, expected) = items.into_iter().unzip();
            (Value::List(values), Json::Array(expected))
        });
        let map = prop::collection::btree_map(".*", inner, 0..6).prop_map(|members| {
            let mut values = Vec::new();
            let mut expected = serde_json::Map::new();
            for (key, (value, json)) in members {
                values.push((key.clone().into(), value));
                expected.insert(key, json);
            }
            (Value::Map(values), Json::Object(expected))
        });
        prop_oneof![list, map]
    })
}

proptest! {
    #[test]
    fn metadata_is_written_as_serde_json_would((value, expected) in values()) {
        let mut tree = tree();
        tree.node_mut(ROOT).details().put_metadata("n".into(), "k".into(), value);
        prop_assert_eq!(&document(&Segment::new(tree))["metadata"]["n"]["k"], &expected);
    }

    #[test]
    fn times_come_back_to_the_bit(time in 0.0..4e9f64) {
        let mut tree = tree();
        tree.node_mut(ROOT).start_time = time;
        prop_assert_eq!(document(&Segment::new(tree))["start_time"].as_f64(), Some(time));
    }
}
