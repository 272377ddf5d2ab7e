//! One span as a segment, a subsegment, or a segment with a call in it.

use fluoro_wire::clean_name;
use opentelemetry_proto::tonic::{
    common::v1::InstrumentationScope,
    trace::v1::{Span, span::SpanKind},
};

use super::{
    annotations::{Leftover, write_value},
    attributes::Attributes,
    aws, cause,
    detail::Detail,
    flags::Flags,
    http, name,
    object::{Object, write_object},
    otel::{self, Known},
    resource::SegmentResource,
    sql,
    wire::{around, identifier, trace_identifier, write_time},
};

/// What a span becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Segment,
    Subsegment,
    /// A call that nothing encloses: a segment of the caller around it.
    SegmentWithCall,
}

/// Everything that is known about a span.
pub(super) struct Source<'a> {
    pub(super) span: &'a Span,
    pub(super) resource: &'a SegmentResource<'a>,
    pub(super) scope: Option<&'a InstrumentationScope>,
}

/// The flags of [`Span`] that tell whether the parent is in another process.
const PARENT_IS_KNOWN: u32 = 0x100;
const PARENT_IS_REMOTE: u32 = 0x200;

/// The span as a document.
pub(super) fn document(source: &Source<'_>, detail: Detail) -> Vec<u8> {
    let attributes = Attributes::new(&source.span.attributes);
    let writer = Writer {
        source,
        form: form(source.span, &attributes),
        attributes,
        detail,
    };
    let mut out = Vec::with_capacity(1_024);
    write_object(&mut out, |object| match writer.form {
        Form::Segment => writer.write_segment(object),
        Form::Subsegment => writer.write_subsegment(object),
        Form::SegmentWithCall => writer.write_segment_with_call(object),
    });
    out
}

fn form(span: &Span, attributes: &Attributes<'_>) -> Form {
    let is_root = identifier(&span.parent_span_id).is_none()
        || attributes.text(&["aws.span.kind"]) == Some(otel::LOCAL_ROOT);
    let is_parent_known = span.flags & PARENT_IS_KNOWN != 0;
    let is_parent_remote = is_parent_known && span.flags & PARENT_IS_REMOTE != 0;
    let enters_service = is_root || is_parent_remote;
    match span.kind() {
        SpanKind::Server => Form::Segment,
        // Messages come from elsewhere, unless the span says that its parent is here.
        SpanKind::Consumer if enters_service || !is_parent_known => Form::Segment,
        SpanKind::Client | SpanKind::Producer if enters_service => Form::SegmentWithCall,
        SpanKind::Internal | SpanKind::Unspecified if enters_service => Form::Segment,
        _ => Form::Subsegment,
    }
}

struct Writer<'a> {
    source: &'a Source<'a>,
    attributes: Attributes<'a>,
    form: Form,
    detail: Detail,
}

impl<'a> Writer<'a> {
    fn write_segment(&self, object: &mut Object<'_>) {
        let span = self.source.span;
        let service = name::service(&self.attributes, &self.source.resource.attributes, span);
        let entity_name = clean_name(service);
        object.text("name", Some(&entity_name));
        object.text("id", identifier(&span.span_id).as_deref());
        self.write_trace(object);
        self.write_times(object);
        object.members(&self.source.resource.members);
        object.text("user", self.user());
        let known = Known {
            name: &entity_name,
            kind: SpanKind::Server,
            service: name::resource_service(&self.source.resource.attributes)
                .filter(|service| *service != entity_name),
        };
        self.write_rest(object, &known, &self.source.resource.metadata);
    }

