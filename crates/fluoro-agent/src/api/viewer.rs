//! The viewer's files, as they were when the binary was built.

use std::io::Read;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use include_dir::{Dir, include_dir};

use super::answer::ApiError;

/// Most files are compressed and then have `.gz` behind their name.
static FILES: Dir<'_> = include_dir!("$OUT_DIR/viewer");

const PAGE: &str = "index.html";

/// What is shown in a binary without the viewer.
const NO_VIEWER: &str = include_str!("viewer/absent.html");

/// The names of built files below this directory change with their content.
const HASHED: &str = "assets/";

/// A file of the viewer. A path that is no file is a page of the viewer, which finds its way from
/// the address itself.
pub(super) fn file(path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches('/');
    if let Some(response) = embedded(name, headers) {
        return response;
    }
    if !is_page(name) {
        return ApiError::not_found(format!("there is nothing at {path}")).into_response();
    }
    embedded(PAGE, headers).unwrap_or_else(|| {
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        (headers, NO_VIEWER).into_response()
    })
}

fn is_page(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    !name.starts_with("api/") && !name.starts_with(HASHED) && !last.ends_with(".ico")
}

fn embedded(name: &str, headers: &HeaderMap) -> Option<Response> {
    if let Some(file) = FILES.get_file(name) {
        return Some(respond(name, file.contents().into(), false));
    }
    let contents = FILES.get_file(format!("{name}.gz"))?.contents();
    if takes_gzip(headers) {
        return Some(respond(name, contents.into(), true));
    }
    let mut plain = Vec::new();
    match GzDecoder::new(contents).read_to_end(&mut plain) {
        Ok(_) => Some(respond(name, plain.into(), false)),
        Err(failure) => Some(ApiError::internal(failure.to_string()).into_response()),
    }
}

fn respond(name: &str, contents: Body, is_compressed: bool) -> Response {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind = match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let caching = match name.starts_with(HASHED) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let mut response = (StatusCode::OK, contents).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_gzip = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            is_gzip && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}
