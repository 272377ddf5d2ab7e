use super::{
    error::ConfigError,
    layers::{Given, Layers, Origin},
    resolved::SettingReport,
    setting::{Key, Setting},
    settings::SETTINGS,
    value,
};

/// Answers what each setting is, and remembers who said so.
pub(super) struct Answers {
    layers: Layers,
    report: Vec<SettingReport>,
}

impl Answers {
    pub(super) const fn new(layers: Layers) -> Self {
        Self {
            layers,
            report: Vec::new(),
        }
    }

    /// What was given to a setting, by the strongest layer.
    pub(super) fn given(&self, key: Key) -> Vec<Given> {
        self.layers.all(key).into_iter().cloned().collect()
    }

    /// A value that was given, or the setting's default.
    pub(super) fn value<T>(
        &mut self,
        key: Key,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        self.value_or(key, (Setting::of(key).default, Origin::Default), parse)
    }

    /// A value that was given, or what takes the default's place.
    pub(super) fn value_or<T>(
        &mut self,
        key: Key,
        otherwise: (&str, Origin),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let (text, origin) = match self.layers.one(key) {
            Some(given) => (given.text.clone(), given.origin.clone()),
            None => (otherwise.0.to_owned(), otherwise.1),
        };
        self.note(key, &text, origin.clone());
        parse(&text).ok_or_else(|| ConfigError::Value {
            origin,
            value: text,
            reason: format!("is not allowed; {}", value::expected(key)),
        })
    }

    /// The text that was given, if it was.
    pub(super) fn text(&mut self, key: Key) -> Option<String> {
        self.texts(key).pop().filter(|text| !text.is_empty())
    }

    /// All texts that were given.
    pub(super) fn texts(&mut self, key: Key) -> Vec<String> {
        let given = self.given(key);
        let texts: Vec<_> = given.iter().map(|given| given.text.clone()).collect();
        let ambient = self.layers.ambient(key).cloned();
        match (given.last(), ambient) {
            (Some(last), _) => self.note(key, &texts.join(", "), last.origin.clone()),
            // Who speaks to AWS reads it there; here it is only told.
            (None, Some(ambient)) => self.note(key, &ambient.text, ambient.origin),
            (None, None) => self.note(key, Setting::of(key).default, Origin::Default),
        }
        texts
    }

    /// Remembers what a setting is and who said so.
    pub(super) fn note(&mut self, key: Key, value: &str, origin: Origin) {
        self.report.retain(|report| report.setting.key != key);
        self.report.push(SettingReport {
            setting: Setting::of(key),
            value: value.to_owned(),
            origin,
        });
    }

    /// What was asked for, in the order of the settings.
    pub(super) fn into_report(mut self) -> Vec<SettingReport> {
        self.report.sort_by_key(|report| {
            SETTINGS
                .iter()
                .position(|setting| setting.key == report.setting.key)
        });
        self.report
    }
}
