//! What each port answers.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, Method, header};
use tower_http::compression::CompressionLayer;

use super::{
    agent_status, answer::ApiError, completions, distribution, guard::Asked, import, live,
    operation::Operation, rejected, request_id, server::LocalAddress, state::Api, status, viewer,
    xray,
};
use crate::metrics::RequestLabel;

/// Headers of every answer of the web port.
const SECURITY_HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The viewer, the whole X-Ray API and the agent's own endpoints.
pub(crate) fn web_router(api: Api) -> Router {
    Router::new()
        .route("/health", get(status::health))
        .route("/ready", get(status::ready))
        .route("/metrics", get(status::metrics))
        .route("/api/agent", get(agent_status::get))
        .route("/api/live", get(live::follow))
        .route("/api/rejected", get(rejected::list))
        .route("/api/completions", get(completions::list))
        .route("/api/distribution", post(distribution::get))
        .route("/api/import", post(import::import))
        .fallback(web_fallback)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(api.clone(), guard_web))
        .layer(middleware::map_response(secure))
        .layer(from_fn(request_id::add))
        .with_state(api)
}

/// The X-Ray API for SDKs. With `proxy`, everything but `PutTraceSegments` goes there.
pub(crate) fn tcp_router(api: Api, proxy: Option<Router>) -> Router {
    let router = match proxy {
        Some(proxy) => Router::new()
            .route("/TraceSegments", post(operation))
            .fallback_service(proxy),
        None => Router::new().fallback(tcp_fallback),
    };
    router
        .layer(from_fn_with_state(api.clone(), guard_tcp))
        .layer(from_fn(request_id::add))
        .with_state(api)
}

async fn web_fallback(State(api): State<Api>, request: Request) -> Response {
    match *request.method() {
        Method::POST => operation(State(api), request).await,
        Method::GET | Method::HEAD => viewer::file(request.uri().path(), request.headers()),
        _ => ApiError::method("use GET for the viewer and POST for the X-Ray API").into_response(),
    }
}

async fn tcp_fallback(State(api): State<Api>, request: Request) -> Response {
    if request.method() != Method::POST {
        return ApiError::method(
            "this port answers the X-Ray API, with POST; the viewer has a port of its own",
        )
        .into_response();
    }
    let is_for_sdks = Operation::at(request.uri().path()).is_some_and(Operation::is_for_sdks);
    if !is_for_sdks && let Err(error) = api.guard.check_host(&asked(&request)) {
        return error.into_response();
    }
    operation(State(api), request).await
}

/// Answers an operation of the X-Ray API.
async fn operation(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(operation) = Operation::at(parts.uri.path()) else {
        // The path is not repeated in counters: it is the client's.
        let message = format!("there is no operation at {}", parts.uri.path());
        return ApiError::unknown_operation(message).into_response();
    };
    let response = xray::answer(&api, operation, &parts.headers, body)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    let label = RequestLabel {
        operation: operation.name(),
        status: response.status().as_u16(),
    };
    api.metrics.requests.get_or_create(&label).inc();
    response
}

async fn guard_web(State(api): State<Api>, request: Request, next: Next) -> Response {
    match api.guard.check_web(&asked(&request)) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn guard_tcp(State(api): State<Api>, request: Request, next: Next) -> Response {
    match api.guard.check_tcp(&asked(&request)) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn asked(request: &Request<Body>) -> Asked<'_> {
    let local = request.extensions().get::<LocalAddress>();
    Asked {
        method: request.method(),
        uri: request.uri(),
        headers: request.headers(),
        local_address: local.map_or_else(|| ([127, 0, 0, 1], 0).into(), |local| local.0),
    }
}

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
