//! An open segment or subsegment in a Rust program.

use std::borrow::Cow;
use std::error::Error;

use fluoro_wire::annotation_key::is_valid_annotation_key;
use fluoro_wire::url::strip_url;

use crate::context::Entity;
use crate::details::{Exception, Scalar};
use crate::recorder::{IncomingRequest, Recorder};
use crate::tree::{Node, ROOT};
use crate::{Native, Value, random, request};

/// A segment or subsegment that ends when this goes out of scope.
///
/// One that is not sampled takes data and forgets it.
pub struct Active {
    recorder: Recorder,
    entity: Option<Entity>,
    outer: Option<Entity>,
}

impl Active {
    pub(crate) fn new(recorder: Recorder, entity: Entity, outer: Option<Entity>) -> Self {
        Active {
            recorder,
            entity: Some(entity),
            outer,
        }
    }

    /// Stands for nothing: there was no segment.
    pub(crate) fn inert(recorder: Recorder) -> Self {
        Active {
            recorder,
            entity: None,
            outer: None,
        }
    }

    /// Annotates with an indexed key-value pair; keys hold letters, digits and underscores only,
    /// others are left out.
    pub fn put_annotation(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Scalar<Cow<'static, str>>>,
    ) {
        let (key, value) = (key.into(), value.into());
        if is_valid_annotation_key(&key) {
            self.change(|node| node.details().put_annotation(key, value));
        }
    }

    /// Adds a value that is kept but not indexed, in the namespace `default`.
    pub fn put_metadata(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (key, value) = (key.into(), value.into());
        self.change(|node| {
            node.details()
                .put_metadata(Cow::Borrowed("default"), key, value);
        });
    }

    /// Records an error and marks the entity as failed.
    pub fn put_error(&mut self, error: &(dyn Error + 'static)) {
        let exception = Exception {
            id: random::segment_id(),
            kind: Cow::Borrowed("Error"),
            message: Cow::Owned(error.to_string()),
            remote: false,
            stack: Vec::new(),
        };
        self.change(|node| {
            node.outcome.fault = true;
            node.details().exceptions.push(exception);
        });
    }

    /// Records the response's status; 4xx is an error, 429 a throttle, 5xx a fault.
    pub fn put_status(&mut self, status: u16) {
        let status = i64::from(status);
        self.change(|node| {
            node.outcome.apply_status(status);
            node.details().http().status = Some(status);
        });
    }

    /// True when this will be sent.
    pub fn is_sampled(&self) -> bool {
        self.entity
            .as_ref()
            .is_some_and(|entity| entity.segment.lock().node(entity.index).sampled)
    }

    /// The `X-Amzn-Trace-Id` header that makes a called service continue the trace here.
    pub fn outgoing_header(&self) -> Option<String> {
        let entity = self.entity.as_ref()?;
        let tree = entity.segment.lock();
        let node = tree.node(entity.index);
        let data = tree.header.iter().flat_map(|header| &header.data);
        let data = data.map(|(key, value)| (key, value));
        Some(request::outgoing_header(
            &tree.trace_id.to_string(),
            &node.id.to_string(),
            node.sampled,
            data,
        ))
    }

    /// Ends it now.
    pub fn end(self) {}

    pub(crate) fn describe_request(&self, incoming: &IncomingRequest<'_>) {
        let owned = |text: Option<&str>| text.map(|text| Cow::Owned(text.to_owned()));
        let forwarded = incoming.forwarded_for.and_then(request::forwarded_client);
        let is_forwarded = forwarded.is_some();
        let client_ip = forwarded.map(Cow::Owned).or(owned(incoming.client_ip));
        self.change(|node| {
            let http = node.details().http();
            http.url = incoming
                .url
                .map(|url| Cow::Owned(strip_url(url).into_owned()));
            http.method = owned(incoming.method);
            http.user_agent = owned(incoming.user_agent);
            http.client_ip = client_ip;
            http.x_forwarded_for = is_forwarded;
        });
    }

    fn change(&self, change: impl FnOnce(&mut Node<Native>)) {
        let Some(entity) = &self.entity else { return };
        let mut tree = entity.segment.lock();
        if tree.node(ROOT).sampled && tree.node(entity.index).in_progress {
            change(tree.node_mut(entity.index));
        }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        if let Some(entity) = self.entity.take() {
            self.recorder.end(&entity, self.outer.take());
        }
    }
}
