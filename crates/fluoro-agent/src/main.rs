//! The command `fluoro`.

use std::process::ExitCode;

fn main() -> ExitCode {
    fluoro_agent::cli::main()
}
