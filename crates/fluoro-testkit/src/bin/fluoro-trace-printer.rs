//! Listens like a daemon and prints every trace as a tree.

use std::{
    env,
    io::{self, Write},
    net::UdpSocket,
    process::ExitCode,
    time::{Duration, Instant},
};

use fluoro_testkit::{Style, TraceCollector, render};
use fluoro_wire::{DaemonAddress, Document};

const USAGE: &str = "\
Prints the traces that arrive over UDP, each as a tree, once it is complete.

Usage: fluoro-trace-printer [OPTIONS]

  --address HOST:PORT      where to listen [default: 127.0.0.1:2000]
  --count NUMBER           exit after this many traces [default: never]
  --timeout SECONDS        exit with status 1 if that takes longer [default: never]
  --quiet MILLISECONDS     how long a trace must be quiet to count as complete [default: 400]
  --ascii                  draw with ASCII characters
  --help                   print this
";

/// How often traces are looked at that nothing is added to.
const TICK: Duration = Duration::from_millis(50);

struct Options {
    address: String,
    count: Option<usize>,
    timeout: Option<Duration>,
    quiet: Duration,
    style: Style,
}

fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("fluoro-trace-printer: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(exit_code) => exit_code,
        Err(error) => {
            eprintln!("fluoro-trace-printer: {}: {error}", options.address);
            ExitCode::FAILURE
        }
    }
}

impl Options {
    /// Reads the command line; none if only help is wanted.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self {
            address: DaemonAddress::DEFAULT.to_owned(),
            count: None,
            timeout: None,
            quiet: Duration::from_millis(400),
            style: Style::of_terminal(),
        };
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{option} needs a value"));
            match option.as_str() {
                "--address" => options.address = value()?,
                "--count" => options.count = Some(number(&option, &value()?)? as usize),
                "--timeout" => {
                    options.timeout = Some(Duration::from_secs_f64(number(&option, &value()?)?));
                }
                "--quiet" => {
                    let milliseconds = number(&option, &value()?)?;
                    options.quiet = Duration::from_secs_f64(milliseconds / 1_000.0);
                }
                "--ascii" => options.style.unicode = false,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown option {option:?}")),
            }
        }
        Ok(Some(options))
    }
}

fn number(option: &str, value: &str) -> Result<f64, String> {
    let number = value
        .parse()
        .ok()
        .filter(|number| (0.0..1e9).contains(number));
    number.ok_or(format!("{option} needs a number, not {value:?}"))
}

fn run(options: &Options) -> io::Result<ExitCode> {
    let socket = UdpSocket::bind(&options.address)?;
    socket.set_read_timeout(Some(TICK))?;
    eprintln!("listening on {}", socket.local_addr()?);
    let deadline = options.timeout.map(|timeout| Instant::now() + timeout);
    let mut collector = TraceCollector::new(options.quiet);
    let mut buffer = vec![0; 65_536];
    let mut printed = 0;
    loop {
        receive(&socket, &mut buffer, &mut collector)?;
        for trace in collector.take_finished(Instant::now()) {
            writeln!(io::stdout(), "{}", render(&trace, options.style))?;
            printed += 1;
            if options.count.is_some_and(|count| printed >= count) {
                return Ok(ExitCode::SUCCESS);
            }
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(give_up(options, printed, &collector));
        }
    }
}

/// Takes in one datagram, or nothing if none comes.
fn receive(
    socket: &UdpSocket,
    buffer: &mut [u8],
    collector: &mut TraceCollector,
) -> io::Result<()> {
    match socket.recv_from(buffer) {
        Ok((length, sender)) => match Document::parse_datagram(&buffer[..length]) {
            Ok(document) => collector.add(document, Instant::now()),
            Err(error) => eprintln!("ignored {length} bytes from {sender}: {error}"),
        },
        Err(error) if is_timeout(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn is_timeout(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Without `--count` the timeout is the normal end; with it, something is missing.
fn give_up(options: &Options, printed: usize, collector: &TraceCollector) -> ExitCode {
    let Some(count) = options.count else {
        return ExitCode::SUCCESS;
    };
    eprintln!("fluoro-trace-printer: expected {count} traces, {printed} were complete in time");
    let waiting = collector.waiting_for();
    for line in &waiting {
        eprintln!("  {line}");
    }
    if waiting.is_empty() {
        eprintln!("  no documents of other traces arrived");
    }
    ExitCode::FAILURE
}
