//! `fluoro import`: traces of a file into the agent's store.

use std::{fs, io, io::Read, path::Path};

use serde::Deserialize;
use serde_json::json;

use super::{
    client::AgentClient, command::ImportArguments, counted::counted, error::CommandError,
    whole_traces::WholeTrace,
};

/// Bytes of documents that are sent together; one larger trace goes alone.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// What a file holds: an export, or what `aws xray batch-get-traces` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Export {
    traces: Vec<WholeTrace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    imported: usize,
    rejected: Vec<Refusal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Refusal {
    id: Option<String>,
    error_code: String,
    message: String,
}

/// Hands the documents of a file to the agent.
pub(super) async fn run(arguments: ImportArguments) -> Result<(), CommandError> {
    let client = AgentClient::new(&arguments.agent.agent)?;
    let export = read(&arguments.file)?;
    let count = export.traces.len();
    let mut imported = 0_usize;
    let mut refused = Vec::new();
    for traces in batches(export.traces) {
        let answer: Answer = client
            .post("/api/import", &json!({"Traces": traces}))
            .await?;
        imported += answer.imported;
        refused.extend(answer.rejected);
    }
    eprintln!(
        "{} of {} imported",
        counted(imported, "document"),
        counted(count, "trace")
    );
    for refusal in &refused {
        let id = refusal.id.as_deref().unwrap_or("a document without id");
        eprintln!("{id}: {}: {}", refusal.error_code, refusal.message);
    }
    match refused.len() {
        0 => Ok(()),
        count => Err(CommandError::Failed(format!(
            "{} rejected; `fluoro rejected` shows more",
            counted(count, "document")
        ))),
    }
}

fn read(path: &Path) -> Result<Export, CommandError> {
    let mut bytes = Vec::new();
    let (place, outcome) = if path == Path::new("-") {
        let outcome = io::stdin().lock().read_to_end(&mut bytes).map(|_| ());
        ("standard input".to_owned(), outcome)
    } else {
        let outcome = fs::read(path).map(|read| bytes = read);
        (path.display().to_string(), outcome)
    };
    outcome.map_err(|reason| CommandError::File {
        place: place.clone(),
        reason,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        CommandError::Failed(format!(
            "{place} is no export of traces: {error}; expected what `fluoro export` or \
             `aws xray batch-get-traces` writes"
        ))
    })
}

fn batches(traces: Vec<WholeTrace>) -> Vec<Vec<WholeTrace>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for trace in traces {
        // Inferred segments were made up by whoever exported them.
        let trace = trace.without_inferred();
        let size = trace
            .segments
            .iter()
            .map(|segment| segment.document.len())
            .sum::<usize>();
        if bytes + size > BYTES_AT_ONCE && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += size;
        batch.push(trace);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::whole_traces::Segment;

    #[test]
    fn batches_are_bounded_in_bytes_and_lose_nothing() {
        let trace = |bytes: usize| WholeTrace {
            id: bytes.to_string(),
            duration: 0.0,
            segments: vec![Segment {
                id: String::new(),
                document: " ".repeat(bytes),
            }],
        };
        let sizes = [1, BYTES_AT_ONCE, 2, 3, BYTES_AT_ONCE * 2, 4];
        let batches = batches(sizes.map(trace).to_vec());
        let shape: Vec<_> = batches.iter().map(Vec::len).collect();
        assert_eq!(shape, [1, 1, 2, 1, 1]);
        let ids = batches
            .concat()
            .iter()
            .map(|trace| trace.id.clone())
            .collect::<Vec<_>>();
        assert_eq!(ids, sizes.map(|size| size.to_string()));
    }
}
