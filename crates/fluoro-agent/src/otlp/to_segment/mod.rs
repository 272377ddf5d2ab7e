//! Spans as segment documents, one document per span.
//!
//! A span that enters a service becomes a segment: kind SERVER, no parent, or a parent in another
//! process. Any other becomes a subsegment in a document of its own, which the store merges with
//! its parent whenever that comes. A call that nothing encloses (kind CLIENT or PRODUCER) becomes a
//! segment of its service with the call as its subsegment.
//!
//! What X-Ray has a place for goes there, from the stable HTTP conventions and the ones before
//! them: `http`, `aws`, `sql`, `cause`, `user`, `origin`, `service`, `links`. Every other attribute
//! that is a plain value becomes an annotation, so that it can be searched: up to 50 per span,
//! those that `aws.xray.annotations` names first. Annotation keys keep letters, digits, `_` and `.`;
//! other characters become `_`. The rest is metadata: lists, maps, long texts and what is over 50
//! in `default`, resource attributes of segments there as `otel.resource.*`, and what only
//! OpenTelemetry knows (span name, kind, scope, events) in `otel`.
//!
//! Nothing is refused here. What is missing or malformed in a span is so in its document, and the
//! store keeps that aside with the reason.

mod annotations;
mod attributes;
mod aws;
mod cause;
mod convert;
mod detail;
mod entity;
mod flags;
mod http;
mod name;
mod object;
mod otel;
mod resource;
mod sql;
mod stack;
mod wire;

pub use convert::convert;
