//! The rarer data of a segment or subsegment, boxed beside its node.

use std::sync::Arc;

use fluoro_wire::json;

use crate::encode::{Sink, write_text};
use crate::host::Host;

/// An annotation's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<T> {
    /// Text.
    Text(T),
    /// A whole number.
    Integer(i64),
    /// A number; not-a-number and infinities cannot be indexed and are written as text.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

impl From<&'static str> for Scalar<std::borrow::Cow<'static, str>> {
    fn from(text: &'static str) -> Self {
        Scalar::Text(text.into())
    }
}

impl From<String> for Scalar<std::borrow::Cow<'static, str>> {
    fn from(text: String) -> Self {
        Scalar::Text(text.into())
    }
}

impl<T> From<i64> for Scalar<T> {
    fn from(number: i64) -> Self {
        Scalar::Integer(number)
    }
}

impl<T> From<i32> for Scalar<T> {
    fn from(number: i32) -> Self {
        Scalar::Integer(number.into())
    }
}

impl<T> From<f64> for Scalar<T> {
    fn from(number: f64) -> Self {
        Scalar::Float(number)
    }
}

impl<T> From<bool> for Scalar<T> {
    fn from(truth: bool) -> Self {
        Scalar::Bool(truth)
    }
}

/// The HTTP request and response a segment or subsegment stands for.
#[derive(Debug)]
pub struct Http<T> {
    /// Address asked for.
    pub url: Option<T>,
    /// Request method.
    pub method: Option<T>,
    /// The client's `User-Agent`.
    pub user_agent: Option<T>,
    /// The client's address.
    pub client_ip: Option<T>,
    /// True when the client's address was taken from `X-Forwarded-For`.
    pub x_forwarded_for: bool,
    /// Response status.
    pub status: Option<i64>,
    /// Length of the response's body in bytes.
    pub content_length: Option<i64>,
}

impl<T> Default for Http<T> {
    fn default() -> Self {
        Http {
            url: None,
            method: None,
            user_agent: None,
            client_ip: None,
            x_forwarded_for: false,
            status: None,
            content_length: None,
        }
    }
}

impl<T: AsRef<str>> Http<T> {
    /// True when nothing was recorded.
    pub fn is_empty(&self) -> bool {
        !self.has_request() && !self.has_response()
    }

    fn has_request(&self) -> bool {
        self.url.is_some()
            || self.method.is_some()
            || self.user_agent.is_some()
            || self.client_ip.is_some()
            || self.x_forwarded_for
    }

    fn has_response(&self) -> bool {
        self.status.is_some() || self.content_length.is_some()
    }

    fn write<H: Host<Text = T>>(&self, sink: &mut Sink<'_, H>) {
        sink.out.extend_from_slice(b",\"http\":{");
        if self.has_request() {
            let first = write_members(
                sink,
                b"\"request\":{",
                &[
                    ("url", &self.url),
                    ("method", &self.method),
                    ("user_agent", &self.user_agent),
                    ("client_ip", &self.client_ip),
                ],
            );
            if self.x_forwarded_for {
                if !first {
                    sink.out.push(b',');
                }
                sink.out.extend_from_slice(b"\"x_forwarded_for\":true");
            }
            sink.out.push(b'}');
        }
        if self.has_response() {
            if self.has_request() {
                sink.out.push(b',');
            }
            sink.out.extend_from_slice(b"\"response\":{");
            if let Some(status) = self.status {
                sink.out.extend_from_slice(b"\"status\":");
                json::write_i64(sink.out, status);
            }
            if let Some(length) = self.content_length {
                if self.status.is_some() {
                    sink.out.push(b',');
                }
                sink.out.extend_from_slice(b"\"content_length\":");
                json::write_i64(sink.out, length);
            }
            sink.out.push(b'}');
        }
        sink.out.push(b'}');
    }
}

