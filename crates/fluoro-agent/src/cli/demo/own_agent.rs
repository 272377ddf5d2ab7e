use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::task::JoinHandle;

use crate::{
    agent,
    cli::{client::AgentClient, error::CommandError},
    config::{Config, Flags, Mode, Surroundings, resolve},
};

/// Longest wait for the agent to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// An agent that lives as long as the demo, and whose store goes with it.
pub(super) struct OwnAgent {
    task: JoinHandle<Result<(), String>>,
    data: PathBuf,
}

impl OwnAgent {
    /// Starts an agent with the web port of `client`, and waits until it answers.
    pub(super) async fn start(client: &AgentClient) -> Result<Self, CommandError> {
        let data = env::temp_dir().join(format!("fluoro-demo-{}", std::process::id()));
        let config = config(client, &data)?;
        let task = tokio::spawn(async move {
            let ended = agent::run(config).await;
            ended.map_err(|error| error.to_string())
        });
        let mut own = Self { task, data };
        let ready = async {
            while client.get::<serde_json::Value>("/ready").await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            ended = own.ended() => Err(ended.err().unwrap_or_else(|| {
                CommandError::Failed("the agent has ended".to_owned())
            })),
            ready = tokio::time::timeout(PATIENCE, ready) => match ready {
                Ok(()) => Ok(own),
                Err(_) => Err(CommandError::Failed("the agent does not answer".to_owned())),
            },
        }
    }

    /// Waits for the agent's end, which a signal brings.
    pub(super) async fn ended(&mut self) -> Result<(), CommandError> {
        match (&mut self.task).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(CommandError::Failed(format!(
                "no agent could be started: {reason}"
            ))),
            Err(failure) => Err(CommandError::Failed(format!("the agent failed: {failure}"))),
        }
    }
}

impl Drop for OwnAgent {
    fn drop(&mut self) {
        self.task.abort();
        // What is left behind is in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.data);
    }
}

/// The usual configuration with a store of its own, whatever this machine's agent is told. The
/// viewer's port is its only one: the others may be somebody's.
fn config(client: &AgentClient, data: &Path) -> Result<Config, CommandError> {
    let host = client.address().trim_start_matches("http://").to_owned();
    let host = host.replace("localhost", "127.0.0.1");
    let data = data.display().to_string();
    let mut flags = vec!["--web".to_owned(), host, "--data".to_owned(), data];
    let closed = ["bind", "bind-tcp", "otlp-http", "otlp-grpc"];
    flags.extend(closed.map(|port| format!("--{port}=off")));
    let nothing = Surroundings {
        environment: &|_| None,
        read_file: &|_| Err(io::ErrorKind::NotFound.into()),
    };
    let resolved = Flags::parse(&flags).and_then(|flags| resolve(&flags, Mode::Agent, nothing));
    let resolved = resolved.map_err(|error| {
        CommandError::Failed(format!(
            "no agent answers at {}, and none can be started there: {error}",
            client.address()
        ))
    })?;
    Ok(resolved.config)
}
