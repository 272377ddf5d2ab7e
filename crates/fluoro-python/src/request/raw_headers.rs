//! What the headers of a request say, as they came over the wire.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use super::incoming::Incoming;

impl<'py> Incoming<'py> {
    /// Takes over the headers that matter; of several alike, the first.
    pub(super) fn read_headers(&mut self, headers: &Bound<'py, PyTuple>) -> PyResult<()> {
        for header in headers.iter() {
            let header = header.cast::<PyTuple>()?;
            let name = header.get_item(0)?;
            let Some(slot) = self.slot(name.cast::<PyBytes>()?.as_bytes()) else {
                continue;
            };
            if slot.is_none() {
                let value = header.get_item(1)?;
                let text = String::from_utf8_lossy(value.cast::<PyBytes>()?.as_bytes());
                *slot = Some(PyString::new(headers.py(), &text));
            }
        }
        Ok(())
    }

    fn slot(&mut self, name: &[u8]) -> Option<&mut Option<Bound<'py, PyString>>> {
        // The length tells most names apart before any of their letters is looked at.
        let slots = [
            (&b"host"[..], &mut self.host),
            (b"user-agent", &mut self.user_agent),
            (b"x-amzn-trace-id", &mut self.header),
            (b"x-forwarded-for", &mut self.forwarded_for),
        ];
        let known = |(known, _): &(&[u8], _)| name.eq_ignore_ascii_case(known);
        slots.into_iter().find(known).map(|(_, slot)| slot)
    }

    /// Matches name patterns with the host alone, without its port.
    pub(super) fn name_by_bare_host(&mut self) {
        let Some(host) = &self.host else { return };
        let text = host.to_string_lossy();
        let bare = match text.split_once(']') {
            Some((address, _)) => &text[..=address.len()],
            None => text.split(':').next().unwrap_or_default(),
        };
        if bare.len() < text.len() {
            self.naming_host = Some(PyString::new(host.py(), bare));
        }
    }
}
