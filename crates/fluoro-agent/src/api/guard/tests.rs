use super::*;

const LOCAL: &str = "127.0.0.1:2080";

fn web(local: &str, headers: &[(&'static str, &str)]) -> Result<(), ApiError> {
    check(Method::POST, local, headers)
}

fn check(method: Method, local: &str, headers: &[(&'static str, &str)]) -> Result<(), ApiError> {
    let guard = Guard::new(&["Traces.Example.".to_owned(), "10.9.9.9".to_owned()]);
    guard.check_web(&Asked {
        method: &method,
        uri: &Uri::from_static("/TraceSummaries"),
        headers: &map(headers),
        local_address: local.parse().unwrap(),
    })
}

fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    map
}

#[test]
fn loopback_names_the_own_address_and_allowed_names_are_hosts() {
    for host in [
        "localhost",
        "localhost:2080",
        "LocalHost:1",
        "localhost.",
        "viewer.localhost:2080",
        "127.0.0.1:2080",
        "127.1.2.3",
        "[::1]:2080",
        "[::1]",
        "[::ffff:127.0.0.1]:2080",
        "traces.example:2080",
        "TRACES.example.",
        "10.9.9.9:2080",
    ] {
        assert_eq!(web(LOCAL, &[("host", host)]), Ok(()), "{host}");
    }
    let outside = [("host", "192.168.7.7:2080")];
    assert_eq!(web("192.168.7.7:2080", &outside), Ok(()));
    assert_eq!(web("[::ffff:192.168.7.7]:2080", &outside), Ok(()));
    assert!(web(LOCAL, &outside).is_err());
}

#[test]
fn a_host_is_allowed_in_any_spelling() {
    for spelling in [
        "traces.example",
        "traces.example:8443",
        "https://Traces.example",
        "http://traces.example.:2080/traces",
    ] {
        let guard = Guard::new(&[spelling.to_owned(), "http://".to_owned()]);
        let local = LOCAL.parse::<SocketAddr>().unwrap().ip();
        assert!(guard.accepts("traces.example", local), "{spelling}");
        assert!(!guard.accepts("", local), "{spelling}");
    }
}

#[test]
fn names_of_others_are_no_hosts() {
    for host in [
        "",
        ":2080",
        "attacker.example",
        "attacker.example:2080",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example",
        "notlocalhost",
        "0.0.0.0:2080",
        "[::]:2080",
        "localhost:2080:2080",
        "traces.example.attacker.example",
    ] {
        assert!(web(LOCAL, &[("host", host)]).is_err(), "{host}");
    }
    assert!(web(LOCAL, &[]).is_err());
    let twice = [("host", "localhost"), ("host", "attacker.example")];
    assert!(web(LOCAL, &twice).is_err());
}

#[test]
fn the_refusal_tells_how_to_allow_a_host() {
    let error = web(LOCAL, &[("host", "traces.internal:2080")]).unwrap_err();
    assert!(
        format!("{error:?}").contains("--allow-host traces.internal"),
        "{error:?}"
    );
}

#[test]
fn an_origin_must_be_the_own_page() {
    let host = ("host", "localhost:2080");
    for (origin, is_own) in [
        ("http://localhost:2080", true),
        ("http://LOCALHOST:2080", true),
        ("https://localhost:2080", true),
        ("http://localhost:3000", false),
        ("http://127.0.0.1:2080", false),
        ("http://attacker.example", false),
        ("null", false),
        ("", false),
        ("localhost:2080", false),
    ] {
        let result = web(LOCAL, &[host, ("origin", origin)]);
        assert_eq!(result.is_ok(), is_own, "{origin}");
    }
}

#[test]
fn other_sites_may_link_and_nothing_else() {
    let host = ("host", "localhost:2080");
    let link = [
        host,
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(check(Method::GET, LOCAL, &link), Ok(()));
    assert!(check(Method::POST, LOCAL, &link).is_err());
    let frame = [link[0], link[1], link[2], ("sec-fetch-dest", "iframe")];
    assert!(check(Method::GET, LOCAL, &frame).is_err());
    let image = [host, link[1], ("sec-fetch-mode", "no-cors")];
    assert!(check(Method::GET, LOCAL, &image).is_err());
    for site in ["same-origin", "none"] {
        assert_eq!(web(LOCAL, &[host, ("sec-fetch-site", site)]), Ok(()));
    }
}

#[test]
fn forms_are_not_taken() {
    let host = ("host", "localhost:2080");
    for (kind, is_taken) in [
        ("application/json", true),
        ("application/x-amz-json-1.1", true),
        ("text/plain;charset=UTF-8", false),
        ("Text/Plain", false),
        ("application/x-www-form-urlencoded", false),
        ("multipart/form-data; boundary=x", false),
    ] {
        let result = web(LOCAL, &[host, ("content-type", kind)]);
        assert_eq!(result.is_ok(), is_taken, "{kind}");
    }
}

#[test]
fn the_tcp_port_takes_any_host_but_no_browser() {
    let tcp = |method: &Method, headers: &[(&'static str, &str)]| {
        Guard::default().check_tcp(&Asked {
            method,
            uri: &Uri::from_static("/TraceSegments"),
            headers: &map(headers),
            local_address: LOCAL.parse().unwrap(),
        })
    };
    let container = [("host", "xray-daemon:2000")];
    assert_eq!(tcp(&Method::POST, &container), Ok(()));
    assert!(tcp(&Method::GET, &container).is_err());
    assert_eq!(tcp(&Method::GET, &[("host", "localhost:2000")]), Ok(()));
    for header in ["origin", "sec-fetch-site", "sec-fetch-mode"] {
        let browser = [("host", "localhost:2000"), (header, "x")];
        assert!(tcp(&Method::POST, &browser).is_err());
    }
}
