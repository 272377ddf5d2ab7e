use std::{
    io::{BufRead, BufReader},
    net::UdpSocket,
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use fluoro_wire::datagram;

struct Printer {
    process: Child,
    stderr: BufReader<ChildStderr>,
    socket: UdpSocket,
}

impl Printer {
    /// Starts the printer on a free port; every test bounds its life with `--timeout`.
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_fluoro-trace-printer"))
            .args(["--address", "127.0.0.1:0", "--quiet", "20"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(address).unwrap();
        Self {
            process,
            stderr,
            socket,
        }
    }

    fn send(&self, document: &str) {
        self.socket
            .send(&[datagram::HEADER, document.as_bytes()].concat())
            .unwrap();
    }

    /// Waits for the end; the exit code, what was printed, and what was complained about.
    fn finish(self) -> (Option<i32>, String, String) {
        let complaints = std::io::read_to_string(self.stderr).unwrap();
        let Output { status, stdout, .. } = self.process.wait_with_output().unwrap();
        (
            status.code(),
            String::from_utf8(stdout).unwrap(),
            complaints,
        )
    }
}

const SHOP: &str = r#"{"name":"shop","id":"0000000000000001","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
    "start_time":1.0,"end_time":1.5}"#;
const STREAMED: &str = r#"{"name":"query","id":"0000000000000002","trace_id":"1-5759e988-bd862e3fe1be46a994272793",
    "type":"subsegment","parent_id":"0000000000000001","start_time":1.1,"end_time":1.2}"#;

#[test]
fn a_trace_is_printed_when_its_documents_are_there() {
    let printer = Printer::start(&["--count", "1", "--timeout", "20"]);
    printer.send(STREAMED);
    printer.send("not json");
    printer.send(SHOP);
    let (code, printed, complaints) = printer.finish();
    assert_eq!(code, Some(0), "{complaints}");
    let expected = [
        "Trace 1-5759e988-bd862e3fe1be46a994272793  1 segment, 1 subsegment, 500.0 ms",
        "● shop    ok            +0.0 ms    500.0 ms  ━━━━━━━━━━━━━━━━━━━━━━━━",
        "└─ query  ok          +100.0 ms    100.0 ms       ━━━━━",
        "\n",
    ];
    assert_eq!(printed, expected.join("\n"));
    assert!(
        complaints.contains("segment document is not JSON"),
        "{complaints}"
    );
}

#[test]
fn a_trace_that_does_not_come_is_named() {
    let printer = Printer::start(&["--count", "2", "--timeout", "0.3", "--quiet", "5000"]);
    printer.send(STREAMED);
    let (code, printed, complaints) = printer.finish();
    assert_eq!(code, Some(1));
    assert_eq!(printed, "");
    assert!(
        complaints.contains("expected 2 traces, 0 were complete in time"),
        "{complaints}"
    );
    let lacks = "the parent 0000000000000001 of \"query\" did not arrive";
    assert!(complaints.contains(lacks), "{complaints}");
}

#[test]
fn wrong_options_are_named() {
    for (arguments, complaint) in [
        (&["--nope"][..], "unknown option \"--nope\""),
        (&["--count"], "--count needs a value"),
        (&["--count", "many"], "--count needs a number, not \"many\""),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fluoro-trace-printer"))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains(complaint)
        );
    }
}
