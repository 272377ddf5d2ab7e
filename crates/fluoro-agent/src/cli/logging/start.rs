use std::{io, path::PathBuf, sync::Mutex};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer, Registry, filter::Targets, fmt::writer::BoxMakeWriter, layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{daemon_format::DaemonFormat, rotating_file::RotatingFile};
use crate::config::{LogFormat, LogLevel, LoggingConfig};

/// The log file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the log file {} cannot be opened: {reason}", path.display())]
pub(in crate::cli) struct LogFileError {
    path: PathBuf,
    reason: io::Error,
}

/// Sends everything that is logged from now on to where the configuration says.
pub(in crate::cli) fn start(config: &LoggingConfig) -> Result<(), LogFileError> {
    let writer = match &config.file {
        None => BoxMakeWriter::new(io::stdout),
        Some(path) => {
            let file = RotatingFile::open(path, config.rotate);
            let file = file.map_err(|reason| LogFileError {
                path: path.clone(),
                reason,
            })?;
            BoxMakeWriter::new(Mutex::new(file))
        }
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match config.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.event_format(DaemonFormat).boxed(),
    };
    // A second call in one process, say by a test, keeps the first one's choice.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter(config.level)))
        .try_init();
    Ok(())
}

/// Our own lines as asked for; those of libraries only when they warn, or everything is wanted.
fn filter(level: LogLevel) -> Targets {
    let (own, others) = match level {
        LogLevel::Trace => (LevelFilter::TRACE, LevelFilter::DEBUG),
        LogLevel::Debug => (LevelFilter::DEBUG, LevelFilter::WARN),
        LogLevel::Info => (LevelFilter::INFO, LevelFilter::WARN),
        LogLevel::Warn => (LevelFilter::WARN, LevelFilter::WARN),
        LogLevel::Error => (LevelFilter::ERROR, LevelFilter::ERROR),
    };
    Targets::new()
        .with_default(others)
        .with_target("fluoro", own)
}
