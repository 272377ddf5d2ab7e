use std::{env, ffi::OsString, future::Future, path::Path, process::ExitCode};

use clap::Parser;
use tokio::runtime::Builder;

use super::{
    agent_command,
    command::{Command, CommandLine},
    completions, demo,
    error::CommandError,
    export, import, rejected, tail, trace_command, traces,
};
use crate::config::Mode;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    match Invocation::of(&arguments) {
        Invocation::Agent(mode, flags) => agent_command::run(mode, &flags),
        Invocation::Doctor(flags) => agent_command::examine(&flags),
        Invocation::Other => dispatch(CommandLine::parse_from(arguments).command),
    }
}

fn dispatch(command: Command) -> ExitCode {
    match command {
        Command::Demo(arguments) => wait("demo", demo::run(arguments)),
        Command::Traces(arguments) => wait("traces", traces::run(arguments)),
        Command::Trace(arguments) => wait("trace", trace_command::run(arguments)),
        Command::Tail(arguments) => wait("tail", tail::run(arguments)),
        Command::Rejected(arguments) => wait("rejected", rejected::run(arguments)),
        Command::Export(arguments) => wait("export", export::run(arguments)),
        Command::Import(arguments) => wait("import", import::run(arguments)),
        Command::Completions(arguments) => finish("completions", completions::run(&arguments)),
        Command::Agent(_) | Command::Doctor(_) => {
            unreachable!("their flags are read before clap sees them")
        }
    }
}

fn wait(name: &str, command: impl Future<Output = Result<(), CommandError>>) -> ExitCode {
    // The demo may run an agent, which wants more than one thread; the others hardly use one.
    match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => finish(name, runtime.block_on(command)),
        Err(error) => finish(
            name,
            Err(CommandError::Failed(format!("cannot start: {error}"))),
        ),
    }
}

fn finish(name: &str, outcome: Result<(), CommandError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(name),
    }
}

/// What kind of command line this is.
#[derive(PartialEq, Debug)]
enum Invocation {
    /// The agent, with its flags.
    Agent(Mode, Vec<String>),
    /// The examination, with the agent's flags.
    Doctor(Vec<String>),
    /// Any other command.
    Other,
}

impl Invocation {
    /// A process called `xray`, or given flags without a command, is the daemon.
    fn of(arguments: &[OsString]) -> Self {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        let [program, rest @ ..] = arguments.as_slice() else {
            return Self::Other;
        };
        let is_daemon = Path::new(program)
            .file_stem()
            .is_some_and(|name| name == "xray");
        match rest {
            _ if is_daemon => Self::Agent(Mode::Daemon, rest.to_vec()),
            [first, flags @ ..] if first == "agent" => Self::Agent(Mode::Agent, flags.to_vec()),
            [first, flags @ ..] if first == "doctor" => Self::Doctor(flags.to_vec()),
            [first, ..] if asks_about_all_commands(first) => Self::Other,
            [first, ..] if first.starts_with('-') => Self::Agent(Mode::Daemon, rest.to_vec()),
            _ => Self::Other,
        }
    }
}

fn asks_about_all_commands(flag: &str) -> bool {
    ["-h", "--help", "-V", "--version"].contains(&flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invocation(line: &str) -> Invocation {
        let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
        Invocation::of(&arguments)
    }

    #[test]
    fn flags_alone_and_the_daemons_name_mean_the_daemon() {
        let daemon = |flags: &[&str]| {
            Invocation::Agent(
                Mode::Daemon,
                flags.iter().map(|&flag| flag.into()).collect(),
            )
        };
        assert_eq!(invocation("/xray"), daemon(&[]));
        assert_eq!(invocation("/usr/bin/xray -v"), daemon(&["-v"]));
        assert_eq!(
            invocation("fluoro -t 0.0.0.0:2000"),
            daemon(&["-t", "0.0.0.0:2000"])
        );
        assert_eq!(
            invocation("fluoro agent -o"),
            Invocation::Agent(Mode::Agent, vec!["-o".to_owned()])
        );
        for other in ["fluoro", "fluoro --help", "fluoro traces -h", "fluoro xray"] {
            assert_eq!(invocation(other), Invocation::Other, "{other}");
        }
    }
}
