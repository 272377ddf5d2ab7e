use proptest::prelude::*;

use super::*;

const ROOT_TEXT: &str = "1-5759e988-bd862e3fe1be46a994272793";

fn pairs(header: &TraceHeader) -> Vec<(&str, &str)> {
    header
        .data
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .collect()
}

#[test]
fn unknown_pairs_keep_their_order_and_self_is_dropped() {
    let text = format!("Self=1-0-0;b=2;Root={ROOT_TEXT};a=x=y;Lineage=1:36680206:0");
    let header = TraceHeader::parse(&text).unwrap();
    assert_eq!(
        pairs(&header),
        [("b", "2"), ("a", "x=y"), ("Lineage", "1:36680206:0")]
    );
}

#[test]
fn unknown_pairs_are_bounded_but_lineage_always_fits() {
    let text = format!(
        "a={};b={};c=3;Lineage=1:2:3",
        "x".repeat(200),
        "y".repeat(200)
    );
    let header = TraceHeader::parse(&text).unwrap();
    let keys: Vec<_> = pairs(&header).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["a", "c", "Lineage"]);
}

#[test]
fn control_characters_are_never_written_even_when_a_caller_put_them() {
    let header = TraceHeader {
        data: vec![
            ("a".into(), "1\r\nSet-Cookie: x".into()),
            ("b\n".into(), "1".into()),
            ("c".into(), "1;Sampled=1".into()),
            ("Root".into(), "x".into()),
            ("d".into(), "4".into()),
        ],
        ..TraceHeader::default()
    };
    assert_eq!(header.to_string(), "d=4");
}

#[test]
fn what_w3c_calls_invalid_is_refused() {
    let valid = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
    assert!(TraceHeader::parse_traceparent(valid).is_some());
    for text in [
        "",
        "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-0",
        "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-00",
        "ff-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        "00-00000000000000000000000000000000-53995c3f42cd8ad8-01",
        "00-5759e988bd862e3fe1be46a994272793-0000000000000000-01",
        "00-5759E988BD862E3FE1BE46A994272793-53995c3f42cd8ad8-01",
        "00_5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        "00-5759e988bd862e3fe1be46a99427279é-53995c3f42cd8ad8-01",
    ] {
        assert_eq!(TraceHeader::parse_traceparent(text), None, "{text:?}");
    }
    let later = "cc-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-what-comes";
    assert!(TraceHeader::parse_traceparent(later).is_some());
}

fn any_header() -> impl Strategy<Value = TraceHeader> {
    let flag = prop_oneof![
        Just(SamplingFlag::Sampled),
        Just(SamplingFlag::NotSampled),
        Just(SamplingFlag::Requested)
    ];
    let data = proptest::collection::btree_map("[a-z]{1,8}", "[ -:<-~]{0,8}", 0..4);
    (
        1u32..,
        any::<[u8; 12]>(),
        proptest::option::of(1u64..),
        proptest::option::of(flag),
        data,
    )
        .prop_map(|(epoch, random, parent, sampled, data)| TraceHeader {
            root: Some(TraceId::new(epoch, random)),
            parent: parent.map(SegmentId),
            sampled,
            data: data
                .into_iter()
                .map(|(key, value)| (key.into(), value.trim().into()))
                .collect(),
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(header in any_header()) {
        prop_assert_eq!(TraceHeader::parse(&header.to_string()), Ok(header));
    }

    #[test]
    fn traceparent_carries_root_parent_and_decision(header in any_header()) {
        let back = header.to_traceparent().map(|text| TraceHeader::parse_traceparent(&text).unwrap());
        prop_assert_eq!(back.is_some(), header.parent.is_some());
        if let Some(back) = back {
            prop_assert_eq!((back.root, back.parent), (header.root, header.parent));
            let was_sampled = header.sampled == Some(SamplingFlag::Sampled);
            prop_assert_eq!(back.sampled == Some(SamplingFlag::Sampled), was_sampled);
        }
    }

    #[test]
    fn any_text_is_read_without_panic_and_written_as_one_clean_line(
        text in "([A-Za-z]{0,6}|Root|Parent|Sampled|=|;|1-|[0-9a-f]{8,24}|\\PC|[\\r\\n\\t ]){0,30}"
    ) {
        if let Ok(header) = TraceHeader::parse(&text) {
            let written = header.to_string();
            prop_assert!(written.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{:?}", written);
            prop_assert!(written.len() <= 600);
            if !written.is_empty() {
                prop_assert_eq!(TraceHeader::parse(&written), Ok(header));
            }
        }
        let _ = TraceHeader::parse_traceparent(&text);
    }
}
