//! `GET /api/live`: summaries of traces as they change.
//!
//! Each follower gets a trace once per interval however often it changes, and no more traces than
//! somebody can look at; how many it was spared is told as well.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use fluoro_store::{
    filter::Filter,
    query::{TraceSummary, summary},
};
use fluoro_wire::TraceId;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::{
        OwnedSemaphorePermit,
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::{MissedTickBehavior, interval},
};
use tokio_stream::wrappers::ReceiverStream;

use super::{answer::ApiError, state::Api, window::filter};

/// How often a follower hears.
const INTERVAL: Duration = Duration::from_millis(300);

/// Most traces that a follower hears of in an interval.
const TRACES_PER_INTERVAL: usize = 100;

/// Events that a slow follower may lag behind; then it hears less.
const BACKLOG: usize = 256;

/// How often a quiet connection shows that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    filter: String,
}

/// Events `trace`, with a summary, and `skipped`, with how many changes were left out.
pub(super) async fn follow(
    State(api): State<Api>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(asked) = asked?;
    let filter = filter(&api, Some(&asked.filter))?;
    let place = Arc::clone(&api.followers)
        .try_acquire_owned()
        .map_err(|_| ApiError::throttled("too many follow the live feed already"))?;
    let (events, receiver) = mpsc::channel(BACKLOG);
    let follower = Follower {
        changes: api.intake.changes(),
        filter: Arc::new(filter),
        changed: HashSet::new(),
        skipped: 0,
        events,
        _place: place,
        api,
    };
    tokio::spawn(follower.run());
    let stream = Sse::new(ReceiverStream::new(receiver));
    Ok(stream
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response())
}

struct Follower {
    api: Api,
    changes: Receiver<Arc<[TraceId]>>,
    filter: Arc<Filter>,
    changed: HashSet<TraceId>,
    skipped: u64,
    events: mpsc::Sender<Result<Event, Infallible>>,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// Runs until the connection or the agent ends.
    async fn run(mut self) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.api.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.events.closed() => return,
                change = self.changes.recv() => match change {
                    Ok(traces) => self.note(&traces),
                    Err(RecvError::Lagged(commits)) => self.skipped += commits,
                    Err(RecvError::Closed) => return,
                },
                _ = ticks.tick() => {
                    if self.tell().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn note(&mut self, traces: &[TraceId]) {
        for trace in traces {
            if self.changed.contains(trace) {
                continue;
            }
            if self.changed.len() < TRACES_PER_INTERVAL {
                self.changed.insert(*trace);
            } else {
                self.skipped += 1;
            }
        }
    }

    /// Sends what changed since the last time; fails when the follower is gone.
    async fn tell(&mut self) -> Result<(), ()> {
        if !self.changed.is_empty() {
            let changed = std::mem::take(&mut self.changed);
            let count = changed.len() as u64;
            match self.summaries(changed).await {
                Ok(summaries) => {
                    for summary in summaries {
                        self.send("trace", &summary).await?;
                    }
                }
                // The store is busy or failed; who failed is in the log already.
                Err(_) => self.skipped += count,
            }
        }
        if self.skipped > 0 {
            let skipped = std::mem::take(&mut self.skipped);
            self.send("skipped", &json!({"Count": skipped})).await?;
        }
        Ok(())
    }

    async fn summaries(&self, changed: HashSet<TraceId>) -> Result<Vec<TraceSummary>, ApiError> {
        let filter = Arc::clone(&self.filter);
        let ask = self.api.queries.ask(move |store| {
            let mut summaries = Vec::with_capacity(changed.len());
            for id in changed {
                if let Some(trace) = store.trace(id)?
                    && filter.matches(&trace)
                {
                    summaries.push(summary(&trace));
                }
            }
            summaries.sort_by(|one, other| one.start_time.total_cmp(&other.start_time));
            Ok(summaries)
        });
        ask.await
    }

    async fn send<T: serde::Serialize>(&self, name: &str, data: &T) -> Result<(), ()> {
        let event = Event::default().event(name).json_data(data);
        let event = event.map_err(|_| ())?;
        self.events.send(Ok(event)).await.map_err(|_| ())
    }
}