/// What is known about the SQL statement a subsegment stands for.
#[derive(Debug)]
pub struct Sql<T> {
    /// The statement, literals replaced.
    pub sanitized_query: Option<T>,
    /// Kind of database, such as `postgresql`.
    pub database_type: Option<T>,
    /// Version of the database.
    pub database_version: Option<T>,
    /// Version of the driver.
    pub driver_version: Option<T>,
    /// Database user.
    pub user: Option<T>,
    /// Address of the database, without password.
    pub url: Option<T>,
}

impl<T> Default for Sql<T> {
    fn default() -> Self {
        Sql {
            sanitized_query: None,
            database_type: None,
            database_version: None,
            driver_version: None,
            user: None,
            url: None,
        }
    }
}

/// One frame of a recorded stack.
#[derive(Debug, Clone)]
pub struct Frame<T> {
    /// Source file.
    pub path: T,
    /// Line in it, counted from one.
    pub line: u32,
    /// Function.
    pub label: T,
}

/// An exception or error that a segment or subsegment ended with.
#[derive(Debug, Clone)]
pub struct Exception<T> {
    /// Id by which other entities of the trace refer to this exception.
    pub id: fluoro_wire::segment_id::SegmentId,
    /// Its type.
    pub kind: T,
    /// Its message.
    pub message: T,
    /// True when a called service caused it.
    pub remote: bool,
    /// Frames, outermost first.
    pub stack: Vec<Frame<T>>,
}

/// What the process knows about where it runs: the same for every segment of a recorder.
#[derive(Debug, Default)]
pub struct RuntimeContext {
    /// JSON text of the `aws` block without its two closing braces: the `xray` member is last
    /// and open, so that a sampling rule's name can be added.
    aws: Vec<u8>,
    /// JSON text of the `service` block.
    service: Vec<u8>,
}

impl RuntimeContext {
    /// Describes a runtime: the SDK's name and version, extra `aws` members as pairs of key and
    /// JSON text, and the `service` members.
    pub fn new(
        sdk: &str,
        sdk_version: &str,
        aws: &[(&str, &str)],
        service: &[(&str, &str)],
    ) -> Self {
        let mut context = RuntimeContext::default();
        context.aws.push(b'{');
        for (key, text) in aws {
            json::write_str(&mut context.aws, key);
            context.aws.push(b':');
            context.aws.extend_from_slice(text.as_bytes());
            context.aws.push(b',');
        }
        context.aws.extend_from_slice(b"\"xray\":{\"sdk\":");
        json::write_str(&mut context.aws, sdk);
        context.aws.extend_from_slice(b",\"sdk_version\":");
        json::write_str(&mut context.aws, sdk_version);
        if !service.is_empty() {
            for (position, (key, value)) in service.iter().enumerate() {
                context
                    .service
                    .push(if position == 0 { b'{' } else { b',' });
                json::write_str(&mut context.service, key);
                context.service.push(b':');
                json::write_str(&mut context.service, value);
            }
            context.service.push(b'}');
        }
        context
    }

    /// Appends the `aws` block with the sampling rule's name.
    pub fn write_aws(&self, out: &mut Vec<u8>, rule_name: Option<&str>) {
        out.extend_from_slice(&self.aws);
        if let Some(rule) = rule_name {
            out.extend_from_slice(b",\"sampling_rule_name\":");
            json::write_str(out, rule);
        }
        out.extend_from_slice(b"}}");
    }

    /// The `service` block, empty when there is none.
    pub fn service(&self) -> &[u8] {
        &self.service
    }
}

/// Where a segment was recorded, and why.
pub struct Surroundings<T> {
    /// Where the process runs.
    pub runtime: Option<Arc<RuntimeContext>>,
    /// Kind of machine, such as `AWS::EC2::Instance`.
    pub origin: Option<T>,
    /// Name of the sampling rule that chose the segment.
    pub rule_name: Option<T>,
}

