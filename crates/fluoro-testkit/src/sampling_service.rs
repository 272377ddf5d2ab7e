use std::{
    collections::{HashMap, VecDeque},
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// A double of the service that hands out sampling rules and targets over HTTP.
///
/// It answers `POST /GetSamplingRules` and `POST /SamplingTargets` with what it was told, in
/// order; the last answer is repeated. Without being told it knows no rules and no targets. Every
/// call is kept.
///
/// ```
/// use fluoro_testkit::{Answer, SamplingService};
/// let service = SamplingService::start()?;
/// service.answer(SamplingService::RULES, Answer::status(500));
/// assert!(service.calls(SamplingService::RULES).is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct SamplingService {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the service does with one call.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// Answers with a status and a body.
    Response {
        /// The HTTP status.
        status: u16,
        /// The body, JSON or not.
        body: String,
    },
    /// Closes the connection without a word.
    Disconnect,
    /// Keeps the connection open and silent for this long, then closes it.
    Hang(Duration),
}

/// One call that reached the service.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The path that was asked for.
    pub path: String,
    /// The headers, their names in lower case.
    pub headers: HashMap<String, String>,
    /// The body, `null` if it was not JSON.
    pub body: Value,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    called: Condvar,
    stops: AtomicBool,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, VecDeque<Answer>>,
    calls: Vec<Call>,
}

impl Answer {
    /// Status 200 with a JSON body.
    pub fn json(body: &Value) -> Self {
        Self::Response {
            status: 200,
            body: body.to_string(),
        }
    }

    /// A status with an empty object.
    pub fn status(status: u16) -> Self {
        Self::Response {
            status,
            body: "{}".to_owned(),
        }
    }
}

impl SamplingService {
    /// The path that rules are asked for at.
    pub const RULES: &'static str = "/GetSamplingRules";

    /// The path that statistics go to and targets come from.
    pub const TARGETS: &'static str = "/SamplingTargets";

    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn start() -> io::Result<Self> {
        Self::start_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?)
    }

    /// Answers the connections of a listener.
    ///
    /// # Errors
    ///
    /// When the listener has no address or no thread can be started.
    pub fn start_on(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let for_thread = Arc::clone(&shared);
        let acceptor = thread::Builder::new()
            .name("fake-sampling".to_owned())
            .spawn(move || accept_all(&listener, &for_thread))?;
        Ok(Self {
            address,
            shared,
            acceptor: Some(acceptor),
        })
    }

    /// Where the service listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds an answer for the next call to `path`.
    pub fn answer(&self, path: &str, answer: Answer) {
        let mut state = self.shared.state();
        state
            .answers
            .entry(path.to_owned())
            .or_default()
            .push_back(answer);
    }

    /// Adds an answer with these rules, each an object as the service documents it.
    pub fn answer_rules(&self, rules: &[Value]) {
        let records: Vec<_> = rules
            .iter()
            .map(|rule| json!({"SamplingRule": rule}))
            .collect();
        self.answer(
            Self::RULES,
            Answer::json(&json!({"SamplingRuleRecords": records})),
        );
    }

    /// The calls to `path` so far.
    pub fn calls(&self, path: &str) -> Vec<Call> {
        self.shared.state().calls_to(path)
    }

    /// Waits until `path` was called `count` times; returns the calls, fewer when time is over.
    pub fn wait_for_calls(&self, path: &str, count: usize, timeout: Duration) -> Vec<Call> {
        let deadline = Instant::now() + timeout;
        let mut state = self.shared.state();
        loop {
            let calls = state.calls_to(path);
            let left = deadline.saturating_duration_since(Instant::now());
            if calls.len() >= count || left.is_zero() {
                return calls;
            }
            let waited = self.shared.called.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for SamplingService {
    fn drop(&mut self) {
        self.shared.stops.store(true, Ordering::SeqCst);
        // A connection wakes the acceptor, which then sees that it should stop.
        if let (Ok(_), Some(acceptor)) = (TcpStream::connect(self.address), self.acceptor.take()) {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn calls_to(&self, path: &str) -> Vec<Call> {
        self.calls
            .iter()
            .filter(|call| call.path == path)
            .cloned()
            .collect()
    }

    fn next_answer(&mut self, path: &str) -> Answer {
        match self.answers.get_mut(path) {
            Some(answers) if answers.len() > 1 => answers.pop_front().unwrap_or(Answer::Disconnect),
            Some(answers) => answers.front().cloned().unwrap_or(Answer::Disconnect),
            None if path == SamplingService::RULES => {
                Answer::json(&json!({"SamplingRuleRecords": []}))
            }
            None if path == SamplingService::TARGETS => Answer::json(&json!({
                "SamplingTargetDocuments": [], "LastRuleModification": 0, "UnprocessedStatistics": [],
            })),
            None => Answer::status(404),
        }
    }
}

fn accept_all(listener: &TcpListener, shared: &Arc<Shared>) {
    for connection in listener.incoming() {
        if shared.stops.load(Ordering::SeqCst) {
            return;
        }
        if let Ok(connection) = connection {
            let shared = Arc::clone(shared);
            // A connection that breaks is the client's business; the test sees no call then.
            thread::spawn(move || _ = serve(connection, &shared));
        }
    }
}

/// Serves one call; the connection is closed behind it.
fn serve(mut connection: TcpStream, shared: &Shared) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let call = read_call(&connection)?;
    let mut state = shared.state();
    let answer = state.next_answer(&call.path);
    state.calls.push(call);
    drop(state);
    shared.called.notify_all();
    match answer {
        Answer::Response { status, body } => write!(
            connection,
            "HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
        Answer::Disconnect => Ok(()),
        Answer::Hang(duration) => {
            thread::sleep(duration);
            Ok(())
        }
    }
}

fn read_call(connection: &TcpStream) -> io::Result<Call> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Call {
        path,
        headers,
        body,
    })
}
