//! Whether an object works our way: asked at each subsegment, and answered anew when a subclass, or a
//! mock on the class or the object, brings a method of its own.
#![allow(unsafe_code)] // the version of a type is a field that only its C structure has

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Where the methods of ours that are written in Python come from.
const OUR_PACKAGE: &str = "aws_xray_sdk.";

/// What is known of some methods of an object.
pub(crate) struct MethodsOfOurs {
    names: &'static [&'static str],
    /// The version of the class that was found to have them, and the object none of its own; or 0.
    known: AtomicU32,
    /// True while the object itself has one of the methods.
    on_object: AtomicBool,
}

impl MethodsOfOurs {
    pub(crate) fn new(names: &'static [&'static str]) -> Self {
        MethodsOfOurs {
            names,
            known: AtomicU32::new(0),
            on_object: AtomicBool::new(false),
        }
    }

    /// True when all of the methods are ours, be it the engine's `Base` or the package that has them.
    #[inline]
    pub(crate) fn are_in_use<Base: PyTypeInfo>(&self, object: &Bound<'_, PyAny>) -> bool {
        let version = version_of_class(object);
        (version != 0 && version == self.known.load(Ordering::Relaxed))
            || self.find_out::<Base>(object)
    }

    #[cold]
    fn find_out<Base: PyTypeInfo>(&self, object: &Bound<'_, PyAny>) -> bool {
        let ours = !self.on_object.load(Ordering::Relaxed) && self.are_ours::<Base>(object);
        // Looking the methods up gave the class a version, unless it has none to give any more.
        let version = if ours { version_of_class(object) } else { 0 };
        self.known.store(version, Ordering::Relaxed);
        ours
    }

    fn are_ours<Base: PyTypeInfo>(&self, object: &Bound<'_, PyAny>) -> bool {
        let base = object.py().get_type::<Base>();
        let class = object.get_type();
        self.names.iter().all(|name| {
            let Ok(own) = class.getattr(*name) else {
                return false;
            };
            match base.getattr(*name) {
                Ok(native) => own.is(&native),
                Err(_) => own
                    .getattr("__module__")
                    .and_then(|module| Ok(module.extract::<&str>()?.starts_with(OUR_PACKAGE)))
                    .unwrap_or(false),
            }
        })
    }

    /// Takes notice of methods that were put on the object itself, or taken off it.
    pub(crate) fn look_at(&self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let attributes = object.getattr("__dict__")?.cast_into::<PyDict>()?;
        let mut on_object = false;
        for name in self.names {
            on_object |= attributes.contains(*name)?;
        }
        self.on_object.store(on_object, Ordering::Relaxed);
        self.known.store(0, Ordering::Relaxed);
        Ok(())
    }
}

/// Changes whenever the class or one of its bases does; 0 when not known.
#[inline]
fn version_of_class(object: &Bound<'_, PyAny>) -> u32 {
    // SAFETY: an object's type lives as long as the object; reading its version changes nothing.
    unsafe { (*object.get_type_ptr()).tp_version_tag }
}
