//! What is read of a segment or subsegment, and which of its fields mean what.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};

use super::{
    field::Field,
    json_value::{FromValue, for_each_entry, value},
};
use crate::{SegmentId, TraceId};

/// Text of a document, copied only if it has escapes.
pub(super) type Text<'a> = Option<Cow<'a, str>>;

/// A segment or subsegment, with everything that is nested in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReceivedEntity<'a> {
    /// `id`
    pub id: Field<SegmentId>,
    /// `trace_id`; nested subsegments do not need it.
    pub trace_id: Field<TraceId>,
    /// `parent_id`
    pub parent_id: Field<SegmentId>,
    /// `name`
    pub name: Field<Cow<'a, str>>,
    /// `start_time`, in seconds since the epoch.
    pub start_time: Field<f64>,
    /// `end_time`, in seconds since the epoch.
    pub end_time: Field<f64>,
    /// `in_progress`
    pub in_progress: bool,
    /// `type`: `subsegment` for one that was sent on its own.
    pub kind: Text<'a>,
    /// `namespace`
    pub namespace: Text<'a>,
    /// `error`
    pub error: bool,
    /// `fault`
    pub fault: bool,
    /// `throttle`
    pub throttle: bool,
    /// `origin`
    pub origin: Text<'a>,
    /// `resource_arn`
    pub resource_arn: Text<'a>,
    /// `user`
    pub user: Text<'a>,
    /// `traced`, here or in `http.request`.
    pub traced: bool,
    /// `http`
    pub http: ReceivedHttp<'a>,
    /// `aws`
    pub aws: ReceivedAws<'a>,
    /// `sql.database_type`
    pub database_type: Text<'a>,
    /// `annotations`, in the order of the document; values of other types are left out.
    pub annotations: Vec<(Cow<'a, str>, ReceivedAnnotation<'a>)>,
    /// `cause.exceptions`
    pub exceptions: Vec<ReceivedException<'a>>,
    /// `links`
    pub links: Vec<ReceivedLink<'a>>,
    /// `subsegments`; an item that is no object is one without fields.
    pub subsegments: Vec<ReceivedEntity<'a>>,
}

impl ReceivedEntity<'_> {
    /// Whether this is a subsegment that was sent ahead of its segment.
    pub fn is_streamed_subsegment(&self) -> bool {
        self.kind.as_deref() == Some("subsegment")
    }
}

/// What is read of `http`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReceivedHttp<'a> {
    /// `request.url`
    pub url: Text<'a>,
    /// `request.method`
    pub method: Text<'a>,
    /// `request.user_agent`
    pub user_agent: Text<'a>,
    /// `request.client_ip`
    pub client_ip: Text<'a>,
    /// `response.status`
    pub status: Option<f64>,
    traced: bool,
}

/// What is read of `aws`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReceivedAws<'a> {
    /// `account_id`
    pub account_id: Text<'a>,
    /// `ec2.instance_id`
    pub instance_id: Text<'a>,
    /// `availability_zone` of `ec2` or `ecs`.
    pub availability_zone: Text<'a>,
    /// `operation`
    pub operation: Text<'a>,
    /// The first of `table_name`, `table_names`, `queue_url`, `bucket_name`, `function_name`,
    /// `topic_arn` and `resource_names`.
    pub resource_name: Text<'a>,
}

/// The value of an annotation.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum ReceivedAnnotation<'a> {
    /// Neither text, number nor flag: not an annotation.
    #[default]
    Unsupported,
    /// `true` or `false`.
    Boolean(bool),
    /// Any number.
    Number(f64),
    /// Text.
    String(Cow<'a, str>),
}

/// What is read of an exception of a `cause`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReceivedException<'a> {
    /// `type`
    pub kind: Text<'a>,
    /// `message`
    pub message: Text<'a>,
    /// `remote`
    pub remote: bool,
}

/// What is read of an item of `links`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReceivedLink<'a> {
    /// `trace_id`
    pub trace_id: Text<'a>,
}

/// Implements [`FromValue`] for a struct: a place in it for each key; other keys are skipped.
macro_rules! read_object {
    ($type:ident: |$object:ident, $entries:ident| $($key:literal => $action:expr),+ $(,)?) => {
        impl<'de> FromValue<'de> for $type<'de> {
            fn from_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
                let mut $object = Self::default();
                for_each_entry(entries, |key, $entries| {
                    match &*key {
                        $($key => $action,)+
                        _ => {
                            $entries.next_value::<IgnoredAny>()?;
                        }
                    }
                    Ok(())
                })?;
                Ok($object)
            }
        }
    };
}

