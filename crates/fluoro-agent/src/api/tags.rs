//! Tags of sampling rules and groups.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::ApiError;

/// Most tags of one thing.
const MOST_TAGS: usize = 50;

/// A tag, as the API spells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

/// Tags by key; checks their limits.
pub(super) fn tag_map(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, ApiError> {
    let mut map = BTreeMap::new();
    add_tags(&mut map, tags)?;
    Ok(map)
}

/// Adds tags to those that are there; checks their limits.
pub(super) fn add_tags(map: &mut BTreeMap<String, String>, tags: Vec<Tag>) -> Result<(), ApiError> {
    for tag in tags {
        if !(1..=128).contains(&tag.key.chars().count()) || tag.value.chars().count() > 256 {
            return Err(ApiError::invalid(
                "a tag is too long; allowed are keys of 1 to 128 and values of up to 256 characters",
            ));
        }
        map.insert(tag.key, tag.value);
    }
    if map.len() > MOST_TAGS {
        return Err(ApiError::invalid(format!(
            "there may be no more than {MOST_TAGS} tags"
        )));
    }
    Ok(())
}
