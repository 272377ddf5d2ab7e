//! OTLP over gRPC.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tonic::{Code, codec::CompressionEncoding, transport::Channel};

use crate::{
    otlp_endpoint::{Endpoint, document, request},
    sources_memory_store::Mood,
};

async fn connect(endpoint: &Endpoint) -> TraceServiceClient<Channel> {
    let channel = Channel::from_shared(endpoint.grpc.clone())
        .expect("an address")
        .timeout(Duration::from_secs(20));
    TraceServiceClient::new(channel.connect().await.expect("connected"))
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_kept_before_the_answer_plain_and_packed() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let mut client = connect(&endpoint).await;
    let answer = client.export(request(&["a"])).await.expect("taken");
    assert_eq!(answer.into_inner().partial_success, None);
    assert_eq!(endpoint.store.arrivals().len(), 1);

    let mut client = client
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    let answer = client
        .export(request(&["b", "reject me"]))
        .await
        .expect("taken");
    let partial = answer
        .into_inner()
        .partial_success
        .expect("a partial success");
    assert_eq!(partial.rejected_spans, 1);
    assert_eq!(
        partial.error_message,
        "1 of 2 spans were rejected: span 1: InvalidName, the name says so;"
    );
    assert_eq!(endpoint.store.documents(2), [document("a"), document("b")]);
    assert_eq!(endpoint.answered("TraceService/Export", 200), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_store_and_large_messages_are_told_apart() {
    let endpoint = Endpoint::start(Mood::Fails).await;
    let mut client = connect(&endpoint).await;
    let refused = client.export(request(&["a"])).await.expect_err("failed");
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("told to fail"), "{refused}");

    endpoint.store.set_mood(Mood::Keeps);
    let large = "x".repeat(17 << 20);
    let refused = client
        .export(request(&[&large]))
        .await
        .expect_err("too large");
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    client.export(request(&["a"])).await.expect("still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_with_clients_connected() {
    let endpoint = Endpoint::start(Mood::Keeps).await;
    let mut client = connect(&endpoint).await;
    client.export(request(&["a"])).await.expect("taken");
    endpoint.stop.cancel();
    for server in endpoint.servers {
        let ended = tokio::time::timeout(Duration::from_secs(10), server).await;
        ended.expect("ended in time").expect("ended well");
    }
}
