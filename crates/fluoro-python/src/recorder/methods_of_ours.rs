//! Whether a recorder records our way: asked at each subsegment, and answered anew when a subclass,
//! or a mock on the class or the recorder, brings a method of its own.
#![allow(unsafe_code)] // the version of a type is a field that only its C structure has

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Recorder;

/// How subsegments begin, end and enclose a call.
pub(super) const METHODS: [&str; 3] = ["begin_subsegment", "end_subsegment", "record_subsegment"];

/// Where the methods of ours that are written in Python come from.
const OUR_PACKAGE: &str = "aws_xray_sdk.";

#[derive(Default)]
pub(super) struct MethodsOfOurs {
    /// The version of the class that was looked at, and in the lowest bit what was found.
    known: AtomicU64,
    /// True while the recorder itself has one of the methods.
    on_instance: AtomicBool,
}

impl MethodsOfOurs {
    /// True when all of the methods are ours.
    #[inline]
    pub(super) fn are_in_use(&self, recorder: &Bound<'_, PyAny>) -> bool {
        let version = version_of_class(recorder);
        let known = self.known.load(Ordering::Relaxed);
        let on_class = if version != 0 && known >> 1 == u64::from(version) {
            known & 1 == 1
        } else {
            self.look_at_class(recorder)
        };
        on_class && !self.on_instance.load(Ordering::Relaxed)
    }

    #[cold]
    fn look_at_class(&self, recorder: &Bound<'_, PyAny>) -> bool {
        let ours = are_ours(recorder);
        // Looking the methods up gave the class a version, unless it has none to give any more.
        let version = u64::from(version_of_class(recorder));
        self.known
            .store(version << 1 | u64::from(ours), Ordering::Relaxed);
        ours
    }

    /// Looks for methods on the recorder itself.
    pub(super) fn look_at(&self, recorder: &Bound<'_, PyAny>) -> PyResult<()> {
        let attributes = recorder.getattr("__dict__")?.cast_into::<PyDict>()?;
        let mut on_instance = false;
        for method in METHODS {
            on_instance |= attributes.contains(method)?;
        }
        self.on_instance.store(on_instance, Ordering::Relaxed);
        Ok(())
    }
}

fn are_ours(recorder: &Bound<'_, PyAny>) -> bool {
    let base = recorder.py().get_type::<Recorder>();
    let class = recorder.get_type();
    METHODS.iter().all(|method| {
        let Ok(own) = class.getattr(*method) else {
            return false;
        };
        match base.getattr(*method) {
            Ok(native) => own.is(&native),
            Err(_) => own
                .getattr("__module__")
                .and_then(|module| Ok(module.extract::<&str>()?.starts_with(OUR_PACKAGE)))
                .unwrap_or(false),
        }
    })
}

/// Changes whenever the class or one of its bases does; 0 when not known.
#[inline]
fn version_of_class(object: &Bound<'_, PyAny>) -> u32 {
    // SAFETY: an object's type lives as long as the object; reading its version changes nothing.
    unsafe { (*object.get_type_ptr()).tp_version_tag }
}
