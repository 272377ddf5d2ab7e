//! Lets old traces leave.

use std::{sync::Arc, time::Duration};

use fluoro_store::{Limits, Upkeep};
use tokio_util::sync::CancellationToken;

use crate::clock;

const INTERVAL: Duration = Duration::from_secs(60);

/// Applies the limits now and every minute, until `stop`.
pub(super) async fn run(store: Arc<dyn Upkeep>, limits: Limits, stop: CancellationToken) {
    loop {
        let store = Arc::clone(&store);
        let expire = move || store.expire(limits, clock::now());
        match tokio::task::spawn_blocking(expire).await {
            Ok(Ok(0)) => {}
            Ok(Ok(documents)) => tracing::info!(documents, "old documents have left the store"),
            Ok(Err(failure)) => tracing::error!("old documents cannot leave: {failure}"),
            Err(failure) => tracing::error!("old documents cannot leave: {failure}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
