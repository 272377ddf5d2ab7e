//! `fluoro traces`: a list of traces.

use serde::Deserialize;

use super::{
    client::AgentClient,
    clock,
    command::TracesArguments,
    duration,
    error::CommandError,
    filter, output,
    style::{Paint, Style},
    summary::{self, Summary},
    table::{Align, Table},
};

/// Prints the newest traces that a filter selects.
pub(super) async fn run(arguments: TracesArguments) -> Result<(), CommandError> {
    let expression = filter::expression(&arguments.filter)?;
    let client = AgentClient::new(&arguments.agent.agent)?;
    let since = arguments.since.as_secs();
    let found = summary::newest(&client, &expression, since, arguments.limit).await?;
    if arguments.json {
        return Ok(output::write_json(&found)?);
    }
    let summaries: Vec<_> = found
        .into_iter()
        .map(|summary| Summary::deserialize(summary).unwrap_or_default())
        .collect();
    if summaries.is_empty() {
        eprintln!("no traces; --since looks further back, `fluoro demo` sends some");
        return Ok(());
    }
    output::write(&list(&summaries, Style::of_terminal()))?;
    if summaries.len() == arguments.limit {
        eprintln!("the newest {}; --limit shows more", arguments.limit);
    }
    Ok(())
}

fn list(summaries: &[Summary], style: Style) -> String {
    let mut table = Table::new(&[
        ("TIME", Align::Left),
        ("DURATION", Align::Right),
        ("STATUS", Align::Left),
        ("REQUEST", Align::Cut),
        ("SERVICES", Align::Spare),
        ("TRACE", Align::Left),
    ]);
    for summary in summaries {
        let (status, paint) = status(summary, style);
        table.push(vec![
            (clock::shown(summary.start_time), Paint::Plain),
            (duration::shown(summary.duration), Paint::Plain),
            (status, paint),
            (request(summary), Paint::Plain),
            (services(summary), Paint::Service),
            (summary.id.clone(), Paint::Faint),
        ]);
    }
    table.draw(style)
}

fn status(summary: &Summary, style: Style) -> (String, Paint) {
    let (outcome, mark, paint) = if summary.has_fault {
        ("fault", style.lines().fault, Paint::Bad)
    } else if summary.has_throttle {
        ("throttled", "!", Paint::Warning)
    } else if summary.has_error {
        ("error", "!", Paint::Warning)
    } else if summary.is_partial {
        ("open", "", Paint::Warning)
    } else {
        ("ok", "", Paint::Good)
    };
    let text = match summary.http.status {
        Some(status) => format!("{status} {mark}").trim_end().to_owned(),
        None => outcome.to_owned(),
    };
    (text, paint)
}

/// The request without the host, which the services tell; the entry point if it was no request.
fn request(summary: &Summary) -> String {
    let http = &summary.http;
    let url = http.url.as_deref().unwrap_or_default();
    let path = url.split_once("://").map_or(url, |(_, rest)| {
        rest.find('/').map_or("/", |at| &rest[at..])
    });
    let method = http.method.as_deref().unwrap_or_default();
    let request = format!("{method} {path}").trim().to_owned();
    match &summary.entry_point {
        Some(entry) if request.is_empty() => entry.name.clone(),
        _ => request,
    }
}

/// The services, each once, the entry point first.
fn services(summary: &Summary) -> String {
    let mut names: Vec<&str> = Vec::new();
    for service in summary.entry_point.iter().chain(&summary.service_ids) {
        if !names.contains(&service.name.as_str()) {
            names.push(&service.name);
        }
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_trace_is_told_in_one_line() {
        let service = |name: &str| json!({"Name": name, "Type": "client"});
        let summaries = json!([
            {"Id": "1-1", "StartTime": 1.0, "Duration": 0.04, "Http": {"HttpURL": "http://shop:80/cart?x", "HttpStatus": 200, "HttpMethod": "GET"},
             "ServiceIds": [service("inventory"), service("shop")], "EntryPoint": service("shop")},
            {"Id": "1-2", "StartTime": 2.0, "Duration": 12.5, "HasFault": true, "EntryPoint": service("nightly")},
            {"Id": "1-3", "StartTime": 3.0, "Duration": 0.1, "HasError": true, "HasThrottle": true, "Http": {"HttpStatus": 429, "HttpURL": "http://shop"}},
            {"Id": "1-4", "StartTime": 4.0, "IsPartial": true},
        ]);
        let summaries: Vec<Summary> = serde_json::from_value(summaries).unwrap();
        let mut drawn = list(&summaries, Style::default());
        for second in 1..=4 {
            let time = clock::shown(f64::from(second));
            drawn = drawn.replace(
                &time,
                &format!("{:<1$}", format!("second {second}"), time.len()),
            );
        }
        insta::assert_snapshot!(drawn);
    }
}
