//! Up to where a sink's backend has taken everything, kept as a setting of the store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fluoro_store::{Cursor, Queue, StoreError};

use super::state::State;

/// A checkpoint that moves is kept at most this often. If the process is killed, what was taken
/// in between is sent once more.
const KEEP_EVERY: Duration = Duration::from_millis(250);

pub(super) struct Checkpoint {
    store: Arc<dyn Queue>,
    state: Arc<State>,
    setting: String,
    reached: Cursor,
    kept: Cursor,
    kept_at: Instant,
}

impl Checkpoint {
    /// Where a sink stands. One that is new starts after what the store has already.
    pub(super) fn open(store: Arc<dyn Queue>, state: Arc<State>) -> Result<Self, StoreError> {
        let setting = format!("sink/{}/cursor", state.name());
        let saved = store.setting(&setting)?;
        let known = saved.as_deref().and_then(parse);
        if let (Some(saved), None) = (&saved, known) {
            tracing::warn!("the setting {setting} is {saved:?}, which is no cursor; starting anew");
        }
        let reached = match known {
            Some(cursor) => cursor,
            None => {
                let newest = store.newest()?;
                store.set_setting(&setting, Some(&format(newest)))?;
                newest
            }
        };
        Ok(Self {
            store,
            state,
            setting,
            reached,
            kept: reached,
            kept_at: Instant::now(),
        })
    }

    pub(super) fn reached(&self) -> Cursor {
        self.reached
    }

    pub(super) fn advance(&mut self, cursor: Cursor) {
        self.reached = self.reached.max(cursor);
    }

    /// When it has to be kept next, if it has moved.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.reached != self.kept).then(|| self.kept_at + KEEP_EVERY)
    }

    /// Writes it into the store if it has moved.
    pub(super) async fn keep(&mut self) {
        if self.reached == self.kept {
            return;
        }
        let (store, setting, cursor) = (self.store.clone(), self.setting.clone(), self.reached);
        let kept =
            tokio::task::spawn_blocking(move || store.set_setting(&setting, Some(&format(cursor))));
        self.kept_at = Instant::now();
        match kept.await {
            Ok(Ok(())) => self.kept = cursor,
            Ok(Err(failure)) => self.state.store_failed(&failure.to_string()),
            Err(failure) => self.state.store_failed(&failure.to_string()),
        }
    }
}

fn format(cursor: Cursor) -> String {
    format!("{}/{}", cursor.bucket, cursor.number)
}

fn parse(text: &str) -> Option<Cursor> {
    let (bucket, number) = text.split_once('/')?;
    Some(Cursor {
        bucket: bucket.parse().ok()?,
        number: number.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_being_written() {
        let cursor = Cursor {
            bucket: 1_763_800_000,
            number: 42,
        };
        assert_eq!(parse(&format(cursor)), Some(cursor));
        assert_eq!(parse("42"), None);
        assert_eq!(parse("a/b"), None);
    }
}
