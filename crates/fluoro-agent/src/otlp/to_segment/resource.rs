//! What a resource says about all its segments, written once for all of them.

use opentelemetry_proto::tonic::resource::v1::Resource;

use super::{
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

/// The kind of host, if OpenTelemetry knows a name for it.
fn origin(attributes: &Attributes<'_>) -> Option<&'static str> {
    Some(match attributes.peek(&["cloud.platform"])? {
        "aws_ec2" => "AWS::EC2::Instance",
        "aws_ecs" => match attributes.peek(&["aws.ecs.launchtype"]) {
            Some("ec2" | "EC2") => "AWS::ECS::EC2",
            Some("fargate" | "FARGATE") => "AWS::ECS::Fargate",
            _ => "AWS::ECS::Container",
        },
        "aws_eks" => "AWS::EKS::Container",
        "aws_elastic_beanstalk" => "AWS::ElasticBeanstalk::Environment",
        "aws_app_runner" => "AWS::AppRunner::Service",
        "aws_lambda" => "AWS::Lambda::Function",
        _ => return None,
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
    let platform = text(&["cloud.platform"]);
    aws.text("account_id", text(&["cloud.account.id"]));
    if platform == Some("aws_ec2") {
        aws.object("ec2", |ec2| {
            ec2.text("instance_id", text(&["host.id"]));
            ec2.text("instance_size", text(&["host.type"]));
            ec2.text("ami_id", text(&["host.image.id"]));
            ec2.text("availability_zone", text(&["cloud.availability_zone"]));
        });
    }
    if platform == Some("aws_ecs") {
        aws.object("ecs", |ecs| write_ecs(ecs, attributes));
    }
    if platform == Some("aws_eks") {
        aws.object("eks", |eks| {
            eks.text("cluster_name", text(&["k8s.cluster.name"]));
            eks.text("pod", text(&["k8s.pod.name"]));
            eks.text("container_id", text(&["container.id"]));
        });
    }
    if platform == Some("aws_elastic_beanstalk") {
        aws.object("elastic_beanstalk", |beanstalk| {
            beanstalk.text("environment_name", text(&["service.namespace"]));
            beanstalk.text("version_label", text(&["service.version"]));
            let deployment = text(&["service.instance.id"]).and_then(|id| id.parse().ok());
            beanstalk.integer("deployment_id", deployment);
        });
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

fn write_ecs(ecs: &mut Object<'_>, attributes: &Attributes<'_>) {
    for (member, name) in [
        ("container", "container.name"),
        ("container_id", "container.id"),
        ("container_arn", "aws.ecs.container.arn"),
        ("task_arn", "aws.ecs.task.arn"),
        ("task_family", "aws.ecs.task.family"),
        ("cluster_arn", "aws.ecs.cluster.arn"),
        ("launch_type", "aws.ecs.launchtype"),
        ("availability_zone", "cloud.availability_zone"),
    ] {
        ecs.text(member, attributes.peek(&[name]));
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
