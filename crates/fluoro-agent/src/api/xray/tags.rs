//! `ListTagsForResource`, `TagResource` and `UntagResource`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use crate::api::{
    answer::{Answer, ApiError, json},
    state::Api,
    tags::{Tag, add_tags},
};

/// The tags of all things of a kind, by ARN.
type Tags = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
pub(super) struct Resource {
    #[serde(rename = "ResourceARN")]
    arn: String,
}

#[derive(Deserialize)]
pub(super) struct TagResource {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
pub(super) struct UntagResource {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "TagKeys")]
    keys: Vec<String>,
}

/// What can have tags.
enum Kind {
    Rule,
    Group,
}

pub(super) fn list(api: &Api, resource: &Resource) -> Answer {
    let tags_of = |tags: &Tags| tags.get(&resource.arn).cloned().unwrap_or_default();
    let tags = match kind(api, &resource.arn)? {
        Kind::Rule => api.rules.read(|rules| tags_of(&rules.tags)),
        Kind::Group => api.groups.read(|groups| tags_of(&groups.tags)),
    };
    let tags: Vec<_> = tags
        .into_iter()
        .map(|(key, value)| Tag { key, value })
        .collect();
    json(&json!({"Tags": tags}))
}

pub(super) async fn add(api: &Api, request: TagResource) -> Answer {
    let TagResource { arn, tags: new } = request;
    change(api, arn, |tags| add_tags(tags, new)).await
}

pub(super) async fn remove(api: &Api, request: UntagResource) -> Answer {
    let UntagResource { arn, keys } = request;
    change(api, arn, move |tags| {
        tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await
}

async fn change(
    api: &Api,
    arn: String,
    change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), ApiError> + Send + 'static,
) -> Answer {
    match kind(api, &arn)? {
        Kind::Rule => {
            let change = |tags: &mut Tags| change(tags.entry(arn).or_default());
            api.rules.change(|rules| change(&mut rules.tags)).await?;
        }
        Kind::Group => {
            let change = |tags: &mut Tags| change(tags.entry(arn).or_default());
            api.groups.change(|groups| change(&mut groups.tags)).await?;
        }
    }
    json(&json!({}))
}

fn kind(api: &Api, arn: &str) -> Result<Kind, ApiError> {
    let is_rule = api.rules.read(|rules| {
        let mut records = rules.records().iter();
        records.any(|record| record.sampling_rule.rule_arn == arn)
    });
    let is_group = api.groups.read(|groups| {
        let mut groups = groups.groups.values();
        groups.any(|group| group.group_arn == arn)
    });
    match (is_rule, is_group) {
        (true, _) => Ok(Kind::Rule),
        (_, true) => Ok(Kind::Group),
        _ => Err(ApiError::not_found(format!(
            "there is no sampling rule or group {arn}"
        ))),
    }
}
