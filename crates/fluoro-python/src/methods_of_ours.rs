//! Whether an object works our way: asked at each subsegment, and answered anew when a subclass, or a
//! mock on the class or the object, brings a method of its own.
#![allow(unsafe_code)] // the version of a type is a field that only its C structure has

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Where the methods of ours that are written in Python come from.
const OUR_PACKAGE: &str = "aws_xray_sdk.";

/// What is known of some methods of an object.
pub(crate) struct MethodsOfOurs {
    names: &'static [&'static str],
    /// The version of the class that was looked at, and in the lowest bit what was found.
    known: AtomicU64,
    /// True while the object itself has one of the methods.
    on_object: AtomicBool,
}

impl MethodsOfOurs {
    pub(crate) fn new(names: &'static [&'static str]) -> Self {
        MethodsOfOurs {
            names,
            known: AtomicU64::new(0),
            on_object: AtomicBool::new(false),
        }
    }

    /// True when all of the methods are ours, be it the engine's `Base` or the package that has them.
    #[inline]
    pub(crate) fn are_in_use<Base: PyTypeInfo>(&self, object: &Bound<'_, PyAny>) -> bool {
        let version = version_of_class(object);
        let known = self.known.load(Ordering::Relaxed);
        let on_class = if version != 0 && known >> 1 == u64::from(version) {
            known & 1 == 1
        } else {
            self.look_at_class::<Base>(object)
        };
        on_class && !self.on_object.load(Ordering::Relaxed)
    }

    #[cold]
    fn look_at_class<Base: PyTypeInfo>(&self, object: &Bound<'_, PyAny>) -> bool {
        let ours = self.are_ours::<Base>(object);
        // Looking the methods up gave the class a version, unless it has none to give any more.
        let version = u64::from(version_of_class(object));
        self.known
            .store(version << 1 | u64::from(ours), Ordering::Relaxed);
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
        Ok(())
    }
}

/// Changes whenever the class or one of its bases does; 0 when not known.
#[inline]
fn version_of_class(object: &Bound<'_, PyAny>) -> u32 {
    // SAFETY: an object's type lives as long as the object; reading its version changes nothing.
    unsafe { (*object.get_type_ptr()).tp_version_tag }
}
