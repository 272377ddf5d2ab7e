//! How flags, numbers, texts and comparisons are written.

use super::expression::{Comparison, Flag, GroupKey, Number, RootCausePart, Text, TextComparison};
use crate::topology::RootCauseKind;

/// Something that is written as one word or sign.
pub(super) trait Written: Copy + PartialEq + 'static {
    /// All of them.
    const ALL: &'static [(&'static str, Self)];

    /// The one that is written like this, in any case.
    fn find(written: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(name, _)| name.eq_ignore_ascii_case(written))
            .map(|(_, found)| *found)
    }

    /// How this one is written.
    fn written(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, known)| *known == self)
            .map_or("", |(name, _)| name)
    }
}

impl Written for Flag {
    const ALL: &'static [(&'static str, Self)] = &[
        ("ok", Self::Ok),
        ("error", Self::Error),
        ("throttle", Self::Throttle),
        ("fault", Self::Fault),
        ("partial", Self::Partial),
        ("inferred", Self::Inferred),
        ("first", Self::First),
        ("last", Self::Last),
        ("remote", Self::Remote),
        ("root", Self::Root),
    ];
}

impl Written for Number {
    const ALL: &'static [(&'static str, Self)] = &[
        ("responsetime", Self::ResponseTime),
        ("duration", Self::Duration),
        ("http.status", Self::HttpStatus),
        ("index", Self::Index),
        ("coverage", Self::Coverage),
    ];
}

impl Written for Text {
    const ALL: &'static [(&'static str, Self)] = &[
        ("http.url", Self::HttpUrl),
        ("http.method", Self::HttpMethod),
        ("http.useragent", Self::HttpUserAgent),
        ("http.clientip", Self::HttpClientIp),
        ("user", Self::User),
        ("name", Self::Name),
        ("type", Self::Type),
        ("message", Self::Message),
        ("availabilityzone", Self::AvailabilityZone),
        ("instance.id", Self::InstanceId),
        ("resource.arn", Self::ResourceArn),
    ];
}

impl Written for Comparison {
    const ALL: &'static [(&'static str, Self)] = &[
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
    ];
}

impl Written for TextComparison {
    const ALL: &'static [(&'static str, Self)] = &[
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("CONTAINS", Self::Contains),
        ("BEGINSWITH", Self::BeginsWith),
        ("ENDSWITH", Self::EndsWith),
    ];
}

impl Written for GroupKey {
    const ALL: &'static [(&'static str, Self)] =
        &[("group.name", Self::Name), ("group.arn", Self::Arn)];
}

impl Written for (RootCauseKind, RootCausePart) {
    const ALL: &'static [(&'static str, Self)] = &[
        (
            "rootcause.fault.service",
            (RootCauseKind::Fault, RootCausePart::Service),
        ),
        (
            "rootcause.fault.entity",
            (RootCauseKind::Fault, RootCausePart::Entity),
        ),
        (
            "rootcause.fault.exception",
            (RootCauseKind::Fault, RootCausePart::Exception),
        ),
        (
            "rootcause.error.service",
            (RootCauseKind::Error, RootCausePart::Service),
        ),
        (
            "rootcause.error.entity",
            (RootCauseKind::Error, RootCausePart::Entity),
        ),
        (
            "rootcause.error.exception",
            (RootCauseKind::Error, RootCausePart::Exception),
        ),
        (
            "rootcause.responsetime.service",
            (RootCauseKind::ResponseTime, RootCausePart::Service),
        ),
        (
            "rootcause.responsetime.entity",
            (RootCauseKind::ResponseTime, RootCausePart::Entity),
        ),
        (
            "rootcause.responsetime.exception",
            (RootCauseKind::ResponseTime, RootCausePart::Exception),
        ),
    ];
}
