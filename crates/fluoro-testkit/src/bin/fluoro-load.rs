//! Sends segment documents to a daemon at a steady rate.

use std::{
    env, io,
    net::UdpSocket,
    process::ExitCode,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use fluoro_testkit::traffic::{DOCUMENTS_PER_TRACE, Traffic, datagram_of};

const USAGE: &str = "\
Sends segment documents over UDP at a steady rate, and prints how many as JSON.

Usage: fluoro-load [OPTIONS]

  --address HOST:PORT   where to send [default: 127.0.0.1:2000]
  --rate NUMBER         documents per second [default: 1000]
  --seconds NUMBER      for how long [default: 10]
  --seed NUMBER         which documents [default: 1]
  --history SECONDS     spread the traces' times over this many seconds before now [default: 0]
";

/// How often documents are sent; all that are due go out together.
const TICK: Duration = Duration::from_millis(1);

struct Options {
    address: String,
    rate: f64,
    seconds: f64,
    seed: u64,
    history: f64,
}

fn main() -> ExitCode {
    match parse(env::args().skip(1)).map(|options| run(&options)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("fluoro-load: {error}");
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("fluoro-load: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        address: "127.0.0.1:2000".to_owned(),
        rate: 1_000.0,
        seconds: 10.0,
        seed: 1,
        history: 0.0,
    };
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or(format!("{option} needs a value"))?;
        let number = || {
            value
                .parse::<f64>()
                .map_err(|_| format!("{option} needs a number, not {value:?}"))
        };
        match option.as_str() {
            "--address" => options.address = value,
            "--rate" => options.rate = number()?,
            "--seconds" => options.seconds = number()?,
            "--seed" => options.seed = number()? as u64,
            "--history" => options.history = number()?,
            _ => return Err(format!("unknown option {option:?}")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(&options.address)?;
    let total = (options.rate * options.seconds) as u64;
    let mut traffic = Traffic::new(options.seed);
    let (mut sent, mut bytes, mut refused) = (0, 0, 0);
    let started = Instant::now();
    while sent < total {
        let due = ((started.elapsed().as_secs_f64() * options.rate) as u64).min(total);
        if sent >= due {
            thread::sleep(TICK);
        }
        while sent < due {
            let age = options.history * (1.0 - sent as f64 / total as f64);
            for document in traffic.next_trace(now() - age) {
                let datagram = datagram_of(&document);
                bytes += document.len();
                refused += usize::from(socket.send(&datagram).is_err());
            }
            sent += DOCUMENTS_PER_TRACE as u64;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        r#"{{"sent":{sent},"refused":{refused},"bytes":{bytes},"seconds":{seconds:.3},"rate":{:.0}}}"#,
        sent as f64 / seconds
    );
    Ok(())
}

fn now() -> f64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.unwrap_or_default().as_secs_f64()
}
