//! `fluoro completions`: what shells need to complete commands and flags.

use clap::CommandFactory;

use super::{
    command::{CommandLine, CompletionsArguments},
    error::CommandError,
    output,
};

/// Prints the completions for a shell.
pub(super) fn run(arguments: &CompletionsArguments) -> Result<(), CommandError> {
    let mut script = Vec::new();
    let mut command = CommandLine::command();
    clap_complete::generate(arguments.shell, &mut command, "fluoro", &mut script);
    Ok(output::write(&String::from_utf8_lossy(&script))?)
}
