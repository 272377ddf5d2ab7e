use std::path::PathBuf;

use super::layers::Origin;

/// What is wrong with what the agent was told. Each names the place, and what is allowed there.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such flag.
    #[error("unknown flag {flag}{}\nallowed are {allowed}", suggestion(.nearest))]
    UnknownFlag {
        /// As it was written.
        flag: String,
        /// The flag that was probably meant.
        nearest: Option<String>,
        /// All flags.
        allowed: String,
    },
    /// A flag stands at the end, but wants a value.
    #[error("{flag} needs a value: {expected}")]
    MissingValue {
        /// As it was written.
        flag: String,
        /// What its values are.
        expected: String,
    },
    /// An argument that is no flag.
    #[error("unexpected argument {argument:?}: the agent takes flags only")]
    UnexpectedArgument {
        /// As it was written.
        argument: String,
    },
    /// A value that its setting does not allow.
    #[error("{origin}: {value:?} {reason}")]
    Value {
        /// Where it was written.
        origin: Origin,
        /// The value.
        value: String,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },
    /// The configuration file cannot be used at all.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no such key.
    #[error("{}: unknown key {key}{}\nallowed are {allowed}", path.display(), suggestion(.nearest))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key, its parts joined by dots.
        key: String,
        /// The key that was probably meant.
        nearest: Option<String>,
        /// All keys.
        allowed: String,
    },
    /// A key of old versions of the daemon.
    #[error("{}: {key} {advice}", path.display())]
    RetiredKey {
        /// The file.
        path: PathBuf,
        /// The key, its parts joined by dots.
        key: String,
        /// What to write in its place.
        advice: &'static str,
    },
}

impl ConfigError {
    /// The status that the process ends with: 2 for the command line, 1 for everything else, as
    /// the daemon has it.
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::UnknownFlag { .. }
            | Self::MissingValue { .. }
            | Self::UnexpectedArgument { .. }
            | Self::Value {
                origin: Origin::Flag(_),
                ..
            } => 2,
            _ => 1,
        }
    }
}

fn suggestion(nearest: &Option<String>) -> String {
    let question = |name| format!("; did you mean {name}?");
    nearest.as_ref().map(question).unwrap_or_default()
}
