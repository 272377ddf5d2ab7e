//! Why a command did not do what was asked.

use std::{io, process::ExitCode};

use super::{client::ClientError, filter::FilterComplaint};

/// Why a command failed; the text is for the person who typed it.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The agent does not answer, or refuses.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The filter expression cannot be understood.
    #[error(transparent)]
    Filter(#[from] FilterComplaint),
    /// A file or the terminal fails.
    #[error("{place}: {reason}")]
    File {
        /// The file.
        place: String,
        /// What the system says.
        reason: io::Error,
    },
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// Anything else, in a whole sentence.
    #[error("{0}")]
    Failed(String),
}

impl CommandError {
    /// Tells what is wrong. Who closes the pipe early, as `head` does, has seen enough.
    pub(super) fn report(&self, command: &str) -> ExitCode {
        match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => {
                eprintln!("fluoro {command}: {self}");
                ExitCode::FAILURE
            }
        }
    }
}
