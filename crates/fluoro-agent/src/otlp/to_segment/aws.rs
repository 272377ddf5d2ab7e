//! The `aws` block of a call of an AWS service.

use super::{
    super::aws_members::CALL_MEMBERS, annotations::write_value, attributes::Attributes,
    detail::Detail, object::Object,
};

/// What the attributes of members begin with that have no name of their own.
const OTHER_MEMBERS: &str = "aws.xray.aws.";

/// Writes what an AWS SDK tells about a call.
pub(super) fn write_call(object: &mut Object<'_>, attributes: &Attributes<'_>, is_aws: bool) {
    object.object("aws", |aws| {
        // An SDK names the operation as the method of a remote procedure.
        if is_aws && attributes.peek(&["aws.operation"]).is_none() {
            aws.text("operation", attributes.text(&["rpc.method"]));
        }
        for (member, names) in CALL_MEMBERS {
            aws.text(member, attributes.text(names));
        }
        let tables = attributes.texts(&["aws.dynamodb.table_names"]);
        match tables[..] {
            [table] if attributes.peek(&["aws.table_name"]).is_none() => {
                aws.text("table_name", Some(table));
            }
            _ => aws.array("table_names", |array| {
                for table in tables {
                    array.text(table);
                }
            }),
        }
        aws.integer("retries", attributes.integer(&["aws.xray.retries"]));
        for (key, value) in attributes.with_prefix(OTHER_MEMBERS) {
            let member = &key[OTHER_MEMBERS.len()..];
            write_value(aws.value(member), value, Detail::Full);
        }
    });
}
