//! AWS: region, credentials, signed requests.
//!
//! ```text
//! X-Ray sink ──┐
//! OTLP sink  ──┼─▶ Client: region, credentials, signature ─▶ https://xray.<region>.amazonaws.com
//! proxy ───────┘
//! ```
//! Nothing is asked of AWS, of the machine or of the profile before the first request.

mod client;
mod credentials;
mod endpoint;
mod error;
mod http_client;
pub mod proxy;
mod region;
mod signature;

pub use client::{Client, Connection};
pub use error::AwsError;
pub(crate) use http_client::install_crypto_provider;
pub use region::{Region, RegionSource};
