//! What a sampler knows about a request.

use std::fmt;

use crate::{Case, wildcard_match};

/// The properties of a request that rules match on.
///
/// A property that is `None` or empty is not known and therefore matches every rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamplingRequest<'a> {
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// The HTTP method.
    pub method: Option<&'a str>,
    /// The path of the URL, without the query.
    pub path: Option<&'a str>,
    /// The name of the service, which is the segment's name.
    pub service: Option<&'a str>,
    /// The kind of service or machine, such as `AWS::EC2::Instance`.
    pub service_type: Option<&'a str>,
}

/// One property of a [`SamplingRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestField {
    /// [`SamplingRequest::host`]
    Host,
    /// [`SamplingRequest::method`]
    Method,
    /// [`SamplingRequest::path`]
    Path,
    /// [`SamplingRequest::service`]
    Service,
    /// [`SamplingRequest::service_type`]
    ServiceType,
}

impl RequestField {
    /// The field's name in a sampling request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Method => "method",
            Self::Path => "path",
            Self::Service => "service",
            Self::ServiceType => "service_type",
        }
    }
}

impl fmt::Display for RequestField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// True when `pattern` accepts `value`; an unknown value is accepted, an absent pattern accepts
/// nothing that is known.
pub(crate) fn accepts(pattern: Option<&str>, value: Option<&str>) -> bool {
    match value {
        None | Some("") => true,
        Some(value) => {
            pattern.is_some_and(|pattern| wildcard_match(pattern, value, Case::Insensitive))
        }
    }
}
