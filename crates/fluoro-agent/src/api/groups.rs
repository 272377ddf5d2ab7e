//! Groups: filter expressions with a name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::ApiError;

/// Most groups that are kept.
const MOST_GROUPS: usize = 100;

/// A group, as the API spells it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Group {
    pub(super) group_name: String,
    #[serde(rename = "GroupARN")]
    pub(super) group_arn: String,
    pub(super) filter_expression: String,
    pub(super) insights_configuration: InsightsConfiguration,
}

/// Kept, but nothing looks for insights here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InsightsConfiguration {
    insights_enabled: bool,
    notifications_enabled: bool,
}

/// What a new group, or a change of one, asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GroupRequest {
    pub(super) group_name: Option<String>,
    #[serde(rename = "GroupARN")]
    pub(super) group_arn: Option<String>,
    pub(super) filter_expression: Option<String>,
    insights_configuration: Option<InsightsConfiguration>,
}

/// All groups, by name.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupBook {
    pub(super) groups: BTreeMap<String, Group>,
    /// Tags of groups, by ARN.
    pub(super) tags: BTreeMap<String, BTreeMap<String, String>>,
}

impl GroupBook {
    pub(super) fn create(&mut self, request: GroupRequest) -> Result<Group, ApiError> {
        let name = request.group_name.unwrap_or_default();
        if !(1..=32).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(ApiError::invalid(format!(
                "GroupName is {name:?}; allowed are 1 to 32 characters"
            )));
        }
        if self.groups.contains_key(&name) {
            return Err(ApiError::invalid(format!(
                "there is a group named {name} already"
            )));
        }
        if self.groups.len() >= MOST_GROUPS {
            return Err(ApiError::invalid(format!(
                "there are {MOST_GROUPS} groups, and there may be no more; delete one first"
            )));
        }
        let group = Group {
            group_arn: format!("arn:aws:xray:local:000000000000:group/{name}"),
            filter_expression: request.filter_expression.unwrap_or_default(),
            insights_configuration: request.insights_configuration.unwrap_or_default(),
            group_name: name.clone(),
        };
        self.groups.insert(name, group.clone());
        Ok(group)
    }

    pub(super) fn update(&mut self, request: GroupRequest) -> Result<Group, ApiError> {
        let name = self.find(&request)?.group_name.clone();
        let group = self.groups.get_mut(&name);
        let group = group.ok_or_else(|| ApiError::internal("a group is gone"))?;
        if let Some(filter) = request.filter_expression {
            group.filter_expression = filter;
        }
        if let Some(insights) = request.insights_configuration {
            group.insights_configuration = insights;
        }
        Ok(group.clone())
    }

    pub(super) fn delete(&mut self, request: &GroupRequest) -> Result<(), ApiError> {
        let group = self.find(request)?;
        let (name, arn) = (group.group_name.clone(), group.group_arn.clone());
        self.groups.remove(&name);
        self.tags.remove(&arn);
        Ok(())
    }

    /// The group that is named by name or ARN.
    pub(super) fn find(&self, request: &GroupRequest) -> Result<&Group, ApiError> {
        let (name, arn) = (&request.group_name, &request.group_arn);
        let Some(named) = name.as_ref().or(arn.as_ref()) else {
            return Err(ApiError::invalid(
                "GroupName or GroupARN must say which group is meant",
            ));
        };
        let is_it = |group: &&Group| {
            name.as_ref().is_none_or(|name| *name == group.group_name)
                && arn.as_ref().is_none_or(|arn| *arn == group.group_arn)
        };
        let found = self.groups.values().find(is_it);
        found.ok_or_else(|| ApiError::invalid(format!("there is no group {named}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, filter: Option<&str>) -> GroupRequest {
        GroupRequest {
            group_name: Some(name.to_owned()),
            filter_expression: filter.map(str::to_owned),
            ..GroupRequest::default()
        }
    }

    #[test]
    fn groups_are_made_changed_found_and_deleted() {
        let mut book = GroupBook::default();
        let group = book.create(request("slow", Some("duration > 5"))).unwrap();
        assert!(book.create(request("slow", None)).is_err());
        let by_arn = GroupRequest {
            group_arn: Some(group.group_arn),
            filter_expression: Some("duration > 6".to_owned()),
            ..GroupRequest::default()
        };
        book.update(by_arn).unwrap();
        let found = book.find(&request("slow", None)).unwrap();
        assert_eq!(found.filter_expression, "duration > 6");
        book.delete(&request("slow", None)).unwrap();
        assert!(book.delete(&request("slow", None)).is_err());
        assert_eq!(book, GroupBook::default());
    }

    #[test]
    fn names_and_numbers_are_limited() {
        let mut book = GroupBook::default();
        for name in ["", "a\n", &"x".repeat(33)] {
            assert!(book.create(request(name, None)).is_err(), "{name:?}");
        }
        assert!(book.find(&GroupRequest::default()).is_err());
        for number in 0..MOST_GROUPS {
            book.create(request(&number.to_string(), None)).unwrap();
        }
        assert!(book.create(request("more", None)).is_err());
    }
}
