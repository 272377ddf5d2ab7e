//! Which service an entity stands for.

use std::borrow::Cow;

use crate::facts::{Details, EntityFacts, Namespace};

/// The type of whoever sent a request that started a trace.
pub(crate) const CLIENT: &str = "client";

/// The type of a service that is only known from its callers.
const REMOTE: &str = "remote";

/// The type of a database that was queried with SQL.
const SQL_DATABASE: &str = "Database::SQL";

/// A service: what tells it from others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node<'a> {
    /// Its name; that of the resource for services of AWS, if it is known.
    pub(crate) name: &'a str,
    /// Its type, if it is known.
    pub(crate) kind: Option<Cow<'a, str>>,
    /// The account that it runs in, if it is known.
    pub(crate) account_id: Option<&'a str>,
}

/// Services of AWS: how SDKs name them, their type, and the type of their resources.
const AWS_SERVICES: [(&str, &str, &str); 12] = [
    ("dynamodb", "AWS::DynamoDB", "AWS::DynamoDB::Table"),
    ("s3", "AWS::S3", "AWS::S3::Bucket"),
    ("sqs", "AWS::SQS", "AWS::SQS::Queue"),
    ("sns", "AWS::SNS", "AWS::SNS::Topic"),
    ("lambda", "AWS::Lambda", "AWS::Lambda::Function"),
    ("kinesis", "AWS::Kinesis", "AWS::Kinesis::Stream"),
    ("events", "AWS::Events", "AWS::Events::EventBus"),
    (
        "states",
        "AWS::StepFunctions",
        "AWS::StepFunctions::StateMachine",
    ),
    (
        "secretsmanager",
        "AWS::SecretsManager",
        "AWS::SecretsManager::Secret",
    ),
    ("ssm", "AWS::SSM", "AWS::SSM::Parameter"),
    ("kms", "AWS::KMS", "AWS::KMS::Key"),
    ("sts", "AWS::STS", "AWS::STS"),
];

impl<'a> Node<'a> {
    /// The service of a segment, or the one that a subsegment called.
    pub(crate) fn of(entity: &'a EntityFacts) -> Self {
        let details = entity.details.as_deref();
        let account_id = details.and_then(|details| details.account_id.as_deref());
        if entity.is_segment {
            let origin = details.and_then(|details| details.origin.as_deref());
            return Self {
                name: &entity.name,
                kind: origin.map(Cow::Borrowed),
                account_id,
            };
        }
        if entity.namespace == Namespace::Aws {
            return Self::of_aws_call(&entity.name, details, account_id);
        }
        let is_sql = details.is_some_and(|details| details.database_type.is_some());
        Self {
            name: &entity.name,
            kind: Some(Cow::Borrowed(if is_sql { SQL_DATABASE } else { REMOTE })),
            account_id: None,
        }
    }

    /// Whoever sends the requests that this service is the first to see.
    pub(crate) fn client_of(service: &Self) -> Self {
        Self {
            name: service.name,
            kind: Some(Cow::Borrowed(CLIENT)),
            account_id: None,
        }
    }

    fn of_aws_call(
        service: &'a str,
        details: Option<&'a Details>,
        account_id: Option<&'a str>,
    ) -> Self {
        let resource = details.and_then(|details| details.resource_name.as_deref());
        let known = AWS_SERVICES
            .iter()
            .find(|(name, ..)| name.eq_ignore_ascii_case(service));
        let (name, kind) = match (known, resource) {
            (Some((_, _, kind)), Some(resource)) => (short(resource), Cow::Borrowed(*kind)),
            (Some((_, kind, _)), None) => (without_prefix(kind), Cow::Borrowed(*kind)),
            (None, _) if service.starts_with(PREFIX) => (service, Cow::Borrowed(service)),
            (None, _) => (service, Cow::Owned(format!("{PREFIX}{service}"))),
        };
        Self {
            name,
            kind: Some(kind),
            account_id,
        }
    }
}

const PREFIX: &str = "AWS::";

/// Whether a text may be part of a service's name that no document spells.
pub(crate) fn is_name_given_here(part: &str) -> bool {
    AWS_SERVICES.iter().any(|(_, kind, _)| kind.contains(part))
}

fn without_prefix(kind: &'static str) -> &'static str {
    kind.strip_prefix(PREFIX).unwrap_or(kind)
}

/// The name in a queue's URL or a resource's ARN.
fn short(resource: &str) -> &str {
    let is_long = resource.starts_with("arn:") || resource.contains("://");
    let last = resource.rsplit(['/', ':']).next().unwrap_or_default();
    if is_long && !last.is_empty() {
        last
    } else {
        resource
    }
}
