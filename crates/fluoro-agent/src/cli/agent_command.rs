//! `fluoro agent`, and the same program in the place of the daemon.

use std::{env, fs, path::Path, process::ExitCode};

use clap::CommandFactory;

use super::{command::CommandLine, doctor, logging, open_files};
use crate::config::{ConfigError, Flags, Mode, Request, Resolved, Surroundings, resolve};

/// Runs the agent until it is told to stop.
pub(super) fn run(mode: Mode, arguments: &[String]) -> ExitCode {
    let flags = match Flags::parse(arguments) {
        Ok(flags) => flags,
        Err(error) => return refuse("agent", &error),
    };
    match flags.request {
        Request::Help => print_help("agent", mode),
        Request::Version => {
            println!("{}", version_line(mode));
            ExitCode::SUCCESS
        }
        Request::Run => match resolve_here(&flags, mode) {
            Ok(resolved) => start(resolved),
            Err(error) => refuse("agent", &error),
        },
    }
}

/// Looks at what the agent with these flags would find.
pub(super) fn examine(arguments: &[String]) -> ExitCode {
    let flags = match Flags::parse(arguments) {
        Ok(flags) => flags,
        Err(error) => return refuse("doctor", &error),
    };
    if flags.request != Request::Run {
        return print_help("doctor", Mode::Agent);
    }
    let resolved = match resolve_here(&flags, Mode::Agent) {
        Ok(resolved) => resolved,
        Err(error) => return refuse("doctor", &error),
    };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(doctor::run(&resolved)),
        Err(error) => {
            eprintln!("fluoro doctor: cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Resolves with the environment and files of this process.
fn resolve_here(flags: &Flags, mode: Mode) -> Result<Resolved, ConfigError> {
    let surroundings = Surroundings {
        environment: &|name| env::var(name).ok(),
        read_file: &|path: &Path| fs::read_to_string(path),
    };
    resolve(flags, mode, surroundings)
}

fn refuse(command: &str, error: &ConfigError) -> ExitCode {
    eprintln!("fluoro {command}: {error}\n`fluoro {command} --help` explains all flags");
    ExitCode::from(error.exit_status())
}

/// The daemon's line begins with its name, which scripts look for.
fn version_line(mode: Mode) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match mode {
        Mode::Agent => format!("fluoro {version}"),
        Mode::Daemon => format!("AWS X-Ray daemon version: fluoro {version}, in its place"),
    }
}

fn print_help(command: &str, mode: Mode) -> ExitCode {
    let mut commands = CommandLine::command();
    commands.build();
    if let Some(command) = commands.find_subcommand_mut(command) {
        if mode == Mode::Daemon {
            *command = command.clone().override_usage("xray [FLAGS]");
        }
        // Nobody reads the help if it cannot be written.
        let _ = command.print_help();
    }
    ExitCode::SUCCESS
}

fn start(resolved: Resolved) -> ExitCode {
    if let Err(error) = logging::start(&resolved.logging) {
        eprintln!("fluoro agent: {error}");
        return ExitCode::FAILURE;
    }
    for note in &resolved.notes {
        tracing::warn!("{note}");
    }
    open_files::raise_limit();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(crate::agent::run(resolved.config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
