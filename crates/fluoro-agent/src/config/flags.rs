//! The command line of the agent, spelled as the daemon's: one dash or two, `--flag=value` or
//! `--flag value`; switches take a value only behind `=`.

use super::{
    error::ConfigError,
    layers::{Given, Origin},
    nearest::nearest,
    setting::{Key, Setting},
    settings::SETTINGS,
    value,
};

/// What the flags ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// Run the agent.
    Run,
    /// Show what the flags are: `-h`.
    Help,
    /// Tell the version: `-v`.
    Version,
}

/// A command line that was understood.
#[derive(Clone, PartialEq, Debug)]
pub struct Flags {
    /// What it asks for.
    pub request: Request,
    pub(super) given: Vec<Given>,
}

impl Flags {
    /// Reads the arguments after the command's name.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the first flag that is unknown or lacks its value.
    pub fn parse(arguments: &[String]) -> Result<Self, ConfigError> {
        let mut flags = Self {
            request: Request::Run,
            given: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, value) = split(argument)?;
            match name {
                "h" | "help" => flags.request = Request::Help,
                "v" | "V" | "version" => flags.request = Request::Version,
                _ => {
                    let setting = find(name).ok_or_else(|| unknown(argument))?;
                    let next = || rest.next().cloned();
                    flags.given.push(given(setting, argument, value, next)?);
                }
            }
            if flags.request != Request::Run {
                break;
            }
        }
        Ok(flags)
    }

    /// What the last flag for a setting gives it.
    pub(super) fn last(&self, key: Key) -> Option<&Given> {
        self.given.iter().rev().find(|given| given.key == key)
    }
}

/// The flag's name without dashes, and the value behind `=`.
fn split(argument: &str) -> Result<(&str, Option<&str>), ConfigError> {
    let dashless = argument
        .strip_prefix("--")
        .or_else(|| argument.strip_prefix('-'));
    let flag = dashless.filter(|flag| flag.starts_with(|first: char| first.is_alphanumeric()));
    match flag {
        None => Err(ConfigError::UnexpectedArgument {
            argument: argument.to_owned(),
        }),
        Some(flag) => Ok(match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        }),
    }
}

fn find(name: &str) -> Option<&'static Setting> {
    let mut letters = name.chars();
    let letter = letters.next().filter(|_| letters.next().is_none());
    SETTINGS
        .iter()
        .find(|setting| setting.flag == Some(name) || (letter.is_some() && setting.short == letter))
}

fn given(
    setting: &'static Setting,
    argument: &str,
    value: Option<&str>,
    next: impl FnOnce() -> Option<String>,
) -> Result<Given, ConfigError> {
    let flag = argument.split('=').next().unwrap_or(argument);
    let text = match value {
        Some(value) => Some(value.to_owned()),
        None if setting.is_switch() => Some("true".to_owned()),
        None => next(),
    };
    let text = text.ok_or_else(|| ConfigError::MissingValue {
        flag: flag.to_owned(),
        expected: value::expected(setting.key).to_owned(),
    })?;
    Ok(Given {
        key: setting.key,
        text,
        origin: Origin::Flag(flag.to_owned()),
    })
}

fn unknown(argument: &str) -> ConfigError {
    let flag = argument.split('=').next().unwrap_or(argument);
    let names = SETTINGS.iter().filter_map(|setting| setting.flag);
    let meant = nearest(flag.trim_start_matches('-'), names);
    let spelled = SETTINGS.iter().filter(|setting| setting.flag.is_some());
    let mut allowed: Vec<_> = spelled.map(Setting::spelling).collect();
    allowed.extend(["-h/--help".to_owned(), "-v/--version".to_owned()]);
    ConfigError::UnknownFlag {
        flag: flag.to_owned(),
        nearest: meant.map(|name| format!("--{name}")),
        allowed: allowed.join(", "),
    }
}
