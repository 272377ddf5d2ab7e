//! The recorder: begins and ends entities in the current context and sends what is complete.

mod beginning;
mod current;
mod data;
mod ending;
mod methods;
mod settings;

use pyo3::prelude::*;

use crate::context::Context;
use settings::Settings;

/// The engine of `AWSXRayRecorder`.
#[pyclass(frozen, subclass, module = "aws_xray_sdk._engine")]
pub(crate) struct Recorder {
    settings: Settings,
}

impl Recorder {
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// The context of a recorder if it is one of ours, else the program's own.
pub(crate) type ContextOrForeign<'py> = Result<Bound<'py, Context>, Bound<'py, PyAny>>;
