//! `fluoro tail`: traces as they arrive.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::time::MissedTickBehavior;

use super::{
    client::AgentClient,
    command::TailArguments,
    error::CommandError,
    event_stream::{Event, EventStream},
    filter, output,
    style::Style,
    summary::Summary,
    tree, whole_traces,
};

/// How long a trace must be quiet to be shown.
const QUIET: Duration = Duration::from_millis(800);

/// How long a trace is waited for that still has parts in progress.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often quiet traces are looked for.
const TICK: Duration = Duration::from_millis(200);

/// Most traces that are waited for; with more, the oldest are shown as they are.
const WAITING: usize = 500;

/// Shows every trace that a filter selects, once nothing is added to it any more, until the
/// process is interrupted or the agent ends.
pub(super) async fn run(arguments: TailArguments) -> Result<(), CommandError> {
    let expression = filter::expression(&arguments.filter)?;
    let client = AgentClient::new(&arguments.agent.agent)?;
    let mut events = EventStream::new(client.follow(&expression).await?);
    eprintln!("following {}; Ctrl+C ends", client.address());
    let style = Style::of_terminal();
    let mut waiting = Waiting::default();
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shown = 0;
    loop {
        tokio::select! {
            event = events.next() => match event.map_err(|error| client.broken(&error))? {
                Some(event) => waiting.note(&event, Instant::now()),
                None => return Err(CommandError::Failed("the agent has ended".to_owned())),
            },
            _ = ticks.tick() => {
                let quiet = waiting.take_quiet(Instant::now());
                for trace in whole_traces::fetch(&client, &quiet).await? {
                    if let Some(tree) = trace.tree() {
                        output::write(&format!("{}\n", tree::render(&tree, style)))?;
                        shown += 1;
                    }
                    if arguments.count == Some(shown) {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// Traces that have changed and are not shown yet.
#[derive(Default)]
struct Waiting {
    traces: HashMap<String, Change>,
}

struct Change {
    first: Instant,
    last: Instant,
    is_partial: bool,
}

impl Waiting {
    fn note(&mut self, event: &Event, now: Instant) {
        match event.name.as_str() {
            "trace" => {
                let summary: Summary = serde_json::from_str(&event.data).unwrap_or_default();
                self.changed(summary.id, summary.is_partial, now);
            }
            "skipped" => {
                let count = Skipped::deserialize_from(&event.data);
                eprintln!("{count} changes came too fast and are not shown");
            }
            _ => {}
        }
    }

    fn changed(&mut self, id: String, is_partial: bool, now: Instant) {
        let change = self.traces.entry(id).or_insert(Change {
            first: now,
            last: now,
            is_partial,
        });
        change.last = now;
        change.is_partial = is_partial;
    }

    /// Takes out the traces to show, in the order in which they began to change.
    fn take_quiet(&mut self, now: Instant) -> Vec<String> {
        let excess = self.traces.len().saturating_sub(WAITING);
        let mut by_age: Vec<_> = self.traces.iter().collect();
        by_age.sort_by_key(|(_, change)| change.first);
        let quiet: Vec<_> = by_age
            .into_iter()
            .enumerate()
            .filter(|(place, (_, change))| *place < excess || change.is_quiet(now))
            .map(|(_, (id, _))| id.clone())
            .collect();
        for id in &quiet {
            self.traces.remove(id);
        }
        quiet
    }
}

impl Change {
    fn is_quiet(&self, now: Instant) -> bool {
        let patience = if self.is_partial { PATIENCE } else { QUIET };
        now.saturating_duration_since(self.last) >= patience
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Skipped {
    count: u64,
}

impl Skipped {
    fn deserialize_from(data: &str) -> u64 {
        serde_json::from_str::<Self>(data).map_or(0, |skipped| skipped.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_shown_when_it_is_quiet_and_an_open_one_later() {
        let start = Instant::now();
        let mut waiting = Waiting::default();
        waiting.changed("complete".to_owned(), false, start);
        waiting.changed("open".to_owned(), true, start);
        waiting.changed("busy".to_owned(), false, start);
        waiting.changed("busy".to_owned(), false, start + QUIET / 2);
        assert_eq!(waiting.take_quiet(start + QUIET / 2), [""; 0]);
        assert_eq!(waiting.take_quiet(start + QUIET), ["complete"]);
        assert_eq!(waiting.take_quiet(start + QUIET * 2), ["busy"]);
        assert_eq!(waiting.take_quiet(start + PATIENCE), ["open"]);
        assert_eq!(waiting.take_quiet(start + PATIENCE * 2), [""; 0]);
    }

    #[test]
    fn what_is_waited_for_is_bounded() {
        let start = Instant::now();
        let mut waiting = Waiting::default();
        for number in 0..WAITING as u64 + 2 {
            let now = start + Duration::from_micros(number);
            waiting.changed(number.to_string(), true, now);
        }
        assert_eq!(waiting.take_quiet(start), ["0", "1"]);
    }
}
