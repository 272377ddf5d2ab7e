//! What a resource says about all its segments, written once for all of them.

use opentelemetry_proto::tonic::resource::v1::Resource;

use super::{
    super::aws_members::{PLATFORMS, RESOURCE_MEMBERS},
    annotations::write_value,
    attributes::Attributes,
    detail::Detail,
    object::{Object, write_object},
};

/// Most bytes of [`SegmentResource::members`]. Every segment repeats them, so that a few large
/// attributes in a request of many spans would fill the memory.
const MOST_MEMBERS: usize = 8 << 10;

/// Most bytes of [`SegmentResource::metadata`].
const MOST_METADATA: usize = 16 << 10;

/// A resource, and the members that its segments get from it.
pub(super) struct SegmentResource<'a> {
    /// The resource's attributes.
    pub(super) attributes: Attributes<'a>,
    /// `origin`, `resource_arn`, `service`, `aws`.
    pub(super) members: Vec<u8>,
    /// `otel.resource.*`, for the metadata.
    pub(super) metadata: Vec<u8>,
}

impl<'a> SegmentResource<'a> {
    pub(super) fn new(resource: Option<&'a Resource>) -> Self {
        let list = resource.map_or(&[][..], |resource| &resource.attributes);
        let attributes = Attributes::new(list);
        Self {
            members: members(MOST_MEMBERS, |object| {
                object.text("origin", origin(&attributes));
                let arn = attributes.peek(&["aws.xray.resource_arn", "cloud.resource_id"]);
                object.text("resource_arn", arn);
                object.object("service", |service| write_service(service, &attributes));
                object.object("aws", |aws| write_aws(aws, &attributes));
            }),
            metadata: metadata(&attributes),
            attributes,
        }
    }
}

/// What `fill` writes, without the braces; nothing if that is too much.
fn members(most: usize, fill: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::new();
    write_object(&mut out, fill);
    out.pop();
    out.remove(0);
    if out.len() <= most { out } else { Vec::new() }
}

/// The attributes, or their beginnings, or that they are too many.
fn metadata(attributes: &Attributes<'_>) -> Vec<u8> {
    for detail in [Detail::Full, Detail::Short] {
        let metadata = members(MOST_METADATA, |object| {
            for (key, value) in attributes.rest() {
                let key = format!("otel.resource.{key}");
                write_value(object.value(&key), value, detail);
            }
        });
        if !metadata.is_empty() {
            return metadata;
        }
    }
    let count = attributes.rest().len() as i64;
    members(MOST_METADATA, |object| {
        let left_out = Some(count).filter(|count| *count > 0);
        object.integer("otel.resource_left_out", left_out);
    })
}

/// The kind of host, if X-Ray has a name for it.
fn origin<'a>(attributes: &Attributes<'a>) -> Option<&'a str> {
    let given = attributes.peek(&["aws.xray.origin"]);
    given.or_else(|| {
        let platform = attributes.peek(&["cloud.platform"])?;
        let launch_type = attributes.peek(&["aws.ecs.launchtype"]);
        match (platform, launch_type) {
            ("aws_ecs", Some("ec2" | "EC2")) => Some("AWS::ECS::EC2"),
            ("aws_ecs", Some("fargate" | "FARGATE")) => Some("AWS::ECS::Fargate"),
            _ => PLATFORMS
                .iter()
                .find(|(name, _)| *name == platform)
                .map(|(_, origin)| *origin),
        }
    })
}

fn write_service(service: &mut Object<'_>, attributes: &Attributes<'_>) {
    service.text("version", attributes.peek(&["service.version"]));
    service.text("runtime", attributes.peek(&["process.runtime.name"]));
    let version = attributes.peek(&["process.runtime.version"]);
    service.text("runtime_version", version);
}

fn write_aws(aws: &mut Object<'_>, attributes: &Attributes<'_>) {
    let text = |names| attributes.peek(names);
    aws.text("account_id", text(&["cloud.account.id"]));
    let platform = text(&["cloud.platform"]);
    let block = platform.and_then(|platform| platform.strip_prefix("aws_"));
    for name in ["ec2", "ecs", "eks", "elastic_beanstalk"] {
        if block == Some(name) {
            aws.object(name, |host| write_host(host, attributes, name));
        }
    }
    write_logs(aws, attributes);
    aws.object("xray", |xray| {
        let sdk =
            text(&["telemetry.sdk.name"]).map(|name| match text(&["telemetry.sdk.language"]) {
                Some(language) => format!("{name} for {language}"),
                None => name.to_owned(),
            });
        xray.text("sdk", sdk.as_deref());
        xray.text("sdk_version", text(&["telemetry.sdk.version"]));
        let distribution = text(&["telemetry.distro.name", "telemetry.auto.version"]);
        xray.flag("auto_instrumentation", distribution.is_some());
    });
}

fn write_host(host: &mut Object<'_>, attributes: &Attributes<'_>, name: &str) {
    for (block, member, attribute) in RESOURCE_MEMBERS {
        match attributes.peek(&[attribute]) {
            Some(text) if block == name && member == "deployment_id" => {
                host.integer(member, text.parse().ok());
            }
            text if block == name => host.text(member, text),
            _ => {}
        }
    }
}

fn write_logs(aws: &mut Object<'_>, attributes: &Attributes<'_>) {
    let names = attributes.look_texts("aws.log.group.names");
    let arns = attributes.look_texts("aws.log.group.arns");
    aws.array("cloudwatch_logs", |logs| {
        for index in 0..names.len().max(arns.len()) {
            logs.object(|log| {
                let arn = arns.get(index).copied();
                let name = names.get(index).copied();
                log.text("log_group", name.or_else(|| group_of_arn(arn?)));
                log.text("arn", arn);
            });
        }
    });
}

/// `arn:aws:logs:<region>:<account>:log-group:<name>`, perhaps with `:*` behind.
fn group_of_arn(arn: &str) -> Option<&str> {
    arn.split_once(":log-group:")?.1.split(':').next()
}
