use axum::body::Body;
use http::HeaderMap;

use super::{account, graph, groups, sampling, segments, summaries, tags, traces};
use crate::api::{
    answer::{Answer, ApiError},
    body::{self, parse},
    operation::Operation,
    state::Api,
};

/// Reads the body of an operation and answers it.
pub(in crate::api) async fn answer(
    api: &Api,
    operation: Operation,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let limit = match operation {
        Operation::PutTraceSegments => body::SEGMENTS,
        _ => body::SMALL,
    };
    let body = body::read(headers, body, limit).await?;
    match operation {
        Operation::PutTraceSegments => segments::put(api, parse(&body)?).await,
        Operation::PutTelemetryRecords => segments::put_telemetry(&parse(&body)?),
        Operation::GetSamplingRules => sampling::rules(api),
        Operation::CreateSamplingRule => sampling::create(api, parse(&body)?).await,
        Operation::UpdateSamplingRule => sampling::update(api, parse(&body)?).await,
        Operation::DeleteSamplingRule => sampling::delete(api, parse(&body)?).await,
        Operation::GetSamplingTargets => sampling::targets(api, parse(&body)?),
        Operation::GetSamplingStatisticSummaries => sampling::summaries(api),
        Operation::CreateGroup => groups::create(api, parse(&body)?).await,
        Operation::UpdateGroup => groups::update(api, parse(&body)?).await,
        Operation::DeleteGroup => groups::delete(api, parse(&body)?).await,
        Operation::GetGroup => groups::get(api, &parse(&body)?),
        Operation::GetGroups => groups::list(api),
        Operation::ListTagsForResource => tags::list(api, &parse(&body)?),
        Operation::TagResource => tags::add(api, parse(&body)?).await,
        Operation::UntagResource => tags::remove(api, parse(&body)?).await,
        Operation::GetTraceSummaries => summaries::get(api, parse(&body)?).await,
        Operation::BatchGetTraces => traces::get(api, parse(&body)?).await,
        Operation::GetServiceGraph => graph::of_services(api, parse(&body)?).await,
        Operation::GetTraceGraph => graph::of_traces(api, parse(&body)?).await,
        Operation::GetTimeSeriesServiceStatistics => graph::over_time(api, parse(&body)?).await,
        Operation::GetEncryptionConfig => account::encryption(),
        Operation::GetTraceSegmentDestination => account::destination(),
        Operation::GetIndexingRules => account::indexing_rules(),
        Operation::GetInsightSummaries => account::insight_summaries(),
        Operation::ListResourcePolicies => account::resource_policies(),
        Operation::NotHere(name) => Err(ApiError::invalid(format!(
            "{name} is not available here: it needs AWS"
        ))),
    }
}
