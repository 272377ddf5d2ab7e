//! The flags `error`, `fault` and `throttle`.

use opentelemetry_proto::tonic::{
    common::v1::any_value::Value as Any,
    trace::v1::{Span, status::StatusCode},
};

use super::{attributes::Attributes, object::Object};

/// Whose fault it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Flags {
    error: bool,
    fault: bool,
    throttle: bool,
}

/// Attributes that tell the flags of a document that was a span in between.
const FLAGS: [&str; 3] = ["aws.xray.error", "aws.xray.fault", "aws.xray.throttle"];

impl Flags {
    /// What the status codes say, unless the attributes say it.
    pub(super) fn look(span: &Span, attributes: &Attributes<'_>, http_status: Option<i64>) -> Self {
        let given = FLAGS.map(|name| attributes.look(&[name]));
        if given.iter().any(Option::is_some) {
            let [error, fault, throttle] = given.map(|flag| flag == Some(&Any::BoolValue(true)));
            return Self {
                error,
                fault,
                throttle,
            };
        }
        let is_error = span
            .status
            .as_ref()
            .is_some_and(|status| status.code() == StatusCode::Error);
        let status = http_status.unwrap_or_default();
        Self {
            error: (400..500).contains(&status),
            throttle: status == 429,
            fault: status >= 500 || is_error && status < 400,
        }
    }

    /// The attributes have found their place.
    pub(super) fn place(attributes: &Attributes<'_>) {
        attributes.take(&FLAGS);
    }

    /// Writes those that are set.
    pub(super) fn write(self, object: &mut Object<'_>) {
        object.flag("error", self.error);
        object.flag("throttle", self.throttle);
        object.flag("fault", self.fault);
    }
}
