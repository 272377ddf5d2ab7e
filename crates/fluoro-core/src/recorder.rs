//! The recorder of Rust programs.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fluoro_sampling::{Decision, SamplingRequest};
use fluoro_wire::daemon_address::DaemonAddress;
use fluoro_wire::name::clean_name;
use fluoro_wire::trace_header::TraceHeader;

use crate::active::Active;
use crate::context::{Context, Entity, ThreadContext};
use crate::details::RuntimeContext;
use crate::emission;
use crate::emitter::{Emitter, UdpEmitter};
use crate::sampler::{AlwaysSampled, Sampler};
use crate::segment::Segment;
use crate::streaming;
use crate::tree::{Beginning, Namespace, ROOT, Tree};
use crate::{Native, clock, random, request};

/// Begins segments and subsegments, keeps track of the current one, and sends what is complete.
///
/// What it returns ends by itself when it goes out of scope.
///
/// ```
/// use fluoro_core::recorder::Recorder;
///
/// let recorder = Recorder::builder("shop").build();
/// let mut request = recorder.begin_segment("shop");
/// request.put_annotation("user", "u-17");
/// {
///     let mut query = recorder.begin_subsegment("orders");
///     query.put_metadata("rows", 3);
/// } // the subsegment ends here
/// drop(request); // the segment ends and is sent
/// ```
#[derive(Clone)]
pub struct Recorder {
    parts: Arc<Parts>,
}

struct Parts {
    service: Cow<'static, str>,
    context: Box<dyn Context>,
    sampler: Box<dyn Sampler>,
    emitter: Box<dyn Emitter>,
    threshold: i64,
    runtime: Arc<RuntimeContext>,
    origin: Option<Cow<'static, str>>,
    without_segment: AtomicU64,
}

/// Sets a [`Recorder`] up.
pub struct Builder {
    service: Cow<'static, str>,
    context: Box<dyn Context>,
    sampler: Box<dyn Sampler>,
    emitter: Option<Box<dyn Emitter>>,
    threshold: i64,
    origin: Option<Cow<'static, str>>,
}

impl Builder {
    /// Keeps what is current elsewhere. Default: [`ThreadContext`].
    pub fn context(mut self, context: impl Context + 'static) -> Self {
        self.context = Box::new(context);
        self
    }

    /// Decides which requests are recorded. Default: all of them.
    pub fn sampler(mut self, sampler: impl Sampler + 'static) -> Self {
        self.sampler = Box::new(sampler);
        self
    }

    /// Takes documents away. Default: UDP to the address in `AWS_XRAY_DAEMON_ADDRESS`, else to
    /// `127.0.0.1:2000`.
    pub fn emitter(mut self, emitter: impl Emitter + 'static) -> Self {
        self.emitter = Some(Box::new(emitter));
        self
    }

    /// Number of subsegments a segment may hold before ended ones leave. Default: 30.
    pub fn streaming_threshold(mut self, threshold: i64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Kind of machine, such as `AWS::EC2::Instance`. Default: none.
    pub fn origin(mut self, origin: impl Into<Cow<'static, str>>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// The recorder. Nothing is opened or started yet.
    pub fn build(self) -> Recorder {
        let emitter = self
            .emitter
            .unwrap_or_else(|| Box::new(UdpEmitter::new(udp_endpoint())));
        let version = env!("CARGO_PKG_VERSION");
        let runtime = RuntimeContext::new("X-Ray for Rust", version, &[], &[("runtime", "Rust")]);
        Recorder {
            parts: Arc::new(Parts {
                service: self.service,
                context: self.context,
                sampler: self.sampler,
                emitter,
                threshold: self.threshold,
                runtime: Arc::new(runtime),
                origin: self.origin,
                without_segment: AtomicU64::new(0),
            }),
        }
    }
}

/// The daemon's address from the environment; a wrong one counts as none.
fn udp_endpoint() -> fluoro_wire::daemon_address::Endpoint {
    std::env::var(fluoro_wire::environment::AWS_XRAY_DAEMON_ADDRESS)
        .ok()
        .and_then(|text| text.parse::<DaemonAddress>().ok())
        .unwrap_or_default()
        .udp
}

/// An incoming request, as far as it is known before it is handled.
#[derive(Debug, Clone, Default)]
pub struct IncomingRequest<'a> {
    /// The `X-Amzn-Trace-Id` header.
    pub header: Option<&'a str>,
    /// Request method.
    pub method: Option<&'a str>,
    /// Address asked for; credentials and query string are left out.
    pub url: Option<&'a str>,
    /// Path asked for.
    pub path: Option<&'a str>,
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// The peer's address.
    pub client_ip: Option<&'a str>,
    /// The `X-Forwarded-For` header.
    pub forwarded_for: Option<&'a str>,
    /// The `User-Agent` header.
    pub user_agent: Option<&'a str>,
}

impl Recorder {
    /// Sets up a recorder for the service called `service`.
    pub fn builder(service: impl Into<Cow<'static, str>>) -> Builder {
        Builder {
            service: service.into(),
            context: Box::new(ThreadContext),
            sampler: Box::new(AlwaysSampled),
            emitter: None,
            threshold: streaming::DEFAULT_THRESHOLD,
            origin: None,
        }
    }

