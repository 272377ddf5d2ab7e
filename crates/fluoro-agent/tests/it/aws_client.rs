//! The ways to AWS: TLS, a proxy, a role, and what is said when they are closed.

use std::{net::SocketAddr, sync::Arc};

use axum::{body::Bytes, http::Request};
use fluoro_agent::aws::{AwsError, Client, RegionSource};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{TlsAcceptor, rustls};

use crate::{
    sinks_backend::FaultyBackend,
    sinks_rig::{aws, with_credentials, with_environment},
};

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKID"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
];

async fn ask(client: &Client) -> Result<u16, AwsError> {
    let request = Request::post("/TelemetryRecords")
        .body(Bytes::new())
        .unwrap();
    Ok(client.send(request).await?.status().as_u16())
}

/// Answers each connection once, over TLS with a certificate that nobody knows.
async fn tls_server(key: &CertifiedKey<rcgen::KeyPair>) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![key.cert.der().clone()],
            key.signing_key.serialize_der().try_into().unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate hangs up.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4_096]).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    address
}

#[test]
fn certificates_are_checked_unless_told_otherwise() {
    with_credentials(async {
        let key = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let address = tls_server(&key).await;
        let mut config = aws(&format!("https://localhost:{}", address.port()));
        let failure = ask(&Client::new(&config).unwrap()).await.unwrap_err();
        let AwsError::Request(failure) = failure else {
            panic!("{failure}");
        };
        assert!(
            format!("{failure:?}").contains("UnknownIssuer"),
            "{failure:?}"
        );
        config.verify_tls = false;
        assert_eq!(ask(&Client::new(&config).unwrap()).await.unwrap(), 200);
    });
}

#[test]
fn certificates_of_the_system_are_trusted() {
    let key = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key.cert.pem()).unwrap();
    let roots = ("SSL_CERT_FILE", file.path().to_str().unwrap());
    with_environment(&[KEYS[0], KEYS[1], roots], async {
        let address = tls_server(&key).await;
        let config = aws(&format!("https://localhost:{}", address.port()));
        assert_eq!(ask(&Client::new(&config).unwrap()).await.unwrap(), 200);
    });
}

#[test]
fn requests_go_through_the_proxy() {
    with_credentials(async {
        let proxy = FaultyBackend::start();
        let mut config = aws("http://xray.invalid");
        config.proxy = Some(proxy.url()["http://".len()..].to_owned());
        assert_eq!(ask(&Client::new(&config).unwrap()).await.unwrap(), 200);
        let request = &proxy.received()[0];
        assert_eq!(request.header("host"), "xray.invalid");
        assert!(
            request
                .header("authorization")
                .contains("SignedHeaders=host;x-amz-date,")
        );
    });
}

#[test]
fn a_role_is_assumed_with_the_daemons_session_name() {
    let sts = TokenService::start();
    let url = sts.url.clone();
    let service = ("AWS_ENDPOINT_URL_STS", url.as_str());
    with_environment(&[KEYS[0], KEYS[1], service], async {
        let backend = FaultyBackend::start();
        let mut config = aws(&backend.url());
        config.role_arn = Some("arn:aws:iam::123456789012:role/traces".to_owned());
        let client = Client::new(&config).unwrap();
        for _ in 0..3 {
            assert_eq!(ask(&client).await.unwrap(), 200);
        }
        assert_eq!(client.access_key().await.unwrap(), "ASIAROLE");
        for request in backend.received() {
            assert!(
                request
                    .header("authorization")
                    .contains("Credential=ASIAROLE/")
            );
            assert_eq!(request.header("x-amz-security-token"), "session-token");
        }
        let asked = sts.asked();
        assert_eq!(
            asked.len(),
            1,
            "credentials are kept as long as they are good"
        );
        for part in [
            "Action=AssumeRole&",
            "RoleSessionName=xray-daemon",
            "role%2Ftraces",
        ] {
            assert!(asked[0].contains(part), "{}", asked[0]);
        }
    });
}

#[test]
fn the_region_is_found_and_told() {
    with_environment(&[KEYS[0], KEYS[1], ("AWS_REGION", "cn-north-1")], async {
        let mut config = aws("");
        config.region = None;
        let client = Client::new(&config).unwrap();
        let connection = client.connection().await.unwrap();
        assert_eq!(
            connection.endpoint,
            "https://xray.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(connection.region.source, RegionSource::AwsRegion);
    });
}

#[test]
fn a_missing_region_and_missing_credentials_say_what_to_do() {
    with_environment(&[], async {
        let mut config = aws("");
        config.region = None;
        let failure = ask(&Client::new(&config).unwrap())
            .await
            .unwrap_err()
            .to_string();
        assert!(
            failure.contains("--region") && failure.contains("AWS_REGION"),
            "{failure}"
        );
        let client = Client::new(&aws("http://127.0.0.1:1")).unwrap();
        let failure = client.access_key().await.unwrap_err().to_string();
        assert!(failure.starts_with("no AWS credentials: "), "{failure}");
    });
}

/// Answers like AWS's Security Token Service.
struct TokenService {
    url: String,
    asked: Arc<parking_lot::Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl TokenService {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<parking_lot::Mutex<Vec<String>>>::default();
        let seen = asked.clone();
        let router = axum::Router::new().fallback(move |body: String| async move {
            seen.lock().push(body);
            ([("content-type", "text/xml")], ANSWER)
        });
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            asked,
            _runtime: runtime,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().clone()
    }
}

const ANSWER: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
    <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>session-token</SessionToken>\
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
    </AssumeRoleResponse>";
