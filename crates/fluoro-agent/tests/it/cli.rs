//! The commands, run as a user runs them, against an agent that really listens.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::UdpSocket,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

fn fluoro(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fluoro"));
    let variables = env::vars().filter(|(name, _)| name.starts_with("FLUORO"));
    for (name, _) in variables {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .env("TZ", "UTC")
        .env("LC_ALL", "C.UTF-8");
    command
}

/// Runs to the end; the status, and what was printed and complained about.
fn run(arguments: &[&str]) -> (i32, String, String) {
    outcome(fluoro(arguments).output().unwrap())
}

fn outcome(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A process that ends with its test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An agent on free ports with a store of its own; it ends with the test.
struct Agent {
    _process: Running,
    url: String,
    udp: String,
    directory: TempDir,
}

impl Agent {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("store");
        let process = fluoro(&[
            "agent",
            "-b=127.0.0.1:0",
            "-t=127.0.0.1:0",
            "--web",
            "127.0.0.1:0",
        ])
        .args(["--otlp-http", "off", "--otlp-grpc", "off", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut process = Running(process);
        let log = BufReader::new(process.0.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            log.lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut udp = None;
        let url = loop {
            let line = lines
                .recv_timeout(PATIENCE)
                .expect("the agent should say where it listens");
            if let Some((_, address)) = line.split_once("datagrams of X-Ray SDKs: ") {
                udp = Some(address.to_owned());
            }
            if let Some(start) = line.find("http://") {
                break line[start..].to_owned();
            }
        };
        Self {
            _process: process,
            url,
            udp: udp.unwrap(),
            directory,
        }
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        run(&[arguments, &["--agent", &self.url]].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Brings documents in, as one trace each by its id, through `fluoro import`.
    fn import(&self, documents: &[Value]) {
        let traces = documents.iter().map(|document| {
            let segment = json!({"Id": document["id"], "Document": document.to_string()});
            json!({"Id": document["trace_id"], "Segments": [segment]})
        });
        let file = self.path("documents.json");
        let text = json!({"Traces": traces.collect::<Vec<_>>()}).to_string();
        fs::write(&file, text).unwrap();
        let (status, _, complaints) = self.run(&["import", file.to_str().unwrap()]);
        assert_eq!(status, 0, "{complaints}");
    }
}

fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64()
}

fn trace_id(number: u32) -> String {
    format!("1-{:08x}-{number:024x}", now() as u32)
}

/// A shop's request that asks an inventory, as both send it.
fn checkout(trace: &str, start: f64) -> [Value; 2] {
    let request = |path: &str, status: u16| json!({"request": {"method": "GET", "url": format!("http://shop.example{path}")}, "response": {"status": status}});
    let shop = json!({
        "name": "shop", "id": "0000000000000001", "trace_id": trace, "start_time": start, "end_time": start + 0.5,
        "fault": true, "http": request("/cart?secret", 500), "annotations": {"customer": 42},
        "subsegments": [
            {"name": "inventory", "id": "0000000000000002", "start_time": start + 0.1, "end_time": start + 0.4,
             "namespace": "remote", "http": request("/stock", 200)},
        ],
    });
    let inventory = json!({
        "name": "inventory", "id": "0000000000000003", "trace_id": trace, "parent_id": "0000000000000002",
        "start_time": start + 0.2, "end_time": start + 0.3, "http": request("/stock", 200),
    });
    [shop, inventory]
}

/// Times and ids as they would be in any other run.
fn normalised(text: &str) -> String {
    let is_time = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        digits == 6 && word.len() == 8 && word.bytes().filter(|&byte| byte == b':').count() == 2
    };
    let line = |line: &str| {
        let mut line = line.to_owned();
        for word in line.clone().split_whitespace() {
            if is_time(word) {
                line = line.replace(word, "HH:MM:SS");
            }
            if word.starts_with("1-") && word.len() == 35 {
                line = line.replace(word, &format!("1-ssssssss{}", &word[10..]));
            }
        }
        line
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn help_teaches() {
    assert_snapshot!("help", run(&["--help"]).1);
    for command in [
        "agent",
        "demo",
        "traces",
        "trace",
        "tail",
        "rejected",
        "export",
        "import",
        "doctor",
        "completions",
    ] {
        let (status, printed, _) = run(&[command, "--help"]);
        assert_eq!(status, 0);
        assert!(
            printed.contains("Examples:\n  "),
            "{command} has no examples"
        );
        assert_snapshot!(format!("help-{command}"), printed);
        assert_eq!(run(&["help", command]).1, printed);
    }
}

#[test]
fn in_the_daemons_place_it_behaves_as_the_daemon() {
    let directory = tempfile::tempdir().unwrap();
    let xray = directory.path().join("xray");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_fluoro"), &xray).unwrap();
    let run = |flag: &str| outcome(Command::new(&xray).arg(flag).output().unwrap());
    let (status, printed, _) = run("-v");
    assert!(
        status == 0 && printed.starts_with("AWS X-Ray daemon version: "),
        "{printed}"
    );
    let (status, printed, _) = run("-h");
    assert!(
        status == 0 && printed.contains("Usage: xray [FLAGS]"),
        "{printed}"
    );
    let (status, printed, complaints) = run("-colour");
    assert_eq!((status, printed.as_str()), (2, ""));
    assert!(
        complaints.starts_with("fluoro agent: unknown flag -colour"),
        "{complaints}"
    );
}

/// Connections count as files, and so do the store's.
#[cfg(target_os = "linux")]
#[test]
fn the_agent_may_open_more_files_than_it_was_started_with() {
    let directory = tempfile::tempdir().unwrap();
    let off = [
        "-b=off",
        "-t=off",
        "--otlp-http",
        "off",
        "--otlp-grpc",
        "off",
    ];
    let mut agent = Command::new("sh");
    agent
        .args(["-c", "ulimit -S -n 200 && exec \"$0\" \"$@\""])
        .args([env!("CARGO_BIN_EXE_fluoro"), "agent", "--web=127.0.0.1:0"])
        .args(off)
        .arg("--data")
        .arg(directory.path())
        .stdout(Stdio::piped());
    let mut agent = Running(agent.spawn().unwrap());
    let log = BufReader::new(agent.0.stdout.take().unwrap());
    let listens = log.lines().any(|line| line.unwrap().contains("http://"));
    assert!(listens, "the agent should say where it listens");
    let limits = fs::read_to_string(format!("/proc/{}/limits", agent.0.id())).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let allowed = files.and_then(|line| line.split_whitespace().nth(3));
    let allowed: u64 = allowed.unwrap().parse().unwrap();
    assert!(allowed > 200, "{limits}");
}

#[test]
fn traces_are_listed_and_shown() {
    let agent = Agent::start();
    let start = now() - 1.0;
    let trace = trace_id(1);
    agent.import(&checkout(&trace, start));
    let bare = json!({"name": "nightly", "id": "0000000000000009", "trace_id": trace_id(2), "start_time": start - 5.0, "end_time": start + 7.0});
    agent.import(&[bare]);

    let (status, printed, complaints) = agent.run(&["traces"]);
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert_snapshot!("traces", normalised(&printed));
    let (_, printed, _) = agent.run(&["traces", "annotation.customer", "=", "42", "--json"]);
    let summaries: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(summaries.as_array().unwrap().len(), 1);
    assert_eq!(summaries[0]["Id"], json!(trace));
    let (status, printed, complaints) = agent.run(&["traces", "http.status = 200"]);
    assert_eq!((status, printed.as_str()), (0, ""));
    assert!(complaints.starts_with("no traces"), "{complaints}");

    let w3c = trace[2..].replace('-', "");
    let header = format!("Root={trace};Sampled=1");
    for id in [&trace, &w3c, &header] {
        let (status, printed, complaints) = agent.run(&["trace", id]);
        assert_eq!(status, 0, "{complaints}");
        assert_snapshot!("trace", normalised(&printed));
    }
    let unknown = "1-00000000-000000000000000000000001";
    let (status, _, complaints) = agent.run(&["trace", unknown]);
    assert_eq!(status, 1);
    assert!(
        complaints.contains(&format!("has no trace {unknown}")),
        "{complaints}"
    );
}

#[test]
fn a_function_that_calls_itself_is_shown_to_the_last_call() {
    let agent = Agent::start();
    let start = now() - 1.0;
    let call = |number: u32| json!({"name": "call", "id": format!("{number:016x}"), "start_time": start, "end_time": start + 0.5});
    let mut document = call(400);
    for number in (2..400).rev() {
        let mut outer = call(number);
        outer["subsegments"] = json!([document]);
        document = outer;
    }
    let trace = trace_id(1);
    let segment = json!({"name": "recursive", "id": format!("{:016x}", 1), "trace_id": trace, "start_time": start,
        "end_time": start + 0.5, "subsegments": [document]});
    agent.import(&[segment]);
    let (status, printed, complaints) = agent.run(&["trace", &trace]);
    assert_eq!(status, 0, "{complaints}");
    assert_eq!(printed.matches(" call ").count(), 399, "{printed}");
}

#[test]
fn what_cannot_be_drawn_is_still_there() {
    let agent = Agent::start();
    let trace = trace_id(1);
    let mut deep = json!(1);
    for _ in 0..3_000 {
        deep = json!({ "a": deep });
    }
    agent.import(&[json!({"name": "deep", "id": "0000000000000001", "trace_id": trace, "start_time": now() - 1.0,
        "end_time": now(), "metadata": {"default": deep}})]);
    let (status, _, complaints) = agent.run(&["trace", &trace]);
    assert_eq!(status, 1);
    assert!(complaints.contains("--json shows"), "{complaints}");
    let (status, printed, _) = agent.run(&["trace", &trace, "--json"]);
    assert_eq!(status, 0);
    assert!(printed.contains(r#"\"name\":\"deep\""#), "{printed:.300}");
}

#[test]
fn a_wrong_filter_is_marked_where_it_is_wrong() {
    let agent = Agent::start();
    for command in ["traces", "tail", "export"] {
        let (status, printed, complaints) = agent.run(&[command, "duration", ">", "slow"]);
        assert_eq!((status, printed.as_str()), (1, ""), "{command}");
        let lines: Vec<_> = complaints.lines().skip(1).collect();
        assert_eq!(
            lines[..2],
            ["  duration > slow", "             ^^^^"],
            "{complaints}"
        );
    }
}

#[test]
fn rejected_documents_are_shown_with_the_reason() {
    let agent = Agent::start();
    let (status, printed, complaints) = agent.run(&["rejected"]);
    assert_eq!(
        (status, printed.as_str(), complaints.trim()),
        (0, "", "no document was rejected")
    );
    let document = br#"{"name":"shop","id":"0000000000000001","trace_id":"1-2-3","start_time":1}"#;
    let datagram = [
        b"{\"format\":\"json\",\"version\":1}\n",
        document.as_slice(),
    ]
    .concat();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&datagram, &agent.udp).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let printed = loop {
        let (status, printed, _) = agent.run(&["rejected"]);
        assert_eq!(status, 0);
        if !printed.is_empty() {
            break printed;
        }
        assert!(Instant::now() < deadline, "the document should be rejected");
        thread::sleep(Duration::from_millis(50));
    };
    assert_snapshot!("rejected", normalised(&printed));
    let (_, printed, _) = agent.run(&["rejected", "--json"]);
    let rejected: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        rejected[0]["Document"].as_str().unwrap().as_bytes(),
        document
    );
}

#[test]
fn what_is_exported_can_be_imported_elsewhere() {
    let (here, there) = (Agent::start(), Agent::start());
    let trace = trace_id(1);
    here.import(&checkout(&trace, now() - 1.0));
    let file = here.path("export.json");
    let file = file.to_str().unwrap();
    let (status, _, complaints) = here.run(&["export", "service(\"shop\")", "-o", file]);
    assert_eq!((status, complaints.trim()), (0, "1 trace exported"));
    let (status, _, complaints) = there.run(&["import", file]);
    assert_eq!(
        (status, complaints.trim()),
        (0, "2 documents of 1 trace imported")
    );
    let shown = |agent: &Agent| agent.run(&["trace", &trace]);
    assert_eq!(shown(&there), shown(&here));

    let piped = here.run(&["export", &trace]).1;
    assert_eq!(piped, fs::read_to_string(file).unwrap());
    let mut import = fluoro(&["import", "-", "--agent", &there.url])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    import
        .stdin
        .take()
        .unwrap()
        .write_all(piped.as_bytes())
        .unwrap();
    assert_eq!(import.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(
        shown(&there),
        shown(&here),
        "importing twice changes nothing"
    );

    let (status, _, complaints) = here.run(&["export", "1-00000000-000000000000000000000001"]);
    assert_eq!(status, 1);
    assert!(complaints.contains("1 trace not there"), "{complaints}");
    fs::write(file, "[]").unwrap();
    let (status, _, complaints) = here.run(&["import", file]);
    assert_eq!(status, 1);
    assert!(
        complaints.contains("is no export of traces"),
        "{complaints}"
    );
}

#[test]
fn tail_shows_what_arrives_and_demo_sends_it() {
    let agent = Agent::start();
    let mut tail = fluoro(&["tail", "--count", "2", "--agent", &agent.url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut complaints = BufReader::new(tail.stderr.take().unwrap());
    complaints.read_line(&mut first).unwrap();
    assert!(first.starts_with("following http://"), "{first}");
    let demo = ["demo", "--count", "3", "--past", "0s", "--rate", "20"];
    let (status, _, complaints) = agent.run(&demo);
    assert_eq!(status, 0, "{complaints}");
    assert!(complaints.contains(&agent.url), "{complaints}");
    let deadline = Instant::now() + PATIENCE;
    while tail.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            tail.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(20));
    }
    let (status, printed, _) = outcome(tail.wait_with_output().unwrap());
    assert_eq!(status, 0);
    assert_eq!(printed.matches("Trace 1-").count(), 2, "{printed}");
    assert!(printed.contains("● "), "{printed}");
    let (_, rejected, _) = agent.run(&["rejected"]);
    assert!(
        rejected.contains("InvalidTraceId"),
        "the demo has a bad document: {rejected}"
    );
}

#[test]
fn the_demo_starts_an_agent_of_its_own_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{free}");
    let demo = fluoro(&["demo", "--count", "1", "--past", "1m", "--agent", &url])
        .env("TMPDIR", directory.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut demo = Running(demo);
    let mut lines = BufReader::new(demo.0.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let told = |line: Option<String>| line.expect("the demo should tell more");
    assert!(told(lines.next()).contains(&format!("an agent of its own: open {url}")));
    assert_eq!(
        told(lines.next()),
        "filled the last 1 minute with 20 traces"
    );
    assert_eq!(told(lines.next()), "1 trace sent; Ctrl+C ends the agent");
    let (status, printed, _) = run(&["traces", "--limit", "100", "--agent", &url]);
    assert_eq!((status, printed.lines().count()), (0, 22));
    let pid = demo.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(demo.0.wait().unwrap().code(), Some(0));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn without_an_agent_it_says_how_to_get_one() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{free}");
    for command in [
        &["traces"][..],
        &["trace", "1-00000000-000000000000000000000001"],
        &["tail"],
        &["rejected"],
        &["export"],
    ] {
        let (status, printed, complaints) = run(&[command, &["--agent", &url]].concat());
        assert_eq!((status, printed.as_str()), (1, ""));
        assert!(
            complaints.contains(&format!("no agent answers at {url}")),
            "{complaints}"
        );
        assert!(
            complaints.contains("`fluoro agent` starts one"),
            "{complaints}"
        );
    }
}

#[test]
fn doctor_tells_what_is_wrong() {
    let agent = Agent::start();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let data = agent.path("store");
    let web = agent.url.strip_prefix("http://").unwrap();
    let flags = [
        "doctor",
        "-b=off",
        "-t=off",
        "--otlp-grpc=off",
        "--web",
        web,
        "--data",
        data.to_str().unwrap(),
    ];
    let doctor = |more: &[&str]| run(&[&flags, more].concat());
    let (status, printed, _) = doctor(&["--otlp-http", "off"]);
    assert_eq!(status, 0, "{printed}");
    assert!(
        printed.contains(&format!("TCP {web} for --web is the running agent's")),
        "{printed}"
    );
    assert!(printed.ends_with("all is well\n"), "{printed}");

    let dead = "otlp=http://127.0.0.1:1 x-api-key=s3cret";
    let (status, printed, _) = doctor(&["--otlp-http", &taken, "--forward", dead]);
    assert_eq!(status, 1);
    assert!(
        printed.contains(&format!(
            "TCP {taken} for --otlp-http is taken by another program"
        )),
        "{printed}"
    );
    assert!(
        printed.contains("http://127.0.0.1:1 cannot be reached"),
        "{printed}"
    );
    assert!(printed.ends_with("2 things wrong\n"), "{printed}");
    assert!(!printed.contains("s3cret"), "{printed}");
    assert_eq!(run(&["doctor", "--nope"]).0, 2);
}

#[test]
fn a_store_that_cannot_be_written_is_found() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let below = file.path().join("store");
    let web = "--web=off";
    let (status, printed, _) = run(&[
        "doctor",
        "-b=off",
        "-t=off",
        web,
        "--otlp-http=off",
        "--otlp-grpc=off",
        "--data",
        below.to_str().unwrap(),
    ]);
    assert_eq!(status, 1, "{printed}");
    assert!(
        printed.contains("there is a file in its place"),
        "{printed}"
    );
}

#[test]
fn completions_know_the_commands_and_the_agents_flags() {
    for shell in ["bash", "zsh", "fish"] {
        let (status, printed, _) = run(&["completions", shell]);
        assert_eq!(status, 0);
        for word in ["rejected", "doctor", "otlp-http", "role-arn"] {
            assert!(printed.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn the_log_goes_where_it_is_told_and_looks_as_asked() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("agent.log");
    let data = directory.path().join("store");
    for (format, expected) in [("text", " [Error] "), ("json", "\"level\":\"ERROR\"")] {
        // An address of no interface of this machine: it ends at once.
        let (status, printed, _) = run(&[
            "agent",
            "-b",
            "192.0.2.1:2000",
            "--log-format",
            format,
            "-f",
            log.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ]);
        assert_eq!((status, printed.as_str()), (1, ""));
        let text = fs::read_to_string(&log).unwrap();
        let last = text.lines().last().unwrap();
        assert!(
            last.contains(expected) && last.contains("192.0.2.1:2000"),
            "{text}"
        );
        assert_eq!(
            format == "json",
            serde_json::from_str::<Value>(last).is_ok()
        );
    }
    let nowhere = Path::new("/nonexistent/agent.log").to_str().unwrap();
    let (status, _, complaints) = run(&["agent", "-f", nowhere]);
    assert_eq!(status, 1);
    assert!(complaints.contains(nowhere), "{complaints}");
}
