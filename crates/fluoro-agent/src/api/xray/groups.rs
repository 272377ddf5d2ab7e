//! `CreateGroup`, `UpdateGroup`, `DeleteGroup`, `GetGroup` and `GetGroups`.

use serde::Deserialize;
use serde_json::json;

use crate::api::{
    answer::{Answer, json},
    groups::{GroupBook, GroupRequest},
    state::Api,
    tags::{Tag, tag_map},
    window::filter_among,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateGroup {
    #[serde(flatten)]
    group: GroupRequest,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) async fn create(api: &Api, request: CreateGroup) -> Answer {
    let tags = tag_map(request.tags)?;
    let group = api
        .groups
        .change(move |groups| {
            let group = groups.create(request.group)?;
            filter_among(groups, &group.filter_expression)?;
            if !tags.is_empty() {
                groups.tags.insert(group.group_arn.clone(), tags);
            }
            Ok(group)
        })
        .await?;
    json(&json!({"Group": group}))
}

pub(super) async fn update(api: &Api, request: GroupRequest) -> Answer {
    let update = |groups: &mut GroupBook| {
        let group = groups.update(request)?;
        // With the change in place, so that no group can come to lead back to itself.
        filter_among(groups, &group.filter_expression)?;
        Ok(group)
    };
    let group = api.groups.change(update).await?;
    json(&json!({"Group": group}))
}

pub(super) async fn delete(api: &Api, request: GroupRequest) -> Answer {
    api.groups
        .change(move |groups| groups.delete(&request))
        .await?;
    json(&json!({}))
}

pub(super) fn get(api: &Api, request: &GroupRequest) -> Answer {
    let group = api.groups.read(|groups| groups.find(request).cloned())?;
    json(&json!({"Group": group}))
}

pub(super) fn list(api: &Api) -> Answer {
    api.groups.read(|groups| {
        let groups: Vec<_> = groups.groups.values().collect();
        json(&json!({"Groups": groups}))
    })
}
