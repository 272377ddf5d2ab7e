//! The daemon's configuration file, `cfg.yaml`, version 1 or 2.

use std::path::Path;

use serde_json::{Map, Value};

use super::{
    error::ConfigError,
    layers::{Given, Origin},
    nearest::nearest,
    setting::Setting,
    settings::SETTINGS,
    value,
};

/// Where the daemon looks for a file that it is not told about.
pub(super) const SEARCHED: [&str; 2] = ["/etc/amazon/xray/cfg.yaml", "cfg.yaml"];

const VERSION: &str = "Version";

/// Keys of old daemons, and what to do about them.
const RETIRED: &[(&str, &str)] = &[
    ("Profile.CPU", "is not supported any more; remove it"),
    ("Profile.Memory", "is not supported any more; remove it"),
    (
        "Socket.BufferSizeKB",
        "is not supported any more; remove it",
    ),
    (
        "Logging.LogFormat",
        "is not supported any more; --log-format takes its place",
    ),
    (
        "Processor.BatchProcessorQueueSize",
        "is not supported any more; remove it",
    ),
    ("LogRotation", "moved; write Logging.LogRotation"),
    ("Processor.Region", "moved; write Region"),
    ("Processor.Endpoint", "moved; write Endpoint"),
    (
        "Processor.Routine",
        "is now Concurrency, which has no effect here; remove it",
    ),
    (
        "MemoryLimit",
        "is now TotalBufferSizeMB, which has no effect here; remove it",
    ),
];

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Its values, in the order of the settings.
    pub(super) given: Vec<Given>,
    /// Keys that mean nothing, each with the error that says so.
    pub(super) unknown: Vec<ConfigError>,
}

/// Reads a file's text.
///
/// # Errors
///
/// [`ConfigError`] if it is no YAML, no mapping, or of another version.
pub(super) fn parse(path: &Path, text: &str) -> Result<Contents, ConfigError> {
    let failed = |reason: String| ConfigError::File {
        path: path.to_owned(),
        reason,
    };
    let parsed: Value = serde_saphyr::from_str(text)
        .map_err(|error| failed(format!("is not YAML: {}", first_line(&error.to_string()))))?;
    let Value::Object(root) = parsed else {
        return Err(failed(
            "holds no keys; `Version: 2` is needed at least".to_owned(),
        ));
    };
    match root.get(VERSION).map(scalar) {
        Some(Some(version)) if version == "1" || version == "2" => {}
        Some(version) => {
            let version = version.unwrap_or_default();
            return Err(failed(format!(
                "Version: {version:?} is unknown; allowed are 1 and 2"
            )));
        }
        None => return Err(failed("has no Version; write `Version: 2`".to_owned())),
    }
    let mut contents = Contents::default();
    for (key, value) in flatten(&root) {
        contents.add(path, &key, value);
    }
    Ok(contents)
}

impl Contents {
    /// The same, if every key means something.
    pub(super) fn without_unknown_keys(mut self) -> Result<Self, ConfigError> {
        if self.unknown.is_empty() {
            return Ok(self);
        }
        Err(self.unknown.swap_remove(0))
    }

    fn add(&mut self, path: &Path, key: &str, value: &Value) {
        let setting = SETTINGS.iter().find(|setting| setting.file == Some(key));
        match (setting, scalar(value)) {
            _ if key == VERSION => {}
            (Some(_), Some(text)) if text.is_empty() => {}
            (Some(setting), Some(text)) => self.given.push(given(path, setting, text)),
            (Some(setting), None) => self.unknown.push(not_one_value(path, setting, value)),
            (None, _) => self.unknown.push(complaint(path, key)),
        }
    }
}

fn given(path: &Path, setting: &Setting, text: String) -> Given {
    Given {
        key: setting.key,
        text,
        origin: Origin::File {
            path: path.to_owned(),
            key: setting.file.unwrap_or_default(),
        },
    }
}

fn not_one_value(path: &Path, setting: &Setting, value: &Value) -> ConfigError {
    ConfigError::Value {
        origin: given(path, setting, String::new()).origin,
        value: value.to_string(),
        reason: format!("is not a single value; {}", value::expected(setting.key)),
    }
}

fn complaint(path: &Path, key: &str) -> ConfigError {
    let path = path.to_owned();
    if let Some((key, advice)) = RETIRED.iter().find(|(retired, _)| *retired == key) {
        return ConfigError::RetiredKey {
            path,
            key: (*key).to_owned(),
            advice,
        };
    }
    let keys = || SETTINGS.iter().filter_map(|setting| setting.file);
    let last_part = |key: &'static str| key.rsplit('.').next().unwrap_or(key);
    // What stands in the wrong section is found by its last part.
    let misplaced = || keys().find(|candidate| last_part(candidate) == key);
    ConfigError::UnknownKey {
        path,
        key: key.to_owned(),
        nearest: misplaced()
            .or_else(|| nearest(key, keys()))
            .map(str::to_owned),
        allowed: std::iter::once(VERSION)
            .chain(keys())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The keys of both levels; sections without keys say nothing.
fn flatten(root: &Map<String, Value>) -> impl Iterator<Item = (String, &Value)> {
    root.iter().flat_map(|(key, value)| match value {
        Value::Object(section) => section
            .iter()
            .map(|(name, value)| (format!("{key}.{name}"), value))
            .collect(),
        Value::Null if is_section(key) => Vec::new(),
        value => vec![(key.clone(), value)],
    })
}

/// Whether keys of settings stand in a section of this name.
fn is_section(name: &str) -> bool {
    let mut sections = SETTINGS
        .iter()
        .filter_map(|setting| setting.file?.split_once('.'));
    sections.any(|(section, _)| section == name)
}

/// A single value as text; nothing is the empty one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        Value::String(value) => Some(value.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
