//! What a segment says about the service it ran in.

use super::{
    super::aws_members::{PLATFORMS, RESOURCE_MEMBERS},
    annotations::RESOURCE_PREFIX,
    attribute_list::AttributeList,
    member::{self, Object},
};

/// The resource of a segment document.
pub(super) fn of_segment(segment: &Object) -> AttributeList {
    let mut attributes = AttributeList::default();
    add_given(&mut attributes, segment);
    attributes.text(&["service.name"], member::text(segment, "name"));
    let arn = member::text(segment, "resource_arn");
    attributes.text(&["aws.xray.resource_arn"], arn);
    add_origin(&mut attributes, member::text(segment, "origin"));
    if let Some(aws) = member::object(segment, "aws") {
        add_aws(&mut attributes, aws);
    }
    if let Some(service) = member::object(segment, "service") {
        for (name, field) in [
            ("service.version", "version"),
            ("process.runtime.name", "runtime"),
            ("process.runtime.version", "runtime_version"),
        ] {
            attributes.text(&[name], member::text(service, field));
        }
    }
    attributes
}

/// The resource of a subsegment that was sent on its own, as far as it is known.
pub(super) fn of_service(name: Option<&str>) -> AttributeList {
    let mut attributes = AttributeList::default();
    attributes.text(&["service.name"], name.or(Some("unknown_service")));
    attributes
}

/// Attributes of the resource of a segment that was a span.
fn add_given(attributes: &mut AttributeList, segment: &Object) {
    let metadata = member::object(segment, "metadata");
    let default = metadata.and_then(|metadata| member::object(metadata, "default"));
    for (key, value) in default.into_iter().flatten() {
        if let Some(key) = key.strip_prefix(RESOURCE_PREFIX) {
            attributes.json(key, value);
        }
    }
}

fn add_origin(attributes: &mut AttributeList, origin: Option<&str>) {
    let Some(origin) = origin else { return };
    if origin.starts_with("AWS::") {
        attributes.text(&["cloud.provider"], Some("aws"));
    }
    let platform = match origin {
        "AWS::ECS::EC2" | "AWS::ECS::Fargate" => Some("aws_ecs"),
        _ => PLATFORMS
            .iter()
            .find(|(_, known)| *known == origin)
            .map(|(platform, _)| *platform),
    };
    attributes.text(&["cloud.platform"], platform);
    attributes.text(&["aws.xray.origin"], Some(origin));
}

fn add_aws(attributes: &mut AttributeList, aws: &Object) {
    attributes.text(&["cloud.account.id"], member::text(aws, "account_id"));
    for (block, field, name) in RESOURCE_MEMBERS {
        let Some(host) = member::object(aws, block) else {
            continue;
        };
        attributes.text(&["cloud.provider"], Some("aws"));
        match field {
            "deployment_id" => {
                let id = member::integer(host, field).map(|id| id.to_string());
                attributes.text(&[name], id.as_deref());
            }
            _ => attributes.text(&[name], member::text(host, field)),
        }
    }
    let logs = || member::objects(aws, "cloudwatch_logs");
    let groups = logs().filter_map(|log| member::text(log, "log_group"));
    attributes.texts("aws.log.group.names", groups);
    let arns = logs().filter_map(|log| member::text(log, "arn"));
    attributes.texts("aws.log.group.arns", arns);
    if let Some(xray) = member::object(aws, "xray") {
        add_sdk(attributes, xray);
    }
}

/// `X-Ray for Python` names an SDK and its language.
fn add_sdk(attributes: &mut AttributeList, xray: &Object) {
    if let Some(sdk) = member::text(xray, "sdk") {
        let (name, language) = match sdk.split_once(" for ") {
            Some((name, language)) => (name, Some(language.to_lowercase())),
            None => (sdk, None),
        };
        attributes.text(&["telemetry.sdk.name"], Some(name));
        attributes.text(&["telemetry.sdk.language"], language.as_deref());
    }
    let version = member::text(xray, "sdk_version");
    attributes.text(&["telemetry.sdk.version"], version);
}
