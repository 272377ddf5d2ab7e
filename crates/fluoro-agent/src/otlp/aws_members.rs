//! Members of the `aws` block of a call, and the attributes that stand for them.

/// A member, and its attributes: the first one is written, all of them are read.
pub(super) const CALL_MEMBERS: [(&str, &[&str]); 10] = [
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
    ("table_name", &["aws.table_name", "aws.table.name"]),
    ("bucket_name", &["aws.s3.bucket", "aws.bucket_name"]),
    ("key", &["aws.s3.key"]),
    ("topic_arn", &["aws.sns.topic.arn"]),
    (
        "function_name",
        &["aws.lambda.invoked_name", "faas.invoked_name"],
    ),
];

/// Platforms as OpenTelemetry names them, and as `origin` does.
pub(super) const PLATFORMS: [(&str, &str); 6] = [
    ("aws_ec2", "AWS::EC2::Instance"),
    ("aws_ecs", "AWS::ECS::Container"),
    ("aws_eks", "AWS::EKS::Container"),
    (
        "aws_elastic_beanstalk",
        "AWS::ElasticBeanstalk::Environment",
    ),
    ("aws_app_runner", "AWS::AppRunner::Service"),
    ("aws_lambda", "AWS::Lambda::Function"),
];

/// Members of blocks inside a segment's `aws`, and the resource attributes that stand for them.
pub(super) const RESOURCE_MEMBERS: [(&str, &str, &str); 18] = [
    ("ec2", "instance_id", "host.id"),
    ("ec2", "instance_size", "host.type"),
    ("ec2", "ami_id", "host.image.id"),
    ("ec2", "availability_zone", "cloud.availability_zone"),
    ("ecs", "container", "container.name"),
    ("ecs", "container_id", "container.id"),
    ("ecs", "container_arn", "aws.ecs.container.arn"),
    ("ecs", "task_arn", "aws.ecs.task.arn"),
    ("ecs", "task_family", "aws.ecs.task.family"),
    ("ecs", "cluster_arn", "aws.ecs.cluster.arn"),
    ("ecs", "launch_type", "aws.ecs.launchtype"),
    ("ecs", "availability_zone", "cloud.availability_zone"),
    ("eks", "cluster_name", "k8s.cluster.name"),
    ("eks", "pod", "k8s.pod.name"),
    ("eks", "container_id", "container.id"),
    ("elastic_beanstalk", "environment_name", "service.namespace"),
    ("elastic_beanstalk", "version_label", "service.version"),
    ("elastic_beanstalk", "deployment_id", "service.instance.id"),
];
