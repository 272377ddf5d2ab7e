//! The id that every answer carries, so that a log line or a report can name a request.

use std::hash::{BuildHasher, RandomState};

use axum::{extract::Request, middleware::Next, response::Response};
use http::HeaderValue;

/// Gives the answer an id of the form that AWS uses.
pub(super) async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&new()) {
        response
            .headers_mut()
            .entry("x-amzn-requestid")
            .or_insert(id);
    }
    response
}

/// A random UUID of version 4.
fn new() -> String {
    // Each of these is seeded anew from the system's randomness and a counter; nobody needs to be
    // kept from guessing an id.
    let random = || RandomState::new().hash_one(0_u8);
    let (high, low) = (random(), random());
    let (high, low) = (
        high & 0xffff_ffff_ffff_0fff | 0x4000,
        low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000,
    );
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_uuids_and_differ() {
        let id = super::new();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(&id[14..15], "4", "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, super::new());
    }
}
