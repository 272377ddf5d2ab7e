//! Addresses of requests, as documents show them.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text::Text;

/// A URL without credentials, query string and fragment.
#[pyfunction]
pub(crate) fn strip_url(url: &str) -> String {
    fluoro_wire::url::strip_url(url).into_owned()
}

/// The same for documents.
pub(crate) fn stripped(url: &Bound<'_, PyString>) -> Text {
    let text = Text::new(url);
    match fluoro_wire::url::strip_url(text.as_ref()) {
        std::borrow::Cow::Borrowed(same) if same.len() == text.as_ref().len() => text,
        shorter => Text::Owned(shorter.into_owned().into()),
    }
}

/// The parts of a URL that are shown.
pub(super) struct Address<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: Option<&'a str>,
    /// Without escapes.
    pub(super) path: &'a str,
}

/// The URL of an address, its path escaped and nothing in it that may be secret.
pub(super) fn join(address: Address<'_>) -> Text {
    let host = address.host.unwrap_or_default();
    let length = address.scheme.len() + 3 + host.len() + address.path.len();
    let mut url = String::with_capacity(length);
    url.push_str(address.scheme);
    url.push_str("://");
    url.push_str(host);
    escape(address.path, &mut url);
    if !is_harmless(host) || !is_harmless(address.scheme) {
        url = fluoro_wire::url::strip_url(&url).into_owned();
    }
    Text::Owned(url.into())
}

/// Appends a path with what a URL's path does not hold as it is in percent signs and digits.
fn escape(path: &str, url: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if path.bytes().all(is_plain) {
        return url.push_str(path);
    }
    for byte in path.bytes() {
        if is_plain(byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.push(char::from(DIGITS[usize::from(byte >> 4)]));
            url.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,:;=@".contains(&byte)
}

/// True for the characters of host names: no `@` that ends a password, no end of the host.
fn is_harmless(part: &str) -> bool {
    part.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// A host without the port that its scheme means anyway.
pub(super) fn without_standard_port<'py>(
    host: Bound<'py, PyString>,
    scheme: &str,
) -> Bound<'py, PyString> {
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return host,
    };
    match host.to_str() {
        Ok(text) => match text.strip_suffix(port) {
            Some(bare) => PyString::new(host.py(), bare),
            None => host,
        },
        Err(_) => host,
    }
}
