//! Sending to the daemon, as Python sees it.

use std::sync::OnceLock;

use fluoro_core::emission;
use fluoro_core::emitter::{Emitter, SendError, UdpEmitter};
use fluoro_wire::daemon_address::{DaemonAddress, Endpoint};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::entity::attributes::is_built_in;
use crate::entity::{Entity, reconcile};
use crate::json::PythonResolver;
use crate::log;
use crate::once;

/// Sends documents over UDP, without ever blocking; what it drops it counts.
#[pyclass(frozen, subclass, module = "aws_xray_sdk._engine")]
pub(crate) struct UdpSender {
    emitter: UdpEmitter,
    /// Whether a subclass sends the text of documents its own way, once that is known.
    sends_text: OnceLock<bool>,
}

#[pymethods]
impl UdpSender {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        UdpSender {
            emitter: UdpEmitter::new(DaemonAddress::default().udp),
            sends_text: OnceLock::new(),
        }
    }

    /// Sends to another place from now on.
    fn _set_destination(&self, host: String, port: u16) {
        self.emitter.set_destination(Endpoint { host, port });
    }

    /// Sends the document of a segment or subsegment; never raises.
    pub(crate) fn send_entity(slf: &Bound<'_, Self>, entity: &Bound<'_, PyAny>) {
        let sender = slf.get();
        let result = if sender.sends_text(slf) {
            text_of(entity).and_then(|text| match text {
                Some(text) => slf.call_method1("_send_data", (text,)).map(drop),
                None => Ok(()),
            })
        } else {
            sender.send(slf.py(), entity)
        };
        if let Err(error) = result {
            log::failure(slf.py(), "a document could not be sent", &error);
        }
    }

    /// Sends the text of a document; subclasses may send it elsewhere.
    fn _send_data(&self, py: Python<'_>, data: &str) {
        self.prepare(py);
        let failure = self.emitter.send(data.as_bytes()).err();
        self.report(py, failure);
    }

    /// Numbers of datagrams sent, refused by the host and dropped, by reason.
    fn statistics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let statistics = self.emitter.statistics();
        let dict = PyDict::new(py);
        dict.set_item("sent", statistics.sent)?;
        dict.set_item("refused", statistics.refused)?;
        dict.set_item("dropped_unreachable", statistics.dropped_unreachable)?;
        dict.set_item("dropped_buffer_full", statistics.dropped_buffer_full)?;
        dict.set_item("dropped_too_large", statistics.dropped_too_large)?;
        dict.set_item("dropped_failed", statistics.dropped_failed)?;
        Ok(dict)
    }
}

impl UdpSender {
    fn sends_text(&self, own: &Bound<'_, Self>) -> bool {
        *once::get_or_make(&self.sends_text, || {
            let ours = own.py().get_type::<UdpSender>().getattr("_send_data");
            match (own.get_type().getattr("_send_data"), ours) {
                (Ok(method), Ok(ours)) => !method.is(&ours),
                _ => false,
            }
        })
    }

    fn send(&self, py: Python<'_>, entity: &Bound<'_, PyAny>) -> PyResult<()> {
        self.prepare(py);
        let mut failure = None;
        let mut transmit = |datagram: &[u8]| {
            if let Err(error) = self.emitter.send(datagram) {
                failure = Some(error);
            }
        };
        match entity.cast::<Entity>() {
            Ok(entity) if entity.get().is_dummy() => {}
            Ok(entity) if is_built_in(entity) => {
                reconcile(py, entity);
                let inner = entity.get();
                emission::emit(
                    &inner.shared().segment,
                    inner.index(),
                    &PythonResolver,
                    &mut transmit,
                );
            }
            // A subclass may have its own idea of its document.
            _ => {
                if let Some(text) = text_of(entity)? {
                    transmit(text.as_bytes());
                }
            }
        }
        self.report(py, failure);
        Ok(())
    }

    /// Looks the destination up before the first send, with the interpreter free for others.
    fn prepare(&self, py: Python<'_>) {
        if !self.emitter.is_connected()
            && let Some(connecting) = self.emitter.begin_connecting()
        {
            // Detached, another thread may fork: no lock may be held then.
            let opened = py.detach(|| connecting.open());
            self.emitter.finish_connecting(opened);
        }
    }

    fn report(&self, py: Python<'_>, failure: Option<SendError>) {
        if let Some(error) = failure
            && self.emitter.should_log(&error)
        {
            let message = format!("trace data was not sent: {error}; further losses are counted");
            log::warn(py, &message);
        }
    }
}

/// The datagram of whatever can serialize itself; none for what is never sent.
fn text_of(entity: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let document = entity.call_method0("serialize")?;
    if document.is_none() {
        return Ok(None);
    }
    let header = String::from_utf8_lossy(fluoro_wire::datagram::HEADER);
    let document = document.str()?;
    Ok(Some([&*header, &*document.to_string_lossy()].concat()))
}

/// Splits a daemon address into UDP host, UDP port, TCP host and TCP port.
///
/// :raises ValueError: when it is not an address; the message says what is allowed.
#[pyfunction]
pub(crate) fn parse_daemon_address(text: &str) -> PyResult<(String, u16, String, u16)> {
    let address: DaemonAddress = text
        .parse()
        .map_err(|error| PyValueError::new_err(format!("{error}")))?;
    Ok((
        address.udp.host,
        address.udp.port,
        address.tcp.host,
        address.tcp.port,
    ))
}