impl<T> Default for Surroundings<T> {
    fn default() -> Self {
        Surroundings {
            runtime: None,
            origin: None,
            rule_name: None,
        }
    }
}

impl<T: AsRef<str>> Surroundings<T> {
    pub(crate) fn write<H: Host>(&self, sink: &mut Sink<'_, H>, replaced: &dyn Fn(&str) -> bool) {
        if let Some(origin) = &self.origin
            && !replaced("origin")
        {
            sink.text_member(b",\"origin\":", origin.as_ref());
        }
        let Some(runtime) = &self.runtime else { return };
        if !replaced("aws") {
            sink.out.extend_from_slice(b",\"aws\":");
            runtime.write_aws(sink.out, self.rule_name.as_ref().map(AsRef::as_ref));
        }
        if !runtime.service.is_empty() && !replaced("service") {
            sink.out.extend_from_slice(b",\"service\":");
            sink.out.extend_from_slice(&runtime.service);
        }
    }
}

/// Metadata of one namespace: values by key.
pub type Entries<H> = Vec<(<H as Host>::Text, <H as Host>::Value)>;

/// The rarer data of a node.
pub struct Details<H: Host> {
    /// HTTP request and response.
    pub http: Option<Box<Http<H::Text>>>,
    /// Indexed key-value pairs.
    pub annotations: Vec<(H::Text, Scalar<H::Text>)>,
    /// Values by namespace and key.
    pub metadata: Vec<(H::Text, Entries<H>)>,
    /// SQL statement.
    pub sql: Option<Box<Sql<H::Text>>>,
    /// Exceptions recorded here.
    pub exceptions: Vec<Exception<H::Text>>,
}

impl<H: Host> Default for Details<H> {
    fn default() -> Self {
        Details {
            http: None,
            annotations: Vec::new(),
            metadata: Vec::new(),
            sql: None,
            exceptions: Vec::new(),
        }
    }
}

impl<H: Host> Details<H> {
    /// The HTTP request and response, made when they are first asked for.
    pub fn http(&mut self) -> &mut Http<H::Text> {
        self.http.get_or_insert_default()
    }

    /// Sets an annotation, in place of an earlier one of the same key.
    pub fn put_annotation(&mut self, key: H::Text, value: Scalar<H::Text>) {
        match self
            .annotations
            .iter_mut()
            .find(|(known, _)| known.as_ref() == key.as_ref())
        {
            Some((_, slot)) => *slot = value,
            None => self.annotations.push((key, value)),
        }
    }

    /// Sets a metadata value, and gives back the one it takes the place of.
    pub fn put_metadata(
        &mut self,
        namespace: H::Text,
        key: H::Text,
        value: H::Value,
    ) -> Option<H::Value> {
        let found = self
            .metadata
            .iter()
            .position(|(name, _)| name.as_ref() == namespace.as_ref());
        let index = found.unwrap_or_else(|| {
            self.metadata.push((namespace, Vec::new()));
            self.metadata.len() - 1
        });
        let entries = &mut self.metadata[index].1;
        match entries
            .iter_mut()
            .find(|(known, _)| known.as_ref() == key.as_ref())
        {
            Some((_, slot)) => Some(std::mem::replace(slot, value)),
            None => {
                entries.push((key, value));
                None
            }
        }
    }

    pub(crate) fn write(&self, sink: &mut Sink<'_, H>, replaced: &dyn Fn(&str) -> bool) {
        if let Some(http) = &self.http
            && !http.is_empty()
            && !replaced("http")
        {
            http.write(sink);
        }
        if !self.annotations.is_empty() && !replaced("annotations") {
            self.write_annotations(sink);
        }
        if !self.metadata.is_empty() && !replaced("metadata") {
            self.write_metadata(sink);
        }
        if let Some(sql) = &self.sql
            && !replaced("sql")
        {
            write_members(
                sink,
                b",\"sql\":{",
                &[
                    ("sanitized_query", &sql.sanitized_query),
                    ("database_type", &sql.database_type),
                    ("database_version", &sql.database_version),
                    ("driver_version", &sql.driver_version),
                    ("user", &sql.user),
                    ("url", &sql.url),
                ],
            );
            sink.out.push(b'}');
        }
        if !self.exceptions.is_empty() && !replaced("cause") {
            self.write_cause(sink);
        }
    }

