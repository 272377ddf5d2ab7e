//! Reading what arrived: which documents are kept, what they say about which traces, and what is
//! wrong with the others.

use std::collections::HashMap;

use fluoro_wire::{Field, ReceivedEntity, Rejection, TraceId};

use super::rejected;
use crate::{Arrival, Rejected, facts::TraceFacts};

/// A batch that was read, and not written yet.
pub(super) struct Batch<'a> {
    pub(super) documents: Vec<&'a [u8]>,
    pub(super) traces: Vec<TraceChange>,
    pub(super) rejected: Vec<(usize, Rejected)>,
    pub(super) first_arrival: f64,
    pub(super) last_arrival: f64,
}

/// What a batch adds to a trace.
pub(super) struct TraceChange {
    pub(super) id: TraceId,
    pub(super) facts: TraceFacts,
    /// Places in the batch's documents.
    pub(super) documents: Vec<usize>,
}

impl<'a> Batch<'a> {
    pub(super) fn read(arrivals: &'a [Arrival]) -> Self {
        let mut batch = Self {
            documents: Vec::with_capacity(arrivals.len()),
            traces: Vec::new(),
            rejected: Vec::new(),
            first_arrival: f64::INFINITY,
            last_arrival: f64::NEG_INFINITY,
        };
        let mut places = HashMap::new();
        for (place, arrival) in arrivals.iter().enumerate() {
            batch.first_arrival = batch.first_arrival.min(arrival.received_at);
            batch.last_arrival = batch.last_arrival.max(arrival.received_at);
            match read(&arrival.document) {
                Ok((id, facts)) => batch.add(&mut places, id, facts, &arrival.document),
                Err(unread) => batch.rejected.push((place, unread.of(arrival))),
            }
        }
        batch
    }

    fn add(
        &mut self,
        places: &mut HashMap<TraceId, usize>,
        id: TraceId,
        facts: TraceFacts,
        document: &'a [u8],
    ) {
        let place = *places.entry(id).or_insert_with(|| {
            self.traces.push(TraceChange {
                id,
                facts: TraceFacts::default(),
                documents: Vec::new(),
            });
            self.traces.len() - 1
        });
        let change = &mut self.traces[place];
        change.facts.merge(facts);
        change.documents.push(self.documents.len());
        self.documents.push(document);
    }
}

/// A document that is rejected, with the ids that could be read.
struct Unread {
    rejection: Rejection,
    segment_id: Option<String>,
    trace_id: Option<String>,
}

fn read(document: &[u8]) -> Result<(TraceId, TraceFacts), Box<Unread>> {
    let unread = |rejection, segment_id, trace_id| {
        Box::new(Unread {
            rejection,
            segment_id,
            trace_id,
        })
    };
    let document = ReceivedEntity::read_checked(document)
        .map_err(|rejection| unread(rejection, None, None))?;
    match document.check() {
        Ok(id) => Ok((id, TraceFacts::from_document(&document))),
        Err(rejection) => {
            let segment_id = as_spelled(&document.id);
            Err(unread(
                rejection,
                segment_id,
                as_spelled(&document.trace_id),
            ))
        }
    }
}

fn as_spelled(id: &Field<impl ToString>) -> Option<String> {
    match id {
        Field::Absent => None,
        Field::Value(id) => Some(id.to_string()),
        Field::Wrong(value) => Some(value.trim_matches('"').to_owned()),
    }
}

impl Unread {
    fn of(self, arrival: &Arrival) -> Rejected {
        let kept = arrival.document.len().min(rejected::KEPT_BYTES);
        Rejected {
            number: 0,
            received_at: arrival.received_at,
            source: arrival.source,
            segment_id: self.segment_id,
            trace_id: self.trace_id,
            code: self.rejection.code.as_str(),
            message: self.rejection.message,
            document: arrival.document[..kept].to_vec(),
        }
    }
}
