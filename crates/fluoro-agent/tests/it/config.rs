//! Flags, environment and cfg.yaml, put together.

use std::{collections::HashMap, io, net::SocketAddr, path::Path, time::Duration};

use fluoro_agent::config::{
    ConfigError, Flags, Key, LogLevel, Mode, Origin, OtlpProtocol, Request, Resolved, SETTINGS,
    SinkConfig, Surroundings, resolve,
};
use insta::assert_snapshot;
use proptest::prelude::*;

/// A machine made of pairs: variables, and files by their path.
#[derive(Default)]
struct Machine {
    mode: Option<Mode>,
    variables: HashMap<String, String>,
    files: HashMap<String, String>,
}

impl Machine {
    fn daemon() -> Self {
        Self {
            mode: Some(Mode::Daemon),
            ..Self::default()
        }
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    fn run(&self, line: &str) -> Result<Resolved, ConfigError> {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        self.run_words(&words)
    }

    fn run_words(&self, words: &[String]) -> Result<Resolved, ConfigError> {
        let read_file = |path: &Path| {
            let text = self.files.get(path.to_str().unwrap());
            text.cloned()
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        let surroundings = Surroundings {
            environment: &|name| self.variables.get(name).cloned(),
            read_file: &read_file,
        };
        resolve(
            &Flags::parse(words)?,
            self.mode.unwrap_or(Mode::Agent),
            surroundings,
        )
    }

    fn complaint(&self, line: &str) -> String {
        self.run(line).unwrap_err().to_string()
    }
}

fn origin(resolved: &Resolved, key: Key) -> &Origin {
    let report = resolved.report.iter();
    let mut report = report.filter(|report| report.setting.key == key);
    &report.next().unwrap().origin
}

fn socket(text: &str) -> Option<SocketAddr> {
    Some(text.parse().unwrap())
}

const VERSION: &str = "Version: 2\n";

#[test]
fn without_anything_it_keeps_and_shows_on_loopback() {
    let resolved = Machine::default()
        .variable("HOME", "/home/ann")
        .run("")
        .unwrap();
    let config = &resolved.config;
    assert_eq!(config.udp, socket("127.0.0.1:2000"));
    assert_eq!(config.tcp, socket("127.0.0.1:2000"));
    assert_eq!(config.web, socket("127.0.0.1:2080"));
    assert_eq!(config.otlp_http, socket("127.0.0.1:4318"));
    assert_eq!(config.otlp_grpc, socket("127.0.0.1:4317"));
    assert_eq!(
        config.data_directory,
        Path::new("/home/ann/.local/share/fluoro")
    );
    assert_eq!(config.limits.age, Duration::from_secs(7 * 86_400));
    assert_eq!(config.limits.bytes, 5 << 30);
    assert_eq!(config.sinks, []);
    assert!(config.aws.verify_tls && !config.aws.local_mode);
    assert_eq!(resolved.logging.level, LogLevel::Info);
    assert_eq!(resolved.notes, [""; 0]);
    let listeners = resolved.report.iter().map(|report| &report.origin);
    assert!(
        listeners
            .into_iter()
            .all(|origin| *origin == Origin::Default)
    );
    assert_eq!(
        resolved.report.len(),
        SETTINGS.len() - 3,
        "all but the file and two without effect"
    );
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let file = "Version: 2\nSocket:\n  UDPAddress: 10.0.0.3:3\n";
    let with_file = || Machine::default().file("f", file);
    let with_both = || with_file().variable("FLUORO_BIND", "10.0.0.2:2");
    for (machine, line, expected) in [
        (Machine::default(), "", "127.0.0.1:2000"),
        (with_file(), "-c f", "10.0.0.3:3"),
        (with_both(), "-c f", "10.0.0.2:2"),
        (with_both(), "-c f -b 10.0.0.1:1", "10.0.0.1:1"),
        (
            with_both(),
            "-b 10.0.0.9:9 --bind=10.0.0.1:1 -c f",
            "10.0.0.1:1",
        ),
        (
            with_both().variable("FLUORO_BIND", ""),
            "-c f",
            "10.0.0.3:3",
        ),
    ] {
        let resolved = machine.run(line).unwrap();
        assert_eq!(resolved.config.udp, socket(expected), "{line}");
    }
}

#[test]
fn variables_of_aws_count_when_nothing_else_was_said() {
    let machine = Machine::default()
        .variable("AWS_REGION", "eu-west-1")
        .variable("HTTPS_PROXY", "http://proxy:3128")
        .file("f", "Version: 2\nRegion: eu-central-1\n");
    let resolved = machine.run("").unwrap();
    assert_eq!(origin(&resolved, Key::Region).to_string(), "$AWS_REGION");
    assert_eq!(origin(&resolved, Key::Proxy).to_string(), "$HTTPS_PROXY");
    assert_eq!(
        resolved.config.aws.region, None,
        "left to who speaks to AWS"
    );
    assert_eq!(
        resolved.config.sinks,
        [],
        "a region in the environment asks for nothing"
    );
    let resolved = machine.run("-c f -p http://other:1").unwrap();
    assert_eq!(resolved.config.aws.region.as_deref(), Some("eu-central-1"));
    assert_eq!(resolved.config.aws.proxy.as_deref(), Some("http://other:1"));
    assert_eq!(origin(&resolved, Key::Region).to_string(), "f: Region");
}

#[test]
fn what_only_makes_sense_with_aws_forwards_to_it() {
    let machine = Machine::default().file("f", VERSION);
    let why = |machine: &Machine, line: &str| {
        let resolved = machine.run(line).unwrap();
        let is_xray = resolved.config.sinks == [SinkConfig::XRay];
        is_xray.then(|| origin(&resolved, Key::Forward).to_string())
    };
    assert_eq!(why(&machine, "-n eu-central-1").unwrap(), "because of -n");
    assert_eq!(
        why(&machine, "--role-arn arn").unwrap(),
        "because of --role-arn"
    );
    assert_eq!(why(&machine, "-c f").unwrap(), "because of cfg.yaml");
    assert_eq!(
        why(&Machine::daemon(), "").unwrap(),
        "started as the daemon"
    );
    for line in ["", "-o", "-a arn", "-n eu-central-1 --forward none"] {
        assert_eq!(why(&machine, line), None, "{line}");
    }
    let resolved = Machine::daemon()
        .run("--forward otlp=http://127.0.0.1:1")
        .unwrap();
    assert!(matches!(
        resolved.config.sinks[..],
        [SinkConfig::Otlp { .. }]
    ));
}

#[test]
fn in_the_daemons_place_the_ports_of_otlp_are_left_alone() {
    let resolved = Machine::daemon().run("").unwrap();
    assert_eq!(
        (resolved.config.otlp_http, resolved.config.otlp_grpc),
        (None, None)
    );
    assert_eq!(resolved.config.web, socket("127.0.0.1:2080"));
    let resolved = Machine::daemon().run("--otlp-http :4318").unwrap();
    assert_eq!(resolved.config.otlp_http, socket("0.0.0.0:4318"));
}

#[test]
fn targets_may_have_headers_which_nobody_is_shown() {
    let machine = Machine::default().variable(
        "FLUORO_FORWARD",
        "otlp=https://api.example:443/x Authorization=Basic%20c2VjcmV0 x-team=a, aws-otlp,otlp-grpc=http://[::1]:4317",
    );
    let resolved = machine.run("").unwrap();
    let otlp = |endpoint: &str, protocol, headers: &[(&str, &str)]| SinkConfig::Otlp {
        endpoint: endpoint.to_owned(),
        protocol,
        headers: headers
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    };
    let headers = [("authorization", "Basic c2VjcmV0"), ("x-team", "a")];
    assert_eq!(
        resolved.config.sinks,
        [
            otlp("https://api.example:443/x", OtlpProtocol::Http, &headers),
            SinkConfig::AwsOtlp,
            otlp("http://[::1]:4317", OtlpProtocol::Grpc, &[]),
        ]
    );
    assert!(!format!("{:?}", resolved.report).contains("c2VjcmV0"));
    let words = ["--forward".to_owned(), "otlp=x key=c2VjcmV0".to_owned()];
    let complaint = Machine::default()
        .run_words(&words)
        .unwrap_err()
        .to_string();
    assert!(!complaint.contains("c2VjcmV0"), "{complaint}");
}

#[test]
fn the_daemons_whole_file_is_understood() {
    let text = "\
TotalBufferSizeMB: 24
Concurrency: 8
Region: \"us-west-2\"
Endpoint: \"https://xray.example\"
Socket:
  UDPAddress: \"0.0.0.0:2000\"
  TCPAddress: \"0.0.0.0:2001\"
Logging:
  LogRotation: false
  LogLevel: \"dev\"
  LogPath: \"/var/log/xray/xray.log\"
LocalMode: true
ResourceARN: \"arn:resource\"
RoleARN: \"arn:role\"
NoVerifySSL: true
ProxyAddress: \"http://proxy:1\"
Version: 2
";
    let resolved = Machine::default()
        .file("f", text)
        .run("--config=f")
        .unwrap();
    let config = &resolved.config;
    assert_eq!(config.tcp, socket("0.0.0.0:2001"));
    assert_eq!(config.aws.region.as_deref(), Some("us-west-2"));
    assert_eq!(config.aws.endpoint.as_deref(), Some("https://xray.example"));
    assert_eq!(config.aws.resource_arn.as_deref(), Some("arn:resource"));
    assert_eq!(config.aws.role_arn.as_deref(), Some("arn:role"));
    assert_eq!(config.aws.proxy.as_deref(), Some("http://proxy:1"));
    assert!(!config.aws.verify_tls && config.aws.local_mode);
    assert_eq!(resolved.logging.level, LogLevel::Trace);
    assert_eq!(
        resolved.logging.file.as_deref(),
        Some(Path::new("/var/log/xray/xray.log"))
    );
    assert!(!resolved.logging.rotate);
    assert_snapshot!(resolved.notes.join("\n"), @r"
    f: TotalBufferSizeMB 24 is accepted without effect: the store is the buffer
    f: Concurrency 8 is accepted without effect: sinks choose for themselves
    ");
}

#[test]
fn a_section_whose_keys_are_all_commented_out_says_nothing() {
    let text = "Version: 2\nSocket:\n#  UDPAddress: 10.0.0.3:3\nLogging:\n";
    let resolved = Machine::default().file("f", text).run("-c f").unwrap();
    assert_eq!(resolved.config.udp, socket("127.0.0.1:2000"));
    let unknown = Machine::default().file("f", "Version: 2\nSockets:\n");
    let complaint = unknown.run("-c f").unwrap_err().to_string();
    assert!(complaint.contains("unknown key Sockets"), "{complaint}");
}

#[test]
fn the_daemon_finds_its_file_and_tolerates_what_it_does_not_know() {
    let odd = "Version: 1\nRegion: here\nColour: blue\n";
    let machine = Machine::daemon()
        .file("/etc/amazon/xray/cfg.yaml", odd)
        .file("cfg.yaml", VERSION);
    let resolved = machine.run("").unwrap();
    assert_eq!(resolved.config.aws.region.as_deref(), Some("here"));
    assert_eq!(
        resolved.notes[0],
        "settings are read from /etc/amazon/xray/cfg.yaml"
    );
    assert!(
        resolved.notes[1].starts_with("ignored: /etc/amazon/xray/cfg.yaml: unknown key Colour")
    );
    // A file of that name may belong to anybody: without the daemon's name it is not looked for.
    let resolved = Machine::default().file("cfg.yaml", odd).run("").unwrap();
    assert_eq!(resolved.config.aws.region, None);
}

#[test]
fn a_wrong_file_says_what_is_wrong_with_it() {
    let complaint = |text| {
        Machine::default()
            .file("f.yaml", text)
            .complaint("-c f.yaml")
    };
    assert_snapshot!(Machine::default().complaint("-c f.yaml"), @"f.yaml: cannot be read: entity not found");
    assert_snapshot!(complaint("Region: x\n"), @"f.yaml: has no Version; write `Version: 2`");
    assert_snapshot!(complaint(""), @"f.yaml: holds no keys; `Version: 2` is needed at least");
    assert_snapshot!(complaint("Version: 3\n"), @r#"f.yaml: Version: "3" is unknown; allowed are 1 and 2"#);
    assert_snapshot!(complaint("Version: 2\nUDPAddress: x\n"));
    assert_snapshot!(complaint("Version: 2\nLogging: {loglevel: x}\n"));
    assert_snapshot!(complaint("Version: 2\nRegion: [a]\n"), @r#"f.yaml: Region: "[\"a\"]" is not a single value; expected a region such as eu-central-1"#);
    assert_snapshot!(complaint("Version: 1\nProcessor:\n  Region: x\n"), @"f.yaml: Processor.Region moved; write Region");
    assert_snapshot!(complaint("Version: 1\nProfile: {CPU: x}\n"), @"f.yaml: Profile.CPU is not supported any more; remove it");
    assert_snapshot!(complaint("Version: 2\nLogging: {LogLevel: loud}\n"), @r#"f.yaml: Logging.LogLevel: "loud" is not allowed; expected one of dev, debug, info, warn, error, prod"#);
    let complaint = complaint("Version: 2\n\tRegion: x\n");
    assert!(
        complaint.starts_with("f.yaml: is not YAML: "),
        "{complaint}"
    );
}

#[test]
fn a_wrong_flag_or_value_names_itself_and_what_is_allowed() {
    let complaint = |line| Machine::default().complaint(line);
    assert_snapshot!(complaint("--weeb 1"));
    assert_snapshot!(complaint("-regio=x").lines().next().unwrap(), @"unknown flag -regio; did you mean --region?");
    assert_snapshot!(complaint("-zz").lines().next().unwrap(), @"unknown flag -zz");
    assert_snapshot!(complaint("-o false"), @r#"unexpected argument "false": the agent takes flags only"#);
    assert_snapshot!(complaint("-"), @r#"unexpected argument "-": the agent takes flags only"#);
    assert_snapshot!(complaint("-web"), @"-web needs a value: expected an address such as 127.0.0.1:2000 or [::1]:2000, or off");
    assert_snapshot!(complaint("--local-mode=maybe"), @r#"--local-mode: "maybe" is not allowed; expected true or false"#);
    assert_snapshot!(complaint("-b example.org:2000"), @r#"-b: "example.org:2000" is not allowed; expected an address such as 127.0.0.1:2000 or [::1]:2000, or off"#);
    assert_snapshot!(complaint("--max-age 7"), @r#"--max-age: "7" is not allowed; expected a duration such as 7d, 12h, 30m or 8s"#);
    assert_snapshot!(complaint("--max-size 99999999999TB"), @r#"--max-size: "99999999999TB" is not allowed; expected a size such as 5GB, 500MB or a number of bytes"#);
    assert_snapshot!(complaint("--forward kafka"));
    assert_snapshot!(complaint("--forward otlp=host:4318"), @r#"--forward: "otlp=host:4318" has no URL that begins with http:// or https:// and a host"#);
    let variable = Machine::default().variable("FLUORO_LOG_FORMAT", "xml");
    assert_snapshot!(variable.complaint(""), @r#"$FLUORO_LOG_FORMAT: "xml" is not allowed; expected text or json"#);
}

#[test]
fn the_command_line_is_to_blame_with_2_and_the_rest_with_1() {
    let status = |machine: &Machine, line| machine.run(line).unwrap_err().exit_status();
    let machine = Machine::default().file("f", "Version: 2\nX: 1\n");
    assert_eq!(status(&machine, "--nope"), 2);
    assert_eq!(status(&machine, "-l loud"), 2);
    assert_eq!(status(&machine, "-c f"), 1);
    assert_eq!(status(&machine.variable("FLUORO_WEB", "x"), ""), 1);
}

#[test]
fn help_and_version_win_over_what_follows() {
    let request = |word: &str| {
        Flags::parse(&[word.to_owned(), "--nope".to_owned()])
            .unwrap()
            .request
    };
    for word in ["-h", "--h", "-help", "--help"] {
        assert_eq!(request(word), Request::Help, "{word}");
    }
    for word in ["-v", "--v", "-version", "--version"] {
        assert_eq!(request(word), Request::Version, "{word}");
    }
}

/// The daemon's flags, each with a value that it takes.
const DAEMON_FLAGS: [(&str, &str, &str); 12] = [
    ("a", "resource-arn", "arn:aws:ec2:1"),
    ("o", "local-mode", "true"),
    ("m", "buffer-memory", "16"),
    ("n", "region", "eu-central-1"),
    ("b", "bind", "0.0.0.0:2000"),
    ("t", "bind-tcp", "[::1]:2001"),
    ("r", "role-arn", "arn:aws:iam::1:role/x"),
    ("c", "config", "cfg"),
    ("f", "log-file", "/var/log/xray.log"),
    ("l", "log-level", "debug"),
    ("p", "proxy-address", "http://proxy:1"),
    ("o", "local-mode", "F"),
];

proptest! {
    #[test]
    fn every_spelling_of_the_daemons_flags_means_the_same(
        spellings in proptest::collection::vec((0..DAEMON_FLAGS.len(), any::<[bool; 3]>()), 0..8)
    ) {
        let mut words = Vec::new();
        let mut plain = Vec::new();
        for (index, [long, double, joined]) in spellings {
            let (short_name, long_name, value) = DAEMON_FLAGS[index];
            let name = if long { long_name } else { short_name };
            let flag = format!("{}{name}", if double { "--" } else { "-" });
            let is_switch = short_name == "o";
            match (is_switch, joined) {
                (true, false) if value == "true" => words.push(flag),
                (true, _) | (false, true) => words.push(format!("{flag}={value}")),
                (false, false) => words.extend([flag, value.to_owned()]),
            }
            plain.push(format!("-{short_name}={value}"));
        }
        let machine = Machine::default().file("cfg", VERSION);
        let (spelled, plain) = (machine.run_words(&words).unwrap(), machine.run_words(&plain).unwrap());
        prop_assert_eq!(spelled.config, plain.config);
        prop_assert_eq!(spelled.logging, plain.logging);
    }

    #[test]
    fn reading_flags_and_files_never_panics(
        words in proptest::collection::vec("-{0,3}[a-z=:.é-]{0,9}", 0..5), text in "(Version|: |2|\n|  |Region|\\[|\\{|\\PC){0,20}"
    ) {
        let _ = Machine::default().run_words(&words);
        let _ = Machine::default().file("f", &text).run("-c f");
    }
}
