//! Addresses of requests, as documents show them.

use std::borrow::Cow;

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
    if is_clean(text.as_ref()) {
        return text;
    }
    match fluoro_wire::url::strip_url(text.as_ref()) {
        Cow::Borrowed(same) if same.len() == text.as_ref().len() => text,
        shorter => Text::Owned(shorter.into_owned().into()),
    }
}

/// True for an ordinary URL without anything to strip: tells fast what most URLs are.
fn is_clean(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return false;
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    is_name(scheme) && is_authority(authority) && !path.contains(['?', '#'])
}

/// The URL of a path without escapes, with nothing in it that may be secret.
pub(super) fn join(scheme: &str, host: &str, path: &str) -> Text {
    join_escaped(scheme, host, &escaped(path))
}

/// The URL of a path with its escapes, with nothing in it that may be secret.
pub(super) fn join_escaped(scheme: &str, host: &str, path: &str) -> Text {
    let url = [scheme, "://", host, path].concat();
    Text::Owned(
        if is_name(scheme) && is_authority(host) && !path.contains(['?', '#']) {
            url.into()
        } else {
            fluoro_wire::url::strip_url(&url).into()
        },
    )
}

/// A path with what a URL's path does not hold as it is in percent signs and digits.
fn escaped(path: &str) -> Cow<'_, str> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if path.bytes().all(is_plain) {
        return Cow::Borrowed(path);
    }
    let mut text = String::with_capacity(path.len() * 3);
    for byte in path.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    Cow::Owned(text)
}

/// A path whose escapes are resolved.
pub(super) fn without_escapes<'py>(
    path: &Bound<'py, PyString>,
    text: &str,
) -> Bound<'py, PyString> {
    if !text.contains('%') {
        return path.clone();
    }
    let text = text.as_bytes();
    let mut bytes = Vec::with_capacity(text.len());
    let mut index = 0;
    while index < text.len() {
        match escape_at(&text[index..]) {
            Some(byte) => {
                bytes.push(byte);
                index += 3;
            }
            None => {
                bytes.push(text[index]);
                index += 1;
            }
        }
    }
    PyString::new(path.py(), &String::from_utf8_lossy(&bytes))
}

/// The byte that an escape at the beginning stands for.
fn escape_at(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,:;=@".contains(&byte)
}

/// True for a host with or without a port: no `@` that ends a password, no end of the host.
fn is_authority(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some((host, port)) => {
            is_name(host) && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => is_name(text),
    }
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// A host without the port that its scheme means anyway.
pub(super) fn without_standard_port<'py>(
    host: Bound<'py, PyString>,
    scheme: &str,
) -> Bound<'py, PyString> {
    match host.to_str() {
        Ok(text) => match strip_standard_port(text, scheme) {
            bare if bare.len() < text.len() => PyString::new(host.py(), bare),
            _ => host,
        },
        Err(_) => host,
    }
}

/// The same for text.
pub(super) fn strip_standard_port<'a>(host: &'a str, scheme: &str) -> &'a str {
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return host,
    };
    host.strip_suffix(port).unwrap_or(host)
}
