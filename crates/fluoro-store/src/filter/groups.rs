//! Groups: expressions that are kept under a name.

use std::cell::Cell;

use super::{GroupReference, expression::GroupKey};

/// Most groups that one expression may take in, those within groups included.
const MAX_GROUPS: usize = 100;

/// Gives the expression of a group, if there is one.
pub(super) type Lookup<'a> = dyn Fn(GroupReference<'_>) -> Option<String> + 'a;

/// The groups that can be named, and those that are being taken in.
pub(super) struct Groups<'a> {
    lookup: &'a Lookup<'a>,
    taken: &'a Cell<usize>,
    within: Option<(&'a Groups<'a>, GroupKey, &'a str)>,
}

impl<'a> Groups<'a> {
    /// For an expression outside of any group.
    pub(super) fn new(lookup: &'a Lookup<'a>, taken: &'a Cell<usize>) -> Self {
        Self {
            lookup,
            taken,
            within: None,
        }
    }

    /// For the expression of a group.
    pub(super) fn inside(outer: &'a Groups<'a>, by: GroupKey, value: &'a str) -> Self {
        Self {
            lookup: outer.lookup,
            taken: outer.taken,
            within: Some((outer, by, value)),
        }
    }

    /// The expression of a group.
    ///
    /// # Errors
    ///
    /// What is wrong: it does not exist, it leads back to itself, or there are too many.
    pub(super) fn find(&self, by: GroupKey, value: &str) -> Result<String, String> {
        if self.is_within(by, value) {
            return Err(format!("the group \"{value}\" leads back to itself"));
        }
        self.taken.set(self.taken.get() + 1);
        if self.taken.get() > MAX_GROUPS {
            return Err(format!(
                "the expression takes in more than {MAX_GROUPS} groups"
            ));
        }
        let reference = match by {
            GroupKey::Name => GroupReference::Name(value),
            GroupKey::Arn => GroupReference::Arn(value),
        };
        (self.lookup)(reference).ok_or_else(|| format!("there is no group \"{value}\""))
    }

    fn is_within(&self, by: GroupKey, value: &str) -> bool {
        self.within.is_some_and(|(outer, known_by, known)| {
            (known_by, known) == (by, value) || outer.is_within(by, value)
        })
    }
}
