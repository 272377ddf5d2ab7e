//! A small blocking HTTP/1.1 client: one POST of JSON per connection.
//!
//! Answers may have a `Content-Length`, be chunked, or end with the connection. Head and body are
//! limited in size, and the whole call in time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use fluoro_wire::daemon_address::Endpoint;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_HEAD_BYTES: u64 = 64 * 1024;
const MAX_BODY_BYTES: u64 = 4 * 1024 * 1024;
const MAX_EXCERPT_CHARACTERS: usize = 200;

/// Posts JSON to one server.
#[derive(Clone, Debug)]
pub struct HttpClient {
    endpoint: Endpoint,
    call_timeout: Duration,
}

/// A call that brought no answer with a status of success.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection could be made.
    #[error("cannot connect: {0}")]
    Connect(io::Error),
    /// The connection failed in the middle of a call, or took too long.
    #[error("the call failed: {0}")]
    Transfer(#[from] io::Error),
    /// The answer is not HTTP.
    #[error("the answer is not valid HTTP: {0}")]
    Malformed(&'static str),
    /// The answer is longer than any answer of this service.
    #[error("the answer is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
    /// The server refused.
    #[error("the server answered status {status}: {excerpt}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The start of the body.
        excerpt: String,
    },
}

impl HttpClient {
    /// A client of the server at `endpoint`; a call takes 10 seconds at most.
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            call_timeout: CALL_TIMEOUT,
        }
    }

    /// Sets how long a call may take as a whole (default 10 seconds).
    pub fn with_call_timeout(self, call_timeout: Duration) -> Self {
        Self {
            call_timeout,
            ..self
        }
    }

    /// The server.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Posts `body` to `path` and returns the body of the answer.
    ///
    /// # Errors
    /// When no answer with a status of 200 to 299 came in time.
    pub fn post_json(&self, path: &str, body: &[u8]) -> Result<Vec<u8>, HttpError> {
        let deadline = Instant::now() + self.call_timeout;
        let mut stream = TimedStream {
            stream: self.connect(deadline)?,
            deadline,
        };
        stream.write_all(&self.request(path, body))?;
        let mut answer = BufReader::new(stream);
        let head = loop {
            let head = Head::read(&mut answer)?;
            if !(100..200).contains(&head.status) {
                break head;
            }
        };
        let body = head.read_body(&mut answer)?;
        if (200..300).contains(&head.status) {
            Ok(body)
        } else {
            Err(HttpError::Status {
                status: head.status,
                excerpt: excerpt(&body),
            })
        }
    }

    fn connect(&self, deadline: Instant) -> Result<TcpStream, HttpError> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
        let target = (self.endpoint.host.as_str(), self.endpoint.port);
        let addresses: Vec<SocketAddr> = target
            .to_socket_addrs()
            .map_err(HttpError::Connect)?
            .collect();
        for address in addresses {
            let timeout = remaining(deadline)
                .map_err(HttpError::Connect)?
                .min(CONNECT_TIMEOUT);
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            }
        }
        Err(HttpError::Connect(failure))
    }

    fn request(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let Endpoint { host, port } = &self.endpoint;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        let mut request = format!(
            "POST {path} HTTP/1.1\r\n\
             Host: {host}:{port}\r\n\
             User-Agent: fluoro/{version}\r\n\
             Content-Type: application/json\r\n\
             Accept: application/json\r\n\
             Content-Length: {length}\r\n\
             Connection: close\r\n\r\n",
            version = env!("CARGO_PKG_VERSION"),
            length = body.len(),
        )
        .into_bytes();
        request.extend_from_slice(body);
        request
    }
}

/// A connection on which every operation ends by the deadline of the call.
struct TimedStream {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream
            .set_read_timeout(Some(remaining(self.deadline)?))?;
        self.stream.read(buffer)
    }
}

impl Write for TimedStream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream
            .set_write_timeout(Some(remaining(self.deadline)?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn remaining(deadline: Instant) -> io::Result<Duration> {
    match deadline.checked_duration_since(Instant::now()) {
        Some(remaining) if !remaining.is_zero() => Ok(remaining),
        _ => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")),
    }
}

/// What the head of an answer says about its body.
struct Head {
    status: u16,
    length: Option<u64>,
    is_chunked: bool,
}

impl Head {
    fn read(answer: &mut impl BufRead) -> Result<Self, HttpError> {
        let mut answer = answer.take(MAX_HEAD_BYTES);
        let status_line = read_line(&mut answer)?;
        let status = status_line
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.split(' ').nth(1))
            .and_then(|status| status.parse().ok())
            .ok_or(HttpError::Malformed("no status line"))?;
        let mut head = Self {
            status,
            length: None,
            is_chunked: false,
        };
        loop {
            let line = read_line(&mut answer)?;
            if line.is_empty() {
                return Ok(head);
            }
            let (name, value) = line
                .split_once(':')
                .ok_or(HttpError::Malformed("bad header"))?;
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                let length = value
                    .parse()
                    .map_err(|_| HttpError::Malformed("bad length"))?;
                head.length = Some(length);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.is_chunked = value.to_ascii_lowercase().ends_with("chunked");
            }
        }
    }

    fn read_body(&self, answer: &mut impl BufRead) -> Result<Vec<u8>, HttpError> {
        let mut body = Vec::new();
        if self.status == 204 {
            // has no body
        } else if self.is_chunked {
            read_chunks(answer, &mut body)?;
        } else if let Some(length) = self.length {
            append_exactly(answer, length, &mut body)?;
        } else {
            answer.take(MAX_BODY_BYTES + 1).read_to_end(&mut body)?;
            if body.len() as u64 > MAX_BODY_BYTES {
                return Err(HttpError::TooLong);
            }
        }
        Ok(body)
    }
}

fn read_chunks(answer: &mut impl BufRead, body: &mut Vec<u8>) -> Result<(), HttpError> {
    loop {
        let line = read_line(&mut answer.take(MAX_HEAD_BYTES))?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size =
            u64::from_str_radix(size, 16).map_err(|_| HttpError::Malformed("bad chunk size"))?;
        if size == 0 {
            return Ok(()); // trailers, if any, go with the connection
        }
        append_exactly(answer, size, body)?;
        if !read_line(&mut answer.take(2))?.is_empty() {
            return Err(HttpError::Malformed("bad chunk end"));
        }
    }
}

fn append_exactly(
    answer: &mut impl BufRead,
    length: u64,
    body: &mut Vec<u8>,
) -> Result<(), HttpError> {
    let before = body.len() as u64;
    if length > MAX_BODY_BYTES - before {
        return Err(HttpError::TooLong);
    }
    answer.take(length).read_to_end(body)?;
    if body.len() as u64 - before < length {
        return Err(HttpError::Malformed("the body ends early"));
    }
    Ok(())
}

/// One line without its end.
fn read_line(answer: &mut impl BufRead) -> Result<String, HttpError> {
    let mut line = Vec::new();
    answer.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(HttpError::Malformed("a line does not end"));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|_| HttpError::Malformed("a line is not UTF-8"))
}

/// The start of an answer, fit for a log line.
fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .chars()
        .take(MAX_EXCERPT_CHARACTERS)
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}
