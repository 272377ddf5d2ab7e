//! Talks to a running agent over its web port.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest wait for a connection: the agent is near.
const CONNECT: Duration = Duration::from_secs(3);

/// Longest silence of an agent that is answering.
const SILENCE: Duration = Duration::from_secs(60);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    /// Nobody listens there.
    #[error(
        "no agent answers at {address}: {reason}\n\
         `fluoro agent` starts one; --agent URL or $FLUORO_AGENT say where one is"
    )]
    NoAgent {
        /// Where it was looked for.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// The agent does not do it.
    #[error("{message}")]
    Refused {
        /// The answer's status.
        status: StatusCode,
        /// The reason, in the agent's words.
        message: String,
    },
    /// Somebody else answers, or half an answer came.
    #[error("what answers at {address} is no Fluoro agent, or a broken one: {reason}")]
    Unintelligible {
        /// Where the answer came from.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A running agent.
#[derive(Clone, Debug)]
pub(super) struct AgentClient {
    address: String,
    http: reqwest::Client,
}

impl AgentClient {
    /// The agent with its web port at `address`, say `http://127.0.0.1:2080`.
    pub(super) fn new(address: &str) -> Result<Self, ClientError> {
        let address = address.trim_end_matches('/');
        let address = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        // Whoever was first to choose how TLS is done may stay.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .no_proxy()
            .build()
            .map_err(|error| ClientError::Unintelligible {
                address: address.clone(),
                reason: chain(&error),
            })?;
        Ok(Self { address, http })
    }

    /// Where the agent is.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a page of the agent's own.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let request = self.http.get(self.url(path)).send().await;
        self.read(self.accepted(request).await?).await
    }

    /// Asks an operation of the X-Ray API, or hands something over.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, ClientError> {
        let request = self.http.post(self.url(path)).json(body).send().await;
        self.read(self.accepted(request).await?).await
    }

    /// Opens the feed of traces that change.
    pub(super) async fn follow(&self, filter: &str) -> Result<Response, ClientError> {
        let filter =
            percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        let url = self.url(&format!("/api/live?filter={filter}"));
        self.accepted(self.http.get(url).send().await).await
    }

    /// What an error in the middle of an answer means.
    pub(super) fn broken(&self, error: &reqwest::Error) -> ClientError {
        ClientError::Unintelligible {
            address: self.address.clone(),
            reason: chain(error),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    async fn accepted(
        &self,
        outcome: Result<Response, reqwest::Error>,
    ) -> Result<Response, ClientError> {
        let response = outcome.map_err(|error| ClientError::NoAgent {
            address: self.address.clone(),
            reason: chain(&error),
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = response.text().await.unwrap_or_default();
        Err(ClientError::Refused {
            status,
            message: message_of(status, &text),
        })
    }

    async fn read<T: DeserializeOwned>(&self, response: Response) -> Result<T, ClientError> {
        response.json().await.map_err(|error| self.broken(&error))
    }
}

/// The message of the API's error, or the status if the body is none.
fn message_of(status: StatusCode, text: &str) -> String {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let message = body["message"].as_str().or(body["Message"].as_str());
    message.map_or_else(|| format!("the agent answers {status}"), str::to_owned)
}

/// The innermost cause, which is what tells something.
fn chain(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