    fn write_annotations(&self, sink: &mut Sink<'_, H>) {
        sink.out.extend_from_slice(b",\"annotations\":");
        for (position, (key, value)) in self.annotations.iter().enumerate() {
            sink.out.push(if position == 0 { b'{' } else { b',' });
            json::write_str(sink.out, key.as_ref());
            sink.out.push(b':');
            match value {
                Scalar::Text(text) => write_text(sink.out, text.as_ref(), sink.longest_text),
                Scalar::Integer(value) => json::write_i64(sink.out, *value),
                Scalar::Float(value) if value.is_finite() => json::write_f64(sink.out, *value),
                Scalar::Float(value) => json::write_str(sink.out, &value.to_string()),
                Scalar::Bool(value) => json::write_bool(sink.out, *value),
            }
        }
        sink.out.push(b'}');
    }

    fn write_metadata(&self, sink: &mut Sink<'_, H>) {
        sink.out.extend_from_slice(b",\"metadata\":");
        for (position, (namespace, entries)) in self.metadata.iter().enumerate() {
            sink.out.push(if position == 0 { b'{' } else { b',' });
            json::write_str(sink.out, namespace.as_ref());
            sink.out.extend_from_slice(b":{");
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    sink.out.push(b',');
                }
                json::write_str(sink.out, key.as_ref());
                sink.out.push(b':');
                sink.value(value);
            }
            sink.out.push(b'}');
        }
        sink.out.push(b'}');
    }

    fn write_cause(&self, sink: &mut Sink<'_, H>) {
        sink.out.extend_from_slice(b",\"cause\":{\"exceptions\":[");
        for (position, exception) in self.exceptions.iter().enumerate() {
            if position > 0 {
                sink.out.push(b',');
            }
            sink.out.extend_from_slice(b"{\"id\":\"");
            exception.id.write(sink.out);
            sink.out.push(b'"');
            sink.text_member(b",\"type\":", exception.kind.as_ref());
            sink.text_member(b",\"message\":", exception.message.as_ref());
            sink.out.extend_from_slice(b",\"remote\":");
            json::write_bool(sink.out, exception.remote);
            if !exception.stack.is_empty() {
                sink.out.extend_from_slice(b",\"stack\":[");
                for (position, frame) in exception.stack.iter().enumerate() {
                    if position > 0 {
                        sink.out.push(b',');
                    }
                    sink.text_member(b"{\"path\":", frame.path.as_ref());
                    sink.out.extend_from_slice(b",\"line\":");
                    json::write_u64(sink.out, u64::from(frame.line));
                    sink.text_member(b",\"label\":", frame.label.as_ref());
                    sink.out.push(b'}');
                }
                sink.out.push(b']');
            }
            sink.out.push(b'}');
        }
        sink.out.extend_from_slice(b"]}");
    }
}

/// Writes `opening` and the members that are present; true when none was.
fn write_members<H: Host>(
    sink: &mut Sink<'_, H>,
    opening: &[u8],
    members: &[(&str, &Option<H::Text>)],
) -> bool {
    sink.out.extend_from_slice(opening);
    let mut first = true;
    for (key, value) in members {
        let Some(value) = value else { continue };
        if !first {
            sink.out.push(b',');
        }
        first = false;
        sink.out.push(b'"');
        sink.out.extend_from_slice(key.as_bytes());
        sink.out.extend_from_slice(b"\":");
        write_text(sink.out, value.as_ref(), sink.longest_text);
    }
    first
}
