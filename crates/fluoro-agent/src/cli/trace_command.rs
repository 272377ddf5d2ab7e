//! `fluoro trace`: one trace as a tree.

use fluoro_wire::TraceId;
use serde_json::json;

use super::{
    client::AgentClient, command::TraceArguments, error::CommandError, output, style::Style, tree,
    whole_traces,
};

/// Prints one trace.
pub(super) async fn run(arguments: TraceArguments) -> Result<(), CommandError> {
    let id = trace_id(&arguments.id)?;
    let client = AgentClient::new(&arguments.agent.agent)?;
    let traces = whole_traces::fetch(&client, &[id.to_string()]).await?;
    let Some(trace) = traces.into_iter().next() else {
        let address = client.address();
        return Err(CommandError::Failed(format!(
            "the agent at {address} has no trace {id}"
        )));
    };
    if arguments.json {
        return Ok(output::write_json(
            &json!({"Traces": [trace.without_inferred()]}),
        )?);
    }
    let tree = trace.tree().ok_or_else(|| {
        CommandError::Failed(format!(
            "no document of trace {id} can be drawn; --json shows what there is"
        ))
    })?;
    Ok(output::write(&tree::render(&tree, Style::of_terminal()))?)
}

/// An id in X-Ray's or W3C's spelling; also the whole header that carries it.
pub(super) fn trace_id(text: &str) -> Result<TraceId, CommandError> {
    let root = text
        .split(';')
        .find_map(|field| field.trim().strip_prefix("Root="));
    let traceparent = || text.strip_prefix("00-").and_then(|rest| rest.get(..32));
    let id = root.or_else(traceparent).unwrap_or(text);
    id.parse().map_err(|_| {
        CommandError::Failed(format!(
            "{text:?} is no trace id: expected 1-5759e988-bd862e3fe1be46a994272793, \
             or 5759e988bd862e3fe1be46a994272793 as W3C spells it"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_that_an_id_is_copied_from() {
        let id = "1-5759e988-bd862e3fe1be46a994272793";
        for text in [
            id,
            "5759e988bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        ] {
            assert_eq!(trace_id(text).unwrap().to_string(), id, "{text}");
        }
        for text in ["", "1-2-3", "00-5759", "Root="] {
            assert!(trace_id(text).is_err(), "{text}");
        }
    }
}
