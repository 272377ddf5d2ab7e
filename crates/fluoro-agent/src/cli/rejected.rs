//! `fluoro rejected`: documents that AWS X-Ray would not take, and why.

use serde::Deserialize;
use serde_json::Value;

use super::{
    client::AgentClient,
    clock,
    command::RejectedArguments,
    error::CommandError,
    output,
    style::{Paint, Style},
};

/// Columns of a document's beginning where nothing limits it.
const BEGINNING: usize = 160;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    rejected: Vec<Value>,
    total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rejected {
    received_at: f64,
    source: String,
    error_code: String,
    message: String,
    segment_id: Option<String>,
    trace_id: Option<String>,
    document: String,
}

/// Prints the newest rejected documents.
pub(super) async fn run(arguments: RejectedArguments) -> Result<(), CommandError> {
    let client = AgentClient::new(&arguments.agent.agent)?;
    let mut found = Vec::new();
    let mut total = 0;
    let mut before = None;
    while found.len() < arguments.limit {
        let page = page(&client, before, arguments.limit - found.len()).await?;
        total = page.total;
        before = page
            .rejected
            .last()
            .and_then(|last| last["Number"].as_i64());
        let is_last = page.rejected.is_empty() || before.is_none();
        found.extend(page.rejected);
        if is_last {
            break;
        }
    }
    if arguments.json {
        return Ok(output::write_json(&found)?);
    }
    if found.is_empty() {
        eprintln!("no document was rejected");
        return Ok(());
    }
    let style = Style::of_terminal();
    let mut text = String::new();
    for rejected in &found {
        let Ok(rejected) = Rejected::deserialize(rejected) else {
            continue;
        };
        text.push_str(&rejected.draw(arguments.documents, style));
    }
    output::write(&text)?;
    let shown = found.len() as u64;
    if shown < total {
        eprintln!("the newest {shown} of {total}; --limit shows more");
    }
    Ok(())
}

async fn page(
    client: &AgentClient,
    before: Option<i64>,
    limit: usize,
) -> Result<Page, CommandError> {
    let before = before.map_or_else(String::new, |number| format!("&before={number}"));
    let path = format!("/api/rejected?limit={limit}{before}");
    Ok(client.get(&path).await?)
}

impl Rejected {
    fn draw(&self, whole_document: bool, style: Style) -> String {
        let time = clock::shown(self.received_at);
        let names = [("trace", &self.trace_id), ("segment", &self.segment_id)];
        let known: Vec<_> = names
            .into_iter()
            .filter_map(|(name, id)| Some(format!("{name} {}", id.as_deref()?)))
            .collect();
        let columns = style.width.unwrap_or(BEGINNING).saturating_sub(2);
        let document = if whole_document {
            self.document.clone()
        } else {
            style.cut(&self.document, columns)
        };
        let mut lines = vec![
            format!(
                "{}  {}  {}",
                style.paint(Paint::Strong, &time),
                style.paint(Paint::Bad, &self.error_code),
                style.paint(Paint::Faint, &format!("via {}", self.source)),
            ),
            format!("  {}", self.message),
        ];
        if !known.is_empty() {
            lines.push(format!("  {}", known.join("  ")));
        }
        if !document.is_empty() {
            lines.push(format!("  {}", style.paint(Paint::Faint, &document)));
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_document_says_why() {
        let rejected = Rejected {
            received_at: 1.0,
            source: "udp".to_owned(),
            error_code: "InvalidTraceId".to_owned(),
            message: "trace_id \"1-2\" is not 35 characters long".to_owned(),
            segment_id: Some("53995c3f42cd8ad8".to_owned()),
            trace_id: Some("1-2".to_owned()),
            document: format!("{{\"name\":\"{}\"}}", "n".repeat(300)),
        };
        let style = Style {
            unicode: true,
            ..Style::default()
        };
        let drawn = rejected.draw(false, style);
        insta::assert_snapshot!(drawn.replace(&clock::shown(1.0), "[time]"));
        assert!(rejected.draw(true, style).contains(&"n".repeat(300)));
    }
}
