//! How each command is written. The help stands here, the work in the command's own file.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::agent_flags::AgentFlags;
use crate::config::parse_duration;

/// Receive, keep, show and forward AWS X-Ray traces, with or without AWS.
#[derive(Parser, Debug)]
#[command(
    name = "fluoro",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Start with `fluoro demo`, or with `fluoro agent` and any X-Ray SDK or OTLP exporter; then open
http://127.0.0.1:2080.

Without a command, flags are those of the AWS X-Ray daemon, and so is what happens:
`fluoro -t 0.0.0.0:2000 -b 0.0.0.0:2000`."
)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Run the agent: take documents in, keep them, show and forward them
    #[command(after_help = AGENT_EXAMPLES, override_usage = "fluoro agent [FLAGS]")]
    Agent(AgentFlags),
    /// Send example traces to the agent, to see it alive without a service of your own
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(DemoArguments),
    /// List traces, newest first
    #[command(after_help = TRACES_EXAMPLES)]
    Traces(TracesArguments),
    /// Show one trace as a tree with its timeline
    #[command(after_help = TRACE_EXAMPLES)]
    Trace(TraceArguments),
    /// Show traces as they arrive
    #[command(after_help = TAIL_EXAMPLES)]
    Tail(TailArguments),
    /// Show documents that AWS X-Ray would reject, and why
    #[command(after_help = REJECTED_EXAMPLES)]
    Rejected(RejectedArguments),
    /// Write traces into a file
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(ExportArguments),
    /// Read traces from a file
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArguments),
    /// Tell what is configured, from where, and what is reachable
    #[command(after_help = DOCTOR_EXAMPLES, override_usage = "fluoro doctor [FLAGS OF THE AGENT]")]
    Doctor(AgentFlags),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
}

/// Where the agent is that a command asks.
#[derive(Args, Debug)]
pub(super) struct AgentAddress {
    /// The agent's web port
    #[arg(
        long,
        env = "FLUORO_AGENT",
        value_name = "URL",
        default_value = "http://127.0.0.1:2080"
    )]
    pub(super) agent: String,
}

#[derive(Args, Debug)]
pub(super) struct DemoArguments {
    /// Traces sent in a second
    #[arg(long, value_name = "NUMBER", default_value = "2", value_parser = rate)]
    pub(super) rate: f64,
    /// End after this many traces [default: go on until Ctrl+C]
    #[arg(long, value_name = "NUMBER")]
    pub(super) count: Option<u64>,
    /// How much of the past is filled with traces first; 0s for nothing
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = duration)]
    pub(super) past: Duration,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct TracesArguments {
    /// A filter expression as in the X-Ray console; its words are joined
    #[arg(value_name = "FILTER", num_args = 0..)]
    pub(super) filter: Vec<String>,
    /// How far to look back
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub(super) since: Duration,
    /// Most traces to list
    #[arg(long, value_name = "NUMBER", default_value = "20")]
    pub(super) limit: usize,
    /// Print the summaries as JSON, as GetTraceSummaries has them
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct TraceArguments {
    /// The trace's id in X-Ray's or W3C's spelling, or the trace header that has it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// Print the documents as JSON, as BatchGetTraces has them
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct TailArguments {
    /// A filter expression as in the X-Ray console; its words are joined
    #[arg(value_name = "FILTER", num_args = 0..)]
    pub(super) filter: Vec<String>,
    /// End after this many traces [default: go on until Ctrl+C]
    #[arg(long, value_name = "NUMBER")]
    pub(super) count: Option<u64>,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct RejectedArguments {
    /// Most documents to show
    #[arg(long, value_name = "NUMBER", default_value = "20")]
    pub(super) limit: usize,
    /// Show whole documents, not only their beginnings
    #[arg(long)]
    pub(super) documents: bool,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct ExportArguments {
    /// Ids of traces, or a filter expression; without any, all traces of the time
    #[arg(value_name = "ID|FILTER", num_args = 0..)]
    pub(super) traces: Vec<String>,
    /// How far a filter looks back
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub(super) since: Duration,
    /// Most traces that a filter selects
    #[arg(long, value_name = "NUMBER", default_value = "1000")]
    pub(super) limit: usize,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct ImportArguments {
    /// A file that `fluoro export` or `aws xray batch-get-traces` wrote; - for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) agent: AgentAddress,
}

#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a duration such as 15m, 2h or 7d".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok();
    number
        .filter(|rate| (0.01..=1_000.0).contains(rate))
        .ok_or_else(|| "expected a number from 0.01 to 1000".to_owned())
}

const AGENT_EXAMPLES: &str = "\
Flags are written as the X-Ray daemon takes them: -bind=ADDRESS, --bind ADDRESS and -b ADDRESS are
one; a switch takes a value only behind =. A flag beats the environment, which beats cfg.yaml.

Examples:
  fluoro agent                                        keep and show traces on this machine
  fluoro agent --web 127.0.0.1:8000 --max-age 30d     another port, a longer memory
  fluoro agent --region eu-central-1                  forward to AWS X-Ray, as the daemon does
  fluoro agent --forward otlp=http://127.0.0.1:14318  forward to an OTLP backend";

const DEMO_EXAMPLES: &str = "\
If no agent runs, one is started for as long as the demo lasts; it keeps nothing.

Examples:
  fluoro demo                      a shop with a few services, two requests a second
  fluoro demo --rate 50            more of them
  fluoro demo --count 1 --past 0s  a single trace";

const TRACES_EXAMPLES: &str = "\
Examples:
  fluoro traces
  fluoro traces 'fault OR error' --since 15m
  fluoro traces 'service(\"shop\") AND responsetime > 0.5'
  fluoro traces 'annotation.customer = 42' --json | jq -r '.[].Id'";

const TRACE_EXAMPLES: &str = "\
Examples:
  fluoro trace 1-5759e988-bd862e3fe1be46a994272793
  fluoro trace 5759e988bd862e3fe1be46a994272793
  fluoro trace 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'   from a response's header";

const TAIL_EXAMPLES: &str = "\
A trace is shown once it is quiet, and again if more of it arrives later.

Examples:
  fluoro tail
  fluoro tail 'service(\"shop\")'
  fluoro tail fault --count 1       wait for the next failure";

const REJECTED_EXAMPLES: &str = "\
Examples:
  fluoro rejected
  fluoro rejected --limit 1 --documents
  fluoro rejected --json | jq -r '.[].ErrorCode' | sort | uniq -c";

const EXPORT_EXAMPLES: &str = "\
Examples:
  fluoro export 1-5759e988-bd862e3fe1be46a994272793 -o trace.json
  fluoro export 'fault' --since 1d > faults.json
  fluoro export | ssh host fluoro import -";

const IMPORT_EXAMPLES: &str = "\
Examples:
  fluoro import trace.json
  aws xray batch-get-traces --trace-ids 1-5759e988-bd862e3fe1be46a994272793 | fluoro import -";

const DOCTOR_EXAMPLES: &str = "\
Takes the flags of `fluoro agent`, and looks with the same environment and files. Ends with status 1
if something is wrong.

Examples:
  fluoro doctor
  fluoro doctor -c /etc/amazon/xray/cfg.yaml --forward xray";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(fluoro completions bash)
  fluoro completions zsh > \"${fpath[1]}/_fluoro\"
  fluoro completions fish > ~/.config/fish/completions/fluoro.fish";
