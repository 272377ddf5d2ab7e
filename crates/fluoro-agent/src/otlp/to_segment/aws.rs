//! The `aws` block of a call of an AWS service.

use super::{attributes::Attributes, object::Object};

/// Members of the block and the attributes that they are read from.
const TEXTS: [(&str, &[&str]); 9] = [
    ("operation", &["aws.operation"]),
    ("account_id", &["aws.account_id"]),
    ("region", &["aws.region", "cloud.region"]),
    (
        "request_id",
        &["aws.request_id", "aws.requestId", "aws.request.id"],
    ),
    (
        "queue_url",
        &["aws.queue_url", "aws.queue.url", "aws.sqs.queue.url"],
    ),
    ("bucket_name", &["aws.s3.bucket", "aws.bucket_name"]),
    ("key", &["aws.s3.key"]),
    ("topic_arn", &["aws.sns.topic.arn"]),
    (
        "function_name",
        &["aws.lambda.invoked_name", "faas.invoked_name"],
    ),
];

/// Writes what an AWS SDK tells about a call.
pub(super) fn write_call(object: &mut Object<'_>, attributes: &Attributes<'_>, is_aws: bool) {
    object.object("aws", |aws| {
        for (member, names) in TEXTS {
            aws.text(member, attributes.text(names));
        }
        if is_aws && attributes.peek(&["aws.operation"]).is_none() {
            aws.text("operation", attributes.text(&["rpc.method"]));
        }
        write_tables(aws, attributes);
        aws.integer("retries", attributes.integer(&["aws.xray.retries"]));
    });
}

fn write_tables(aws: &mut Object<'_>, attributes: &Attributes<'_>) {
    let tables = attributes.texts(&[
        "aws.table_name",
        "aws.table.name",
        "aws.dynamodb.table_names",
    ]);
    match tables[..] {
        [] => {}
        [table] => aws.text("table_name", Some(table)),
        _ => aws.array("table_names", |array| {
            for table in tables {
                array.text(table);
            }
        }),
    }
}
