//! Starting and stopping.

use std::net::{TcpListener, UdpSocket};

use fluoro_agent::agent::{Agent, AgentError};

use crate::api_support::{Running, SOON, config, segment};

#[tokio::test]
async fn a_taken_port_is_named_with_the_flag_that_chooses_another() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(directory.path());
    config.web = Some(taken.local_addr().unwrap());
    let error = Agent::start(config.clone()).await.err().unwrap();
    assert!(matches!(error, AgentError::Listen { .. }), "{error:?}");
    let message = error.to_string();
    for part in [&taken.local_addr().unwrap().to_string(), "viewer", "--web"] {
        assert!(message.contains(part), "{message}");
    }
    // Nothing of the first attempt is left behind: ports and store are free again.
    drop(taken);
    Agent::start(config).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_store_has_one_agent() {
    let agent = Running::start().await;
    let second = Agent::start(config(agent.directory.path())).await;
    let message = second.err().unwrap().to_string();
    assert!(message.contains("in use"), "{message}");
}

#[tokio::test]
async fn what_was_sent_before_the_stop_is_kept() {
    let agent = Running::start().await;
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..200 {
        let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{}", segment(number));
        socket
            .send_to(datagram.as_bytes(), agent.address("udp"))
            .unwrap();
    }
    let restarted = tokio::time::timeout(SOON, agent.restart()).await.unwrap();
    let status = restarted.get_json("/api/agent").await;
    assert_eq!(status["Store"]["Documents"], 200, "{status}");
}

#[tokio::test]
async fn an_open_live_feed_does_not_hold_up_the_stop() {
    let agent = Running::start().await;
    let mut feed = agent.get("/api/live").await;
    let started = std::time::Instant::now();
    tokio::time::timeout(SOON, agent.agent.stop())
        .await
        .unwrap();
    assert!(started.elapsed().as_secs() < 8, "{:?}", started.elapsed());
    while let Ok(Some(_)) = feed.chunk().await {}
}

#[tokio::test]
async fn the_agent_tells_where_it_listens() {
    let agent = Running::start().await;
    let status = agent.get_json("/api/agent").await;
    let names: Vec<_> = status["Listeners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|listener| listener["Name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["udp", "tcp", "web"]);
    assert_eq!(
        status["Listeners"][2]["Address"],
        agent.address("web").to_string()
    );
    assert_eq!(status["Version"], env!("CARGO_PKG_VERSION"));
}
