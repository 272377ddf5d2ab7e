//! What shows of a trace's facts at a glance: read from their bytes, without making them.
//!
//! Most of the time that a scan takes goes into facts of traces that are not wanted. The structs
//! here have the layout of the facts, with texts left where they are.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};

use super::Namespace;

/// What any entity of a trace has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Glance {
    pub(crate) error: bool,
    pub(crate) fault: bool,
    pub(crate) throttle: bool,
    pub(crate) in_progress: bool,
}

impl Glance {
    /// Looks at facts as the store writes them; none if they are damaged.
    pub(crate) fn at(facts: &[u8]) -> Option<Self> {
        postcard::take_from_bytes(facts)
            .ok()
            .map(|(glance, _)| glance)
    }
}

impl<'de> Deserialize<'de> for Glance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entities)
    }
}

/// Looks at one entity after the other.
struct Entities;

impl<'de> Visitor<'de> for Entities {
    type Value = Glance;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the entities of a trace")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entities: A) -> Result<Glance, A::Error> {
        let mut glance = Glance::default();
        while let Some(entity) = entities.next_element::<Entity<'de>>()? {
            glance.error |= entity.error;
            glance.fault |= entity.fault;
            glance.throttle |= entity.throttle;
            glance.in_progress |= entity.end_time.is_none();
        }
        Ok(glance)
    }
}

/// The layout of [`EntityFacts`](super::EntityFacts).
#[derive(Deserialize)]
struct Entity<'a> {
    _id: u64,
    _parent_id: Option<u64>,
    #[serde(borrow)]
    _name: &'a [u8],
    _start_time: f64,
    end_time: Option<f64>,
    _is_segment: bool,
    error: bool,
    fault: bool,
    throttle: bool,
    _namespace: Namespace,
    #[serde(borrow)]
    _details: Option<Details<'a>>,
}

/// The layout of [`Details`](super::Details).
#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow)]
    _before_status: [Option<&'a [u8]>; 7],
    _status: Option<u16>,
    _traced: bool,
    #[serde(borrow)]
    _after_traced: [Option<&'a [u8]>; 6],
    #[serde(borrow)]
    _annotations: Vec<(&'a [u8], AnnotationValue<'a>)>,
    #[serde(borrow)]
    _exceptions: Vec<(&'a [u8], &'a [u8], bool)>,
    #[serde(borrow)]
    _linked_traces: Vec<&'a [u8]>,
}

/// The layout of [`AnnotationValue`](super::AnnotationValue).
#[derive(Deserialize)]
enum AnnotationValue<'a> {
    Boolean {
        _value: bool,
    },
    Number {
        _value: f64,
    },
    String {
        #[serde(borrow)]
        _value: &'a [u8],
    },
}
