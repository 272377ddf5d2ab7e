//! Sending to the daemon, as Python sees it.

use fluoro_core::emission;
use fluoro_core::emitter::{Emitter, SendError, UdpEmitter};
use fluoro_wire::daemon_address::{DaemonAddress, Endpoint};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::entity::attributes::is_built_in;
use crate::entity::{Entity, reconcile};
use crate::json::PythonResolver;
use crate::log;

/// Sends documents over UDP, without ever blocking; what it drops it counts.
#[pyclass(frozen, module = "aws_xray_sdk._engine")]
pub(crate) struct UdpSender {
    emitter: UdpEmitter,
}

#[pymethods]
impl UdpSender {
    #[new]
    fn new(host: String, port: u16) -> Self {
        UdpSender {
            emitter: UdpEmitter::new(Endpoint { host, port }),
        }
    }

    /// Sends to another place from now on.
    fn set_destination(&self, host: String, port: u16) {
        self.emitter.set_destination(Endpoint { host, port });
    }

    /// Sends the document of a segment or subsegment; never raises.
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
            // A subclass may have its own idea of its document.
            Ok(entity) if !is_built_in(entity) => transmit(&serialized(entity.as_any())?),
            Ok(entity) => {
                reconcile(py, entity);
                let inner = entity.get();
                emission::emit(
                    &inner.shared().segment,
                    inner.index(),
                    &PythonResolver,
                    &mut transmit,
                );
            }
            Err(_) => transmit(&serialized(entity)?),
        }
        self.report(py, failure);
        Ok(())
    }

    /// Sends a datagram as it is.
    fn send_datagram(&self, py: Python<'_>, datagram: &[u8]) {
        self.prepare(py);
        let failure = self.emitter.send(datagram).err();
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
    /// Looks the destination up before the first send, with the interpreter free for others.
    fn prepare(&self, py: Python<'_>) {
        if !self.emitter.is_connected() {
            py.detach(|| self.emitter.connect_now());
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

/// The datagram of whatever can serialize itself.
fn serialized(entity: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let text = entity
        .call_method0("serialize")?
        .str()?
        .to_string_lossy()
        .into_owned();
    Ok([fluoro_wire::datagram::HEADER, text.as_bytes()].concat())
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
