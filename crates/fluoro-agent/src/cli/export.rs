//! `fluoro export`: traces as a file that `fluoro import` reads, here or elsewhere.

use std::{
    fs::File,
    io::{self, Write},
};

use serde::Deserialize;

use super::{
    client::AgentClient,
    command::ExportArguments,
    counted::counted,
    error::CommandError,
    filter,
    summary::{self, Summary},
    trace_command::trace_id,
    whole_traces,
};

/// Traces that are held in memory together.
const AT_ONCE: usize = 50;

/// Writes the traces that ids or a filter name.
pub(super) async fn run(arguments: ExportArguments) -> Result<(), CommandError> {
    let client = AgentClient::new(&arguments.agent.agent)?;
    let ids = ids(&client, &arguments).await?;
    let mut output: Box<dyn Write> = match &arguments.output {
        None => Box::new(io::stdout().lock()),
        Some(path) => {
            let file = File::create(path).map_err(|reason| CommandError::File {
                place: path.display().to_string(),
                reason,
            })?;
            Box::new(io::BufWriter::new(file))
        }
    };
    // One trace a line, so that versions of a file can be compared.
    write!(output, "{{\"Traces\":[")?;
    let mut count = 0;
    for ids in ids.chunks(AT_ONCE) {
        for trace in whole_traces::fetch(&client, ids).await? {
            let text = serde_json::to_string(&trace.without_inferred()).map_err(io::Error::from)?;
            write!(output, "{}\n{text}", if count == 0 { "" } else { "," })?;
            count += 1;
        }
    }
    writeln!(output, "\n]}}")?;
    output.flush()?;
    eprintln!("{} exported", counted(count, "trace"));
    if count < ids.len() {
        let missing = ids.len() - count;
        return Err(CommandError::Failed(format!(
            "{} not there",
            counted(missing, "trace")
        )));
    }
    Ok(())
}

/// The ids that were given, or those of the traces that a filter selects.
async fn ids(
    client: &AgentClient,
    arguments: &ExportArguments,
) -> Result<Vec<String>, CommandError> {
    let words = &arguments.traces;
    let named: Result<Vec<_>, _> = words.iter().map(|word| trace_id(word)).collect();
    if let Ok(ids) = named
        && !ids.is_empty()
    {
        return Ok(ids.iter().map(ToString::to_string).collect());
    }
    let expression = filter::expression(words)?;
    let since = arguments.since.as_secs();
    let found = summary::newest(client, &expression, since, arguments.limit).await?;
    if found.len() == arguments.limit {
        eprintln!("the newest {}; --limit takes more", arguments.limit);
    }
    let summaries = found.into_iter().flat_map(Summary::deserialize);
    Ok(summaries.map(|summary| summary.id).collect())
}
