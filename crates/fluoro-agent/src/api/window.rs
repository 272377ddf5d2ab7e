//! Which traces a question is about: its range of time and its filter.

use std::time::Duration;

use fluoro_store::{
    TimeRange, TimeRangeKind,
    filter::{Filter, FilterError, GroupReference},
};
use serde::Deserialize;

use super::{
    answer::ApiError,
    groups::{GroupBook, GroupRequest},
    state::Api,
};

/// Longest filter expression, in bytes.
const LONGEST_FILTER: usize = 16 << 10;

/// How long a question may take that can be answered in part.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// A range of time as requests spell it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Window {
    start_time: f64,
    end_time: f64,
    time_range_type: Option<TimeRangeType>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum TimeRangeType {
    TraceId,
    Event,
    Service,
}

impl Window {
    /// The range; `kind` is taken when the request does not say.
    pub(super) fn range(&self, kind: TimeRangeKind) -> Result<TimeRange, ApiError> {
        let (start, end) = (self.start_time, self.end_time);
        if end < start {
            return Err(ApiError::invalid(format!(
                "EndTime {end} is before StartTime {start}"
            )));
        }
        let kind = match self.time_range_type {
            None => kind,
            Some(TimeRangeType::TraceId) => TimeRangeKind::TraceId,
            Some(TimeRangeType::Event) => TimeRangeKind::Event,
            Some(TimeRangeType::Service) => TimeRangeKind::Service,
        };
        Ok(TimeRange { kind, start, end })
    }
}

/// Reads a filter expression, which may name groups.
pub(super) fn filter(api: &Api, expression: Option<&str>) -> Result<Filter, ApiError> {
    api.groups
        .read(|groups| filter_among(groups, expression.unwrap_or_default()))
}

/// Reads a filter expression, which may name some of these groups.
pub(super) fn filter_among(groups: &GroupBook, expression: &str) -> Result<Filter, ApiError> {
    if expression.len() > LONGEST_FILTER {
        return Err(ApiError::invalid(format!(
            "the filter expression is longer than {LONGEST_FILTER} bytes"
        )));
    }
    let group = |group: GroupReference<'_>| {
        let found = match group {
            GroupReference::Name(name) => groups.groups.get(name),
            GroupReference::Arn(arn) => groups.groups.values().find(|group| group.group_arn == arn),
        };
        found.map(|group| group.filter_expression.clone())
    };
    Filter::parse(expression, &group).map_err(ApiError::from)
}

/// The filter of a question that may name a group; everything without one.
pub(super) fn group_filter(api: &Api, group: &GroupRequest) -> Result<Filter, ApiError> {
    if group.group_name.is_none() && group.group_arn.is_none() {
        return filter(api, group.filter_expression.as_deref());
    }
    let found = api.groups.read(|groups| groups.find(group).cloned())?;
    filter(api, Some(&found.filter_expression))
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        let position = error.expression[..error.at].chars().count();
        Self::invalid_at(error.to_string(), position)
    }
}
