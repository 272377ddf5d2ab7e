//! Sending to the daemon, as Python sees it.

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
use crate::once::intern;

/// Sends documents over UDP, without ever blocking; what it drops it counts.
#[pyclass(frozen, subclass, module = "aws_xray_sdk._engine")]
pub(crate) struct UdpSender {
    emitter: UdpEmitter,
}

#[pymethods]
impl UdpSender {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        UdpSender {
            emitter: UdpEmitter::new(DaemonAddress::default().udp),
        }
    }

    /// Sends to another place from now on.
    fn _set_destination(&self, host: String, port: u16) {
        self.emitter.set_destination(Endpoint { host, port });
    }

    /// Sends the document of a segment or subsegment; never raises.
    pub(crate) fn send_entity(slf: &Bound<'_, Self>, entity: &Bound<'_, PyAny>) {
        let result = match sends_text(slf) {
            Ok(false) => slf.get().send(slf.py(), entity),
            Ok(true) => text_of(entity).and_then(|text| match text {
                Some(text) => slf.call_method1("_send_data", (text,)).map(drop),
                None => Ok(()),
            }),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            log::failure(slf.py(), "a document could not be sent", &error);
        }
    }

    /// Sends the text of a document; subclasses may send it elsewhere.
    fn _send_data(slf: &Bound<'_, Self>, data: &str) {
        let py = slf.py();
        match seen_socket(slf) {
            Ok(Some(socket)) => {
                if let Err(error) = send_through(slf, &socket, data) {
                    log::failure(py, "a document could not be sent", &error);
                }
            }
            Ok(None) | Err(_) => {
                slf.get().prepare(py);
                let failure = slf.get().emitter.send(data.as_bytes()).err();
                slf.get().report(py, failure);
            }
        }
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
            log::warn(py, log::Logger::Emitter, &message);
        }
    }
}

/// True when the text of documents is sent another way: by a subclass, a mock, or through a socket
/// that Python has seen.
fn sends_text(emitter: &Bound<'_, UdpSender>) -> PyResult<bool> {
    let py = emitter.py();
    let name = intern!(py, "_send_data");
    let ours = py.get_type::<UdpSender>().getattr(name)?;
    if !emitter.get_type().getattr(name)?.is(&ours) {
        return Ok(true);
    }
    match own_attributes(emitter)? {
        Some(own) if own.contains(name)? => Ok(true),
        _ => Ok(seen_socket(emitter)?.is_some()),
    }
}

fn own_attributes<'py>(emitter: &Bound<'py, UdpSender>) -> PyResult<Option<Bound<'py, PyDict>>> {
    match emitter.getattr_opt(intern!(emitter.py(), "__dict__"))? {
        Some(own) => Ok(Some(own.cast_into()?)),
        None => Ok(None),
    }
}

/// The socket that Python has seen or put in place; documents go through it from then on.
fn seen_socket<'py>(emitter: &Bound<'py, UdpSender>) -> PyResult<Option<Bound<'py, PyAny>>> {
    match own_attributes(emitter)? {
        Some(own) => own.get_item(intern!(emitter.py(), "_socket")),
        None => Ok(None),
    }
}

fn send_through(
    emitter: &Bound<'_, UdpSender>,
    socket: &Bound<'_, PyAny>,
    data: &str,
) -> PyResult<()> {
    let address = (emitter.getattr("_ip")?, emitter.getattr("_port")?);
    socket.call_method1("sendto", (data.as_bytes(), address))?;
    Ok(())
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