    fn write_subsegment(&self, object: &mut Object<'_>) {
        let span = self.source.span;
        let callee = name::callee(&self.attributes, span);
        let entity_name = clean_name(&callee.name);
        object.text("name", Some(&entity_name));
        object.text("id", identifier(&span.span_id).as_deref());
        if self.form == Form::Subsegment {
            object.text("type", Some("subsegment"));
            self.write_trace(object);
        }
        self.write_times(object);
        object.text("namespace", callee.namespace);
        aws::write_call(object, &self.attributes, callee.namespace == Some("aws"));
        sql::write(object, &self.attributes);
        let known = Known {
            name: &entity_name,
            kind: match callee.namespace {
                Some(_) => SpanKind::Client,
                None => SpanKind::Internal,
            },
            service: name::resource_service(&self.source.resource.attributes),
        };
        self.write_rest(object, &known, &[]);
    }

    fn write_segment_with_call(&self, object: &mut Object<'_>) {
        let span = self.source.span;
        let resource = self.source.resource;
        let service = name::service(&self.attributes, &resource.attributes, span);
        object.text("name", Some(&clean_name(service)));
        object.text("id", around(&span.span_id).as_deref());
        self.write_trace(object);
        self.write_times(object);
        object.members(&resource.members);
        object.text("user", self.user());
        let status = self
            .attributes
            .look(&["http.response.status_code", "http.status_code"]);
        let status = status.and_then(super::attributes::as_integer);
        Flags::look(span, &self.attributes, status).write(object);
        object.object("metadata", |metadata| {
            metadata.object("default", |default| default.members(&resource.metadata));
            metadata.object(otel::NAMESPACE, |otel| {
                otel.text("kind", Some(otel::LOCAL_ROOT))
            });
        });
        object.array("subsegments", |array| {
            array.object(|object| self.write_subsegment(object));
        });
    }

    /// What segments and subsegments have in common.
    fn write_rest(&self, object: &mut Object<'_>, known: &Known<'_>, resource: &[u8]) {
        let span = self.source.span;
        let status = http::write(object, &self.attributes, span.kind());
        Flags::look(span, &self.attributes, status).write(object);
        Flags::place(&self.attributes);
        let language = self
            .source
            .resource
            .attributes
            .peek(&["telemetry.sdk.language"]);
        cause::write(object, span, language, self.detail);
        let leftover = Leftover::of(&self.attributes);
        leftover.write_annotations(object, self.detail);
        object.object("metadata", |metadata| {
            metadata.object("default", |default| {
                leftover.write_default(default, self.detail);
                default.members(resource);
            });
            leftover.write_namespaces(metadata, &["default", otel::NAMESPACE]);
            metadata.object(otel::NAMESPACE, |object| {
                otel::write(object, span, self.source.scope, known, self.detail);
            });
        });
        self.write_links(object);
    }

    fn write_trace(&self, object: &mut Object<'_>) {
        let span = self.source.span;
        object.text("trace_id", trace_identifier(&span.trace_id).as_deref());
        object.text("parent_id", identifier(&span.parent_span_id).as_deref());
    }

    fn write_times(&self, object: &mut Object<'_>) {
        let span = self.source.span;
        if span.start_time_unix_nano > 0 {
            write_time(object.value("start_time"), span.start_time_unix_nano);
        }
        let in_progress = self.attributes.boolean(&["aws.xray.inprogress"]);
        if in_progress == Some(true) || span.end_time_unix_nano == 0 {
            object.flag("in_progress", true);
        } else {
            write_time(object.value("end_time"), span.end_time_unix_nano);
        }
    }

    fn user(&self) -> Option<&'a str> {
        self.attributes.text(&["enduser.id", "user.id"])
    }

    /// A link whose ids are malformed leads nowhere and is left out.
    fn write_links(&self, object: &mut Object<'_>) {
        let links = self.source.span.links.iter();
        object.array("links", |array| {
            for link in links.filter(|link| link.trace_id.len() == 16 && link.span_id.len() == 8) {
                array.object(|object| {
                    object.text("trace_id", trace_identifier(&link.trace_id).as_deref());
                    object.text("id", identifier(&link.span_id).as_deref());
                    object.object("attributes", |members| {
                        for (key, value) in Attributes::new(&link.attributes).rest() {
                            write_value(members.value(key), value, self.detail);
                        }
                    });
                });
            }
        });
    }
}
