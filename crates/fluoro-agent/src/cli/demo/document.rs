use fluoro_wire::{SegmentId, TraceId};
use serde_json::{Map, Value, json};

use super::random::Random;

/// A segment or subsegment that is being made.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) start: f64,
    fields: Map<String, Value>,
    subsegments: Vec<Part>,
}

impl Part {
    /// A subsegment.
    pub(super) fn new(name: &str, start: f64, random: &mut Random) -> Self {
        let id = SegmentId(random.number() | 1).to_string();
        let mut fields = Map::new();
        fields.insert("name".to_owned(), name.into());
        fields.insert("id".to_owned(), id.clone().into());
        fields.insert("start_time".to_owned(), start.into());
        Self {
            id,
            start,
            fields,
            subsegments: Vec::new(),
        }
    }

    /// The same as a segment: a service's part of a trace, called by `parent`.
    pub(super) fn in_trace(self, trace: TraceId, origin: &str, parent: Option<&str>) -> Self {
        let part = self
            .with("trace_id", trace.to_string())
            .with("origin", origin);
        match parent {
            Some(parent) => part.with("parent_id", parent),
            None => part,
        }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// The request and its answer; the status decides who is to blame.
    pub(super) fn with_http(self, method: &str, url: &str, status: u64) -> Self {
        let part = self.with(
            "http",
            json!({"request": {"method": method, "url": url}, "response": {"status": status}}),
        );
        match status {
            429 => part.with("error", true).with("throttle", true),
            400..=499 => part.with("error", true),
            500..=599 => part.with("fault", true),
            _ => part,
        }
    }

    /// The exception that made it fail.
    pub(super) fn with_exception(self, kind: &str, message: &str, random: &mut Random) -> Self {
        let exception = json!({
            "id": SegmentId(random.number() | 1).to_string(),
            "type": kind,
            "message": message,
            "stack": [
                {"path": "shop/orders.py", "line": 118, "label": "place_order"},
                {"path": "shop/payments.py", "line": 42, "label": "charge"},
            ],
        });
        self.with("fault", true).with(
            "cause",
            json!({"working_directory": "/app", "exceptions": [exception]}),
        )
    }

    pub(super) fn add(&mut self, subsegment: Self) {
        self.subsegments.push(subsegment);
    }

    /// Ends it at a time, or with its last subsegment if that is later.
    pub(super) fn ended(self, end: f64) -> Self {
        let end = end.max(self.last_end());
        self.with("end_time", end)
    }

    pub(super) fn last_end(&self) -> f64 {
        let ends = self.subsegments.iter().filter_map(Self::end);
        ends.fold(self.start, f64::max)
    }

    pub(super) fn end(&self) -> Option<f64> {
        self.fields.get("end_time").and_then(Value::as_f64)
    }

    pub(super) fn into_value(self) -> Value {
        let mut fields = self.fields;
        if !self.subsegments.is_empty() {
            let subsegments = self.subsegments.into_iter().map(Self::into_value);
            fields.insert("subsegments".to_owned(), subsegments.collect());
        }
        Value::Object(fields)
    }
}
