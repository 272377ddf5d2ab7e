//! Small documents that are kept in the store: sampling rules and groups.

use std::sync::Arc;

use fluoro_store::Settings;
use parking_lot::Mutex;
use serde::{Serialize, de::DeserializeOwned};

use super::answer::ApiError;

/// A document in memory and in the store. A change counts when the store has it.
#[derive(Clone)]
pub(super) struct Setting<T> {
    name: &'static str,
    store: Arc<dyn Settings>,
    value: Arc<Mutex<T>>,
    /// Held while the store writes, so that readers need not wait for that.
    changing: Arc<Mutex<()>>,
}

/// A setting that cannot be read at start.
#[derive(Debug, thiserror::Error)]
#[error("the setting {name} cannot be read from the store: {reason}")]
pub struct SettingError {
    name: &'static str,
    reason: String,
}

impl<T: Clone + Serialize + DeserializeOwned + Send + 'static> Setting<T> {
    /// Reads the setting; `default` if it was never set.
    pub(super) fn load(
        name: &'static str,
        store: Arc<dyn Settings>,
        default: T,
    ) -> Result<Self, SettingError> {
        let failed = |reason: String| SettingError { name, reason };
        let kept = store
            .setting(name)
            .map_err(|failure| failed(failure.to_string()))?;
        let value = match kept {
            Some(kept) => {
                serde_json::from_str(&kept).map_err(|failure| failed(failure.to_string()))?
            }
            None => default,
        };
        Ok(Self {
            name,
            store,
            value: Arc::new(Mutex::new(value)),
            changing: Arc::default(),
        })
    }

    /// Looks at the document.
    pub(super) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.lock())
    }

    /// Changes the document, here and in the store; nothing changes when either fails.
    pub(super) async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut T) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let setting = self.clone();
        let write = move || {
            let _changing = setting.changing.lock();
            let mut changed = setting.value.lock().clone();
            let result = change(&mut changed)?;
            let text = serde_json::to_string(&changed)
                .map_err(|failure| ApiError::internal(failure.to_string()))?;
            setting.store.set_setting(setting.name, Some(&text))?;
            *setting.value.lock() = changed;
            Ok(result)
        };
        tokio::task::spawn_blocking(write)
            .await
            .map_err(|failure| ApiError::internal(failure.to_string()))?
    }
}
