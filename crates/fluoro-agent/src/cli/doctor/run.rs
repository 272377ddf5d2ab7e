use std::process::ExitCode;

use super::{
    agent::RunningAgent,
    aws,
    finding::{Finding, Verdict, section},
    ports, settings, sinks, store,
};
use crate::{
    cli::{counted::counted, output, style::Style},
    config::Resolved,
};

/// Looks at everything that the agent would need; status 1 if it would not work.
pub(in crate::cli) async fn run(resolved: &Resolved) -> ExitCode {
    let style = Style::of_terminal();
    let config = &resolved.config;
    let agent = RunningAgent::find(config).await;
    let notes: Vec<_> = resolved.notes.iter().map(Finding::neutral).collect();
    let sections = [
        ("Notes", notes),
        ("Agent", agent.findings()),
        ("Ports", ports::findings(config, &agent)),
        ("Store", store::findings(config, &agent)),
        ("AWS", aws::findings(config).await),
        ("Forwarding", sinks::findings(config, &agent).await),
    ];
    let mut text = settings::draw(resolved, style);
    for (title, findings) in &sections {
        text.push_str(&section(title, findings, style));
    }
    let findings = sections.iter().flat_map(|(_, findings)| findings);
    let bad = findings
        .filter(|finding| finding.verdict == Verdict::Bad)
        .count();
    text.push_str(&match bad {
        0 => "all is well\n".to_owned(),
        bad => format!("{} wrong\n", counted(bad, "thing")),
    });
    // Who reads no further wants the status only.
    let _ = output::write(&text);
    if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