    /// Begins the segment of work that no request started, and makes it current.
    pub fn begin_segment(&self, name: impl Into<Cow<'static, str>>) -> Active {
        let name = name.into();
        let request = SamplingRequest {
            service: Some(&name),
            ..SamplingRequest::default()
        };
        let decision = self.parts.sampler.decide(&request);
        self.open(clean(name), TraceHeader::default(), decision)
    }

    /// Begins the segment of an incoming request, and makes it current.
    ///
    /// The caller's trace is continued, and its sampling decision followed.
    pub fn begin_request(&self, incoming: &IncomingRequest<'_>) -> Active {
        let header = incoming
            .header
            .and_then(|text| TraceHeader::parse(text).ok());
        let header = header.unwrap_or_default();
        let decision = match request::decision_of(&header) {
            Some(true) => Decision::Sampled { rule: None },
            Some(false) => Decision::NotSampled,
            None => self.parts.sampler.decide(&SamplingRequest {
                host: incoming.host,
                method: incoming.method,
                path: incoming.path,
                service: Some(&self.parts.service),
                service_type: self.parts.origin.as_deref(),
            }),
        };
        let active = self.open(clean(self.parts.service.clone()), header, decision);
        active.describe_request(incoming);
        active
    }

    fn open(&self, name: Cow<'static, str>, header: TraceHeader, decision: Decision) -> Active {
        let start_time = clock::now();
        let trace_id = header.root.unwrap_or_else(|| random::trace_id(start_time));
        let sampled = decision.is_sampled();
        let mut tree: Tree<Native> =
            Tree::new(name, trace_id, random::segment_id(), start_time, sampled);
        tree.parent_id = header.parent;
        if sampled {
            let surroundings = &mut tree.surroundings;
            surroundings.runtime = Some(self.parts.runtime.clone());
            surroundings.origin = self.parts.origin.clone();
            if let Decision::Sampled { rule: Some(rule) } = &decision {
                surroundings.rule_name = Some(Cow::Owned(rule.to_string()));
            }
        }
        tree.header = Some(Box::new(header));
        let entity = Entity {
            segment: Arc::new(Segment::new(tree)),
            index: ROOT,
        };
        let outer = self.parts.context.current();
        self.parts.context.set_current(Some(entity.clone()));
        Active::new(self.clone(), entity, outer)
    }

    /// Begins a subsegment of the current entity, and makes it current.
    ///
    /// Without a segment nothing is recorded; see [`Recorder::without_segment`].
    pub fn begin_subsegment(&self, name: impl Into<Cow<'static, str>>) -> Active {
        self.begin_call(name, Namespace::Local)
    }

    /// Begins a subsegment that stands for a call to another service.
    pub fn begin_call(&self, name: impl Into<Cow<'static, str>>, namespace: Namespace) -> Active {
        let Some(outer) = self.parts.context.current() else {
            self.parts.without_segment.fetch_add(1, Ordering::Relaxed);
            return Active::inert(self.clone());
        };
        let name = clean(name.into());
        let id = random::segment_id();
        let start_time = clock::now();
        let index = {
            let mut tree = outer.segment.lock();
            let parent = if tree.node(outer.index).in_progress {
                outer.index
            } else {
                tree.enclosing(outer.index)
            };
            let sampled = tree.node(parent).sampled;
            tree.begin(
                parent,
                Beginning {
                    name,
                    id,
                    start_time,
                    namespace,
                    sampled,
                },
            )
        };
        let entity = Entity {
            segment: outer.segment.clone(),
            index,
        };
        self.parts.context.set_current(Some(entity.clone()));
        Active::new(self.clone(), entity, Some(outer))
    }

    /// How many subsegments were begun while no segment was open.
    pub fn without_segment(&self) -> u64 {
        self.parts.without_segment.load(Ordering::Relaxed)
    }

    /// Ends an entity, and makes what was current before it current again.
    pub(crate) fn end(&self, entity: &Entity, outer: Option<Entity>) {
        let (complete, late, sampled) = {
            let mut tree = entity.segment.lock();
            if tree.close(entity.index, clock::now()).is_err() {
                return;
            }
            let complete = tree.take_complete();
            (
                complete,
                !complete && tree.is_late(entity.index),
                tree.root().sampled,
            )
        };
        if self
            .parts
            .context
            .current()
            .is_some_and(|current| current.is(entity))
        {
            self.parts.context.set_current(outer);
        }
        if !sampled {
            return;
        }
        if complete {
            return self.send(&entity.segment, ROOT);
        }
        if late {
            self.send(&entity.segment, entity.index);
            return entity.segment.remove(entity.index);
        }
        for index in streaming::take_due(&entity.segment, self.parts.threshold) {
            self.send(&entity.segment, index);
            entity.segment.remove(index);
        }
    }

    fn send(&self, segment: &Segment<Native>, index: crate::tree::NodeIndex) {
        emission::emit(segment, index, &(), &mut |datagram| {
            // The emitter counts what it drops.
            let _ = self.parts.emitter.send(datagram);
        });
    }
}

fn clean(name: Cow<'static, str>) -> Cow<'static, str> {
    match clean_name(&name) {
        Cow::Borrowed(same) if same.len() == name.len() => name,
        cleaned => Cow::Owned(cleaned.into_owned()),
    }
}