read_object!(ReceivedEntity: |entity, entries|
    "id" => entity.id = value(entries)?,
    "trace_id" => entity.trace_id = value(entries)?,
    "parent_id" => entity.parent_id = value(entries)?,
    "name" => entity.name = value(entries)?,
    "start_time" => entity.start_time = value(entries)?,
    "end_time" => entity.end_time = value(entries)?,
    "in_progress" => entity.in_progress = value(entries)?,
    "type" => entity.kind = value(entries)?,
    "namespace" => entity.namespace = value(entries)?,
    "error" => entity.error = value(entries)?,
    "fault" => entity.fault = value(entries)?,
    "throttle" => entity.throttle = value(entries)?,
    "origin" => entity.origin = value(entries)?,
    "resource_arn" => entity.resource_arn = value(entries)?,
    "user" => entity.user = value(entries)?,
    "traced" => entity.traced |= value::<bool, A>(entries)?,
    "http" => {
        entity.http = value(entries)?;
        entity.traced |= entity.http.traced;
    },
    "aws" => entity.aws = value(entries)?,
    "sql" => entity.database_type = value::<Sql<'_>, A>(entries)?.database_type,
    "annotations" => entity.annotations = value::<Annotations<'_>, A>(entries)?.0,
    "cause" => entity.exceptions = value::<Cause<'_>, A>(entries)?.exceptions,
    "links" => entity.links = value(entries)?,
    "subsegments" => entity.subsegments = value(entries)?,
);

read_object!(ReceivedHttp: |http, entries|
    "request" => {
        let request: Request<'_> = value(entries)?;
        (http.url, http.method) = (request.url, request.method);
        (http.user_agent, http.client_ip) = (request.user_agent, request.client_ip);
        http.traced = request.traced;
    },
    "response" => http.status = value::<Response<'_>, A>(entries)?.status,
);

#[derive(Default)]
struct Request<'a> {
    url: Text<'a>,
    method: Text<'a>,
    user_agent: Text<'a>,
    client_ip: Text<'a>,
    traced: bool,
}

read_object!(Request: |request, entries|
    "url" => request.url = value(entries)?,
    "method" => request.method = value(entries)?,
    "user_agent" => request.user_agent = value(entries)?,
    "client_ip" => request.client_ip = value(entries)?,
    "traced" => request.traced = value(entries)?,
);

#[derive(Default)]
struct Response<'a> {
    status: Option<f64>,
    _borrowed: std::marker::PhantomData<&'a ()>,
}

read_object!(Response: |response, entries|
    "status" => response.status = value(entries)?,
);

read_object!(ReceivedAws: |aws, entries|
    "account_id" => aws.account_id = value(entries)?,
    "operation" => aws.operation = value(entries)?,
    "ec2" => {
        let host: Host<'_> = value(entries)?;
        aws.instance_id = host.instance_id;
        aws.availability_zone = host.availability_zone.or(aws.availability_zone.take());
    },
    "ecs" => {
        let host: Host<'_> = value(entries)?;
        aws.availability_zone = aws.availability_zone.take().or(host.availability_zone);
    },
    "table_name" => first(&mut aws.resource_name, value(entries)?),
    "queue_url" => first(&mut aws.resource_name, value(entries)?),
    "bucket_name" => first(&mut aws.resource_name, value(entries)?),
    "function_name" => first(&mut aws.resource_name, value(entries)?),
    "topic_arn" => first(&mut aws.resource_name, value(entries)?),
    "table_names" => first(&mut aws.resource_name, first_of(value(entries)?)),
    "resource_names" => first(&mut aws.resource_name, first_of(value(entries)?)),
);

fn first<'a>(place: &mut Text<'a>, found: Text<'a>) {
    *place = place.take().or(found);
}

fn first_of(names: Vec<Text<'_>>) -> Text<'_> {
    names.into_iter().flatten().next()
}

#[derive(Default)]
struct Host<'a> {
    instance_id: Text<'a>,
    availability_zone: Text<'a>,
}

read_object!(Host: |host, entries|
    "instance_id" => host.instance_id = value(entries)?,
    "availability_zone" => host.availability_zone = value(entries)?,
);

#[derive(Default)]
struct Sql<'a> {
    database_type: Text<'a>,
}

read_object!(Sql: |sql, entries|
    "database_type" => sql.database_type = value(entries)?,
);

#[derive(Default)]
struct Annotations<'a>(Vec<(Cow<'a, str>, ReceivedAnnotation<'a>)>);

impl<'de> FromValue<'de> for Annotations<'de> {
    fn from_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        let mut annotations = Vec::new();
        for_each_entry(entries, |key, entries| {
            match value(entries)? {
                ReceivedAnnotation::Unsupported => {}
                annotation => annotations.push((key, annotation)),
            }
            Ok(())
        })?;
        Ok(Self(annotations))
    }
}

impl<'de> FromValue<'de> for ReceivedAnnotation<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self::String(text)
    }

    fn from_number(number: f64) -> Self {
        Self::Number(number)
    }

    fn from_flag(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

/// The id of an exception elsewhere, in place of a cause, says nothing here.
#[derive(Default)]
struct Cause<'a> {
    exceptions: Vec<ReceivedException<'a>>,
}

read_object!(Cause: |cause, entries|
    "exceptions" => cause.exceptions = value(entries)?,
);

read_object!(ReceivedException: |exception, entries|
    "type" => exception.kind = value(entries)?,
    "message" => exception.message = value(entries)?,
    "remote" => exception.remote = value(entries)?,
);

read_object!(ReceivedLink: |link, entries|
    "trace_id" => link.trace_id = value(entries)?,
);
