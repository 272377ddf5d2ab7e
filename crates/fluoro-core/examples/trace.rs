//! Records a request with its subsegments, an error and metadata, and shows the document that a
//! daemon would get.
//!
//! `cargo run -p fluoro-core --example trace`

use std::error::Error;
use std::net::UdpSocket;
use std::time::Duration;

use fluoro_core::Value;
use fluoro_core::emitter::UdpEmitter;
use fluoro_core::recorder::{IncomingRequest, Recorder};
use fluoro_core::tree::Namespace;
use fluoro_sampling::{LocalSampler, Manifest};
use fluoro_wire::daemon_address::Endpoint;

const RULES: &str = r#"{
    "version": 2,
    "default": {"fixed_target": 1, "rate": 0.05},
    "rules": [{"host": "*", "http_method": "*", "url_path": "/health", "fixed_target": 0, "rate": 0}]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Stands in for the daemon, so that there is something to see.
    let daemon = UdpSocket::bind("127.0.0.1:0")?;
    daemon.set_read_timeout(Some(Duration::from_secs(2)))?;
    let port = daemon.local_addr()?.port();

    let recorder = Recorder::builder("shop")
        .sampler(LocalSampler::new(Manifest::parse(RULES)?))
        .emitter(UdpEmitter::new(Endpoint {
            host: "127.0.0.1".to_owned(),
            port,
        }))
        .build();

    handle_request(&recorder, "/orders/17?token=secret");
    handle_request(&recorder, "/health"); // not sampled: nothing is sent

    let mut datagram = [0; 65_536];
    let length = daemon.recv(&mut datagram)?;
    let document = fluoro_wire::datagram::split(&datagram[..length])?;
    let document: serde_json::Value = serde_json::from_slice(document)?;
    println!("{document:#}");
    Ok(())
}

fn handle_request(recorder: &Recorder, path: &str) {
    let mut segment = recorder.begin_request(&IncomingRequest {
        header: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?"),
        method: Some("GET"),
        url: Some(&format!("https://shop.example{path}")),
        path: path.split('?').next(),
        host: Some("shop.example"),
        client_ip: Some("192.0.2.1"),
        ..IncomingRequest::default()
    });
    segment.put_annotation("customer", 17);
    {
        let mut query = recorder.begin_call("orders", Namespace::Remote);
        query.put_metadata("rows", Value::List(vec![1.into(), 2.into()]));
    }
    {
        let mut payment = recorder.begin_subsegment("payment");
        if let Err(error) = "twelve".parse::<u32>() {
            payment.put_error(&error);
        }
    }
    segment.put_status(502);
}
