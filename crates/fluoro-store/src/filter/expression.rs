//! What an expression says, after it was understood.

use super::json_pattern::JsonPattern;
use crate::topology::RootCauseKind;

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Expression {
    /// All of them; of none, everything.
    And(Vec<Expression>),
    /// One of them.
    Or(Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// A flag is or is not set.
    Flag(Flag, bool),
    /// There is a number, and it compares.
    Number(Number, Option<(Comparison, f64)>),
    /// There is a text, and it compares.
    Text(Text, Option<(TextComparison, Box<str>)>),
    /// There is an annotation, and it compares.
    Annotation(Box<str>, Option<AnnotationComparison>),
    /// A service took part.
    Service(NodePattern, Option<Box<Expression>>),
    /// A service called another.
    Edge(NodePattern, NodePattern, Option<Box<Expression>>),
    /// The expression of a group.
    Group(Group),
    /// Something is part of a root cause.
    RootCause(RootCauseKind, RootCausePart, Option<Box<Expression>>),
    /// A root cause looks like this.
    RootCauseJson(JsonPattern),
}

/// What is true or false.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flag {
    Ok,
    Error,
    Throttle,
    Fault,
    Partial,
    Inferred,
    First,
    Last,
    Remote,
    Root,
}

/// What is a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Number {
    ResponseTime,
    Duration,
    HttpStatus,
    Index,
    Coverage,
}

/// What is a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Text {
    HttpUrl,
    HttpMethod,
    HttpUserAgent,
    HttpClientIp,
    User,
    Name,
    Type,
    Message,
    AvailabilityZone,
    InstanceId,
    ResourceArn,
}

/// How numbers compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How texts compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TextComparison {
    Equal,
    NotEqual,
    Contains,
    BeginsWith,
    EndsWith,
}

/// How an annotation compares; the literal tells its type.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum AnnotationComparison {
    Flag { is_equal: bool, value: bool },
    Number(Comparison, f64),
    Text(TextComparison, Box<str>),
}

/// Which services are meant; what is not given may be anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct NodePattern {
    pub(super) name: Option<Box<str>>,
    pub(super) kind: Option<Box<str>>,
    pub(super) account_id: Option<Box<str>>,
}

/// A group, and what it stands for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Group {
    pub(super) by: GroupKey,
    pub(super) value: Box<str>,
    /// The group's own expression; until it is resolved, everything.
    pub(super) expression: Box<Expression>,
}

/// How a group is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum GroupKey {
    Name,
    Arn,
}

/// What of a root cause is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RootCausePart {
    Service,
    Entity,
    Exception,
}

impl Expression {
    /// Says nothing: true of every trace.
    pub(super) const EVERYTHING: Self = Self::And(Vec::new());
}
