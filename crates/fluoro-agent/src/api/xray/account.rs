//! What consoles ask about an account, and what is always the same here.

use serde_json::json;

use crate::api::answer::{Answer, json};

pub(super) fn encryption() -> Answer {
    json(&json!({"EncryptionConfig": {"Status": "ACTIVE", "Type": "NONE"}}))
}

pub(super) fn destination() -> Answer {
    json(&json!({"Destination": "XRay", "Status": "ACTIVE"}))
}

/// Everything is indexed.
pub(super) fn indexing_rules() -> Answer {
    let all = json!({"DesiredSamplingPercentage": 100.0, "ActualSamplingPercentage": 100.0});
    json(&json!({
        "IndexingRules": [{"Name": "Default", "ModifiedAt": 0.0, "Rule": {"Probabilistic": all}}]
    }))
}

pub(super) fn insight_summaries() -> Answer {
    json(&json!({"InsightSummaries": []}))
}

pub(super) fn resource_policies() -> Answer {
    json(&json!({"ResourcePolicies": []}))
}
