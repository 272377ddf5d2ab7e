//! The operations of the X-Ray API, by path.

/// An operation that is answered here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    BatchGetTraces,
    CreateGroup,
    CreateSamplingRule,
    DeleteGroup,
    DeleteSamplingRule,
    GetEncryptionConfig,
    GetGroup,
    GetGroups,
    GetIndexingRules,
    GetInsightSummaries,
    GetSamplingRules,
    GetSamplingStatisticSummaries,
    GetSamplingTargets,
    GetServiceGraph,
    GetTimeSeriesServiceStatistics,
    GetTraceGraph,
    GetTraceSegmentDestination,
    GetTraceSummaries,
    ListResourcePolicies,
    ListTagsForResource,
    PutTelemetryRecords,
    PutTraceSegments,
    TagResource,
    UntagResource,
    UpdateGroup,
    UpdateSamplingRule,
    /// X-Ray has it, and it makes no sense without AWS.
    NotHere(&'static str),
}

use Operation as O;

const OPERATIONS: [(&str, &str, Operation); 38] = [
    ("/Traces", "BatchGetTraces", O::BatchGetTraces),
    ("/CreateGroup", "CreateGroup", O::CreateGroup),
    (
        "/CreateSamplingRule",
        "CreateSamplingRule",
        O::CreateSamplingRule,
    ),
    ("/DeleteGroup", "DeleteGroup", O::DeleteGroup),
    (
        "/DeleteSamplingRule",
        "DeleteSamplingRule",
        O::DeleteSamplingRule,
    ),
    (
        "/EncryptionConfig",
        "GetEncryptionConfig",
        O::GetEncryptionConfig,
    ),
    ("/GetGroup", "GetGroup", O::GetGroup),
    ("/Groups", "GetGroups", O::GetGroups),
    ("/GetIndexingRules", "GetIndexingRules", O::GetIndexingRules),
    (
        "/InsightSummaries",
        "GetInsightSummaries",
        O::GetInsightSummaries,
    ),
    ("/GetSamplingRules", "GetSamplingRules", O::GetSamplingRules),
    (
        "/SamplingStatisticSummaries",
        "GetSamplingStatisticSummaries",
        O::GetSamplingStatisticSummaries,
    ),
    (
        "/SamplingTargets",
        "GetSamplingTargets",
        O::GetSamplingTargets,
    ),
    ("/ServiceGraph", "GetServiceGraph", O::GetServiceGraph),
    (
        "/TimeSeriesServiceStatistics",
        "GetTimeSeriesServiceStatistics",
        O::GetTimeSeriesServiceStatistics,
    ),
    ("/TraceGraph", "GetTraceGraph", O::GetTraceGraph),
    (
        "/GetTraceSegmentDestination",
        "GetTraceSegmentDestination",
        O::GetTraceSegmentDestination,
    ),
    ("/TraceSummaries", "GetTraceSummaries", O::GetTraceSummaries),
    (
        "/ListResourcePolicies",
        "ListResourcePolicies",
        O::ListResourcePolicies,
    ),
    (
        "/ListTagsForResource",
        "ListTagsForResource",
        O::ListTagsForResource,
    ),
    (
        "/TelemetryRecords",
        "PutTelemetryRecords",
        O::PutTelemetryRecords,
    ),
    ("/TraceSegments", "PutTraceSegments", O::PutTraceSegments),
    ("/TagResource", "TagResource", O::TagResource),
    ("/UntagResource", "UntagResource", O::UntagResource),
    ("/UpdateGroup", "UpdateGroup", O::UpdateGroup),
    (
        "/UpdateSamplingRule",
        "UpdateSamplingRule",
        O::UpdateSamplingRule,
    ),
    not_here("/CancelTraceRetrieval", "CancelTraceRetrieval"),
    not_here("/DeleteResourcePolicy", "DeleteResourcePolicy"),
    not_here("/GetRetrievedTracesGraph", "GetRetrievedTracesGraph"),
    not_here("/Insight", "GetInsight"),
    not_here("/InsightEvents", "GetInsightEvents"),
    not_here("/InsightImpactGraph", "GetInsightImpactGraph"),
    not_here("/ListRetrievedTraces", "ListRetrievedTraces"),
    not_here("/PutEncryptionConfig", "PutEncryptionConfig"),
    not_here("/PutResourcePolicy", "PutResourcePolicy"),
    not_here("/StartTraceRetrieval", "StartTraceRetrieval"),
    not_here("/UpdateIndexingRule", "UpdateIndexingRule"),
    not_here(
        "/UpdateTraceSegmentDestination",
        "UpdateTraceSegmentDestination",
    ),
];

const fn not_here(
    path: &'static str,
    name: &'static str,
) -> (&'static str, &'static str, Operation) {
    (path, name, O::NotHere(name))
}

impl Operation {
    /// The operation at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        let found = OPERATIONS.iter().find(|(at, ..)| *at == path);
        found.map(|(.., operation)| *operation)
    }

    /// Its name in AWS's documentation.
    pub(super) fn name(self) -> &'static str {
        let found = OPERATIONS.iter().find(|(.., it)| *it == self);
        found.map_or("", |(_, name, _)| name)
    }

    /// SDKs need it, in containers that reach the agent under any name.
    pub(super) fn is_for_sdks(self) -> bool {
        matches!(
            self,
            O::PutTraceSegments
                | O::PutTelemetryRecords
                | O::GetSamplingRules
                | O::GetSamplingTargets
        )
    }
}
