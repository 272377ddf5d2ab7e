use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{own_agent::OwnAgent, shop::Shop};
use crate::cli::{
    client::{AgentClient, ClientError},
    clock,
    command::DemoArguments,
    counted::counted,
    error::CommandError,
};

/// Most documents that the X-Ray API takes at once.
const AT_ONCE: usize = 50;

/// Traces that fill an hour of the past.
const PAST_PER_HOUR: f64 = 1_200.0;

/// Most traces that the past is filled with.
const MOST_PAST: f64 = 5_000.0;

/// How often it is told how many traces were sent.
const TELL_EVERY: u64 = 500;

/// Sends example traces until there were enough, or the process is interrupted.
pub(in crate::cli) async fn run(arguments: DemoArguments) -> Result<(), CommandError> {
    let client = AgentClient::new(&arguments.agent.agent)?;
    let found = client.get::<Value>("/ready").await;
    let mut own = match found {
        Ok(_) => None,
        Err(ClientError::NoAgent { .. }) => Some(OwnAgent::start(&client).await?),
        Err(error) => return Err(error.into()),
    };
    let whose = if own.is_some() {
        "an agent of its own"
    } else {
        "the running agent"
    };
    eprintln!(
        "sending traces of a shop to {whose}: open {}",
        client.address()
    );
    let sending = send(&client, &arguments);
    let outcome = match &mut own {
        None => tokio::select! {
            outcome = sending => outcome,
            _ = tokio::signal::ctrl_c() => Ok(()),
        },
        Some(own) => tokio::select! {
            outcome = sending => outcome,
            ended = own.ended() => ended,
        },
    };
    // What was asked for is sent; an agent of its own stays until it is not looked at any more.
    if let (Ok(()), Some(own), Some(count)) = (&outcome, &mut own, arguments.count) {
        let sent = counted(count as usize, "trace");
        eprintln!("{sent} sent; Ctrl+C ends the agent");
        return own.ended().await;
    }
    outcome
}

async fn send(client: &AgentClient, arguments: &DemoArguments) -> Result<(), CommandError> {
    let now = clock::now();
    let mut shop = Shop::new(now.to_bits());
    let mut sender = Sender {
        client,
        pending: vec![shop.bad_document(now)],
    };
    let past = arguments.past.as_secs_f64();
    let traces = (past / 3_600.0 * PAST_PER_HOUR).min(MOST_PAST) as u64;
    for number in 0..traces {
        let share = number as f64 / traces as f64;
        sender
            .add(shop.next_trace(now - past * (1.0 - share)))
            .await?;
    }
    sender.flush().await?;
    if traces > 0 {
        let minutes = counted((past / 60.0).ceil() as usize, "minute");
        let traces = counted(traces as usize, "trace");
        eprintln!("filled the last {minutes} with {traces}");
    }
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / arguments.rate));
    for sent in 1.. {
        ticks.tick().await;
        sender.add(shop.next_trace(clock::now())).await?;
        sender.flush().await?;
        if arguments.count == Some(sent) {
            break;
        }
        if sent % TELL_EVERY == 0 {
            eprintln!("{sent} more traces sent; Ctrl+C ends");
        }
    }
    Ok(())
}

/// Gathers documents into requests as large as the API takes.
struct Sender<'a> {
    client: &'a AgentClient,
    pending: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    /// Only the demo's bad document; anything else would be seen in the viewer.
    #[serde(rename = "UnprocessedTraceSegments")]
    _unprocessed: Vec<Value>,
}

impl Sender<'_> {
    async fn add(&mut self, documents: Vec<Value>) -> Result<(), ClientError> {
        if self.pending.len() + documents.len() > AT_ONCE {
            self.flush().await?;
        }
        self.pending.extend(documents);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), ClientError> {
        let documents: Vec<_> = self
            .pending
            .drain(..)
            .map(|document| document.to_string())
            .collect();
        if documents.is_empty() {
            return Ok(());
        }
        let body = json!({"TraceSegmentDocuments": documents});
        self.client.post::<Answer>("/TraceSegments", &body).await?;
        Ok(())
    }
}
