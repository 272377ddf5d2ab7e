use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use super::{
    setting::{Key, Setting},
    settings::SETTINGS,
};

/// What surrounds the process, as arguments, so that resolving needs neither environment nor disk.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The value of an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file.
    pub read_file: &'a dyn Fn(&Path) -> io::Result<String>,
}

impl Surroundings<'_> {
    /// The value of an environment variable; an empty one counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

/// Who chose a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A flag, as it was written.
    Flag(String),
    /// An environment variable.
    Environment(&'static str),
    /// A key of a file.
    File {
        /// The file.
        path: PathBuf,
        /// The key, its parts joined by dots.
        key: &'static str,
    },
    /// Another setting made it so.
    Implied(String),
    /// Nobody.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => formatter.write_str(flag),
            Self::Environment(name) => write!(formatter, "${name}"),
            Self::File { path, key } => write!(formatter, "{}: {key}", path.display()),
            Self::Implied(reason) => formatter.write_str(reason),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// One value that somebody gave to a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Given {
    pub(super) key: Key,
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// All values that were given, the strongest layer first.
pub(super) struct Layers {
    layers: Vec<Vec<Given>>,
    ambient: Vec<Given>,
}

impl Layers {
    /// Flags over environment over file.
    pub(super) fn new(
        flags: Vec<Given>,
        file: Vec<Given>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let own = from_environment(|setting| setting.environment, environment);
        Self {
            layers: vec![flags, own, file],
            ambient: from_environment(|setting| setting.ambient, environment),
        }
    }

    /// The values of a setting in the strongest layer that has any; empty ones count as not given.
    pub(super) fn all(&self, key: Key) -> Vec<&Given> {
        let of_key = |layer: &'_ &Vec<Given>| layer.iter().any(|given| given.key == key);
        let strongest = self.layers.iter().find(of_key).into_iter().flatten();
        strongest.filter(|given| given.key == key).collect()
    }

    /// What AWS's tools are told by the environment; it counts where nothing else was said.
    pub(super) fn ambient(&self, key: Key) -> Option<&Given> {
        self.ambient.iter().find(|given| given.key == key)
    }

    /// The value of a setting that takes one: the last that was written.
    pub(super) fn one(&self, key: Key) -> Option<&Given> {
        self.all(key).pop()
    }
}

/// The values that environment variables give; those of a repeating setting stand between commas.
fn from_environment(
    name_of: impl Fn(&Setting) -> Option<&'static str>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for setting in SETTINGS {
        let Some(name) = name_of(setting) else {
            continue;
        };
        let text = environment(name).unwrap_or_default();
        let parts: Vec<_> = if setting.repeats {
            text.split(',').collect()
        } else {
            vec![text.as_str()]
        };
        let parts = parts.into_iter().map(str::trim);
        given.extend(parts.filter(|part| !part.is_empty()).map(|part| Given {
            key: setting.key,
            text: part.to_owned(),
            origin: Origin::Environment(name),
        }));
    }
    given
}
