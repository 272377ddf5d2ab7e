//! Small values that a store keeps beside the documents.

use crate::StoreError;

/// Keeps small values under names; they outlive every document.
pub trait Settings: Send + Sync {
    /// The value that was set under a name: rules, groups, cursors of sinks.
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a value under a name, or removes it.
    fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError>;
}
