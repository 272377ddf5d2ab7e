//! The `aws` block of a call of an AWS service.

use serde_json::Value;

use super::{
    super::aws_members::CALL_MEMBERS,
    attribute_list::AttributeList,
    member::{self, Object},
};

/// Adds what is known about the call.
pub(super) fn add_call(attributes: &mut AttributeList, entity: &Object) {
    if member::text(entity, "namespace") == Some("aws") {
        let service = member::text(entity, "name");
        attributes.text(&["aws.service", "rpc.service"], service);
        attributes.text(&["rpc.system"], Some("aws-api"));
    }
    let Some(aws) = member::object(entity, "aws") else {
        return;
    };
    attributes.text(&["rpc.method"], member::text(aws, "operation"));
    for (name, value) in aws {
        let known = CALL_MEMBERS.iter().find(|(member, _)| member == name);
        match (name.as_str(), known, value) {
            (_, Some((_, names)), Value::String(text)) => {
                attributes.text(&names[..1], Some(text));
            }
            ("table_names", ..) => {
                let tables = member::texts(aws, "table_names");
                attributes.texts("aws.dynamodb.table_names", tables);
            }
            ("retries", ..) => attributes.json("aws.xray.retries", value),
            _ => attributes.json(&format!("aws.xray.aws.{name}"), value),
        }
    }
}
