//! What the agent is told: command line, environment and the daemon's `cfg.yaml`, resolved.
//!
//! [`SETTINGS`] lists everything that can be said, once: flags, environment variables, file
//! keys, defaults and help all come from there. A flag beats the environment, which beats the
//! file, which beats the default.
//!
//! ```text
//! arguments ─▶ flags ───┐
//! environment ──────────┼─▶ layers ─▶ resolve ─▶ Resolved { config, logging, report, notes }
//! cfg.yaml ─▶ file ─────┘
//! ```

mod answers;
mod error;
mod file;
mod flags;
mod forward;
mod layers;
mod nearest;
mod resolve;
mod resolved;
mod setting;
mod settings;
mod value;

pub use error::ConfigError;
pub use flags::{Flags, Request};
pub use layers::{Origin, Surroundings};
pub use resolve::{Mode, resolve};
pub use resolved::{
    AwsConfig, Config, LogFormat, LogLevel, LoggingConfig, OtlpProtocol, Resolved, SettingReport,
    SinkConfig,
};
pub use setting::{Key, Section, Setting};
pub use settings::SETTINGS;
pub(crate) use value::duration as parse_duration;
