//! From a document to facts.

use std::borrow::Cow;

use fluoro_wire::{Field, ReceivedAnnotation, ReceivedEntity, ReceivedException};

use super::{AnnotationValue, Details, EntityFacts, ExceptionFacts, Namespace, TraceFacts};

impl TraceFacts {
    /// The facts of one document that passed [`ReceivedEntity::check`], its segment first, each
    /// subsegment before what is nested in it.
    pub fn from_document(document: &ReceivedEntity<'_>) -> Self {
        let mut entities = Vec::with_capacity(1 + document.subsegments.len());
        let parent_id = document.parent_id.value().map(|id| id.0);
        let is_segment = !document.is_streamed_subsegment();
        push(&mut entities, document, parent_id, is_segment);
        Self {
            entities,
            revision: 1,
            left_out: 0,
        }
    }
}

fn push(
    entities: &mut Vec<EntityFacts>,
    entity: &ReceivedEntity<'_>,
    parent_id: Option<u64>,
    is_segment: bool,
) {
    let id = entity.id.value().map_or(0, |id| id.0);
    entities.push(EntityFacts {
        id,
        parent_id,
        name: entity
            .name
            .value()
            .map_or_else(Box::default, |name| boxed(name)),
        start_time: entity.start_time.value().copied().unwrap_or_default(),
        end_time: end_time(entity),
        is_segment,
        error: entity.error,
        fault: entity.fault,
        throttle: entity.throttle,
        namespace: namespace(entity),
        details: details(entity),
    });
    for subsegment in &entity.subsegments {
        push(entities, subsegment, Some(id), false);
    }
}

fn end_time(entity: &ReceivedEntity<'_>) -> Option<f64> {
    match entity.end_time {
        Field::Value(time) if !entity.in_progress => Some(time),
        _ => None,
    }
}

fn namespace(entity: &ReceivedEntity<'_>) -> Namespace {
    match entity.namespace.as_deref() {
        Some("remote") => Namespace::Remote,
        Some("aws") => Namespace::Aws,
        _ => Namespace::Local,
    }
}

/// The details, unless there are none.
fn details(entity: &ReceivedEntity<'_>) -> Option<Box<Details>> {
    let (http, aws) = (&entity.http, &entity.aws);
    let details = Details {
        origin: text(&entity.origin),
        resource_arn: text(&entity.resource_arn),
        user: text(&entity.user),
        url: text(&http.url),
        method: text(&http.method),
        user_agent: text(&http.user_agent),
        client_ip: text(&http.client_ip),
        status: http.status.and_then(status),
        traced: entity.traced,
        account_id: text(&aws.account_id),
        instance_id: text(&aws.instance_id),
        availability_zone: text(&aws.availability_zone),
        operation: text(&aws.operation),
        resource_name: text(&aws.resource_name),
        database_type: text(&entity.database_type),
        annotations: annotations(entity),
        exceptions: entity.exceptions.iter().map(exception).collect(),
        linked_traces: linked_traces(entity),
    };
    (details != Details::default()).then(|| Box::new(details))
}

fn annotations(entity: &ReceivedEntity<'_>) -> Vec<(Box<str>, AnnotationValue)> {
    let annotations = entity.annotations.iter();
    let known = annotations.filter_map(|(key, value)| Some((boxed(key), annotation(value)?)));
    known.collect()
}

fn annotation(value: &ReceivedAnnotation<'_>) -> Option<AnnotationValue> {
    match value {
        ReceivedAnnotation::Unsupported => None,
        ReceivedAnnotation::Boolean(flag) => Some(AnnotationValue::Boolean(*flag)),
        ReceivedAnnotation::Number(number) => Some(AnnotationValue::Number(*number)),
        ReceivedAnnotation::String(text) => Some(AnnotationValue::String(boxed(text))),
    }
}

fn exception(exception: &ReceivedException<'_>) -> ExceptionFacts {
    ExceptionFacts {
        kind: text(&exception.kind).unwrap_or_default(),
        message: text(&exception.message).unwrap_or_default(),
        remote: exception.remote,
    }
}

fn linked_traces(entity: &ReceivedEntity<'_>) -> Vec<Box<str>> {
    let links = entity.links.iter();
    links.filter_map(|link| text(&link.trace_id)).collect()
}

fn status(number: f64) -> Option<u16> {
    (number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&number))
        .then_some(number as u16)
}

fn text(text: &Option<Cow<'_, str>>) -> Option<Box<str>> {
    text.as_deref().map(boxed)
}

fn boxed(text: &str) -> Box<str> {
    Box::from(text)
}
