//! What a setting is: its names, its place in the help, its default.

use super::settings::SETTINGS;

/// Names a setting in code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// Where X-Ray datagrams arrive.
    Udp,
    /// Where X-Ray SDKs reach the X-Ray API.
    Tcp,
    /// Where the viewer is.
    Web,
    /// Where OTLP over HTTP arrives.
    OtlpHttp,
    /// Where OTLP over gRPC arrives.
    OtlpGrpc,
    /// Further names that requests may carry in `Host`.
    AllowedHosts,
    /// The store's directory.
    Data,
    /// How old traces may get.
    MaxAge,
    /// How large the store may get.
    MaxSize,
    /// Where documents are forwarded to.
    Forward,
    /// AWS's region.
    Region,
    /// A role to assume.
    RoleArn,
    /// The resource that telemetry names.
    ResourceArn,
    /// A proxy on the way to AWS.
    Proxy,
    /// Another address of X-Ray.
    Endpoint,
    /// Do not ask EC2's metadata service.
    LocalMode,
    /// Do not check certificates.
    NoVerifyTls,
    /// The daemon's configuration file.
    File,
    /// A file for the log.
    LogFile,
    /// The least important lines to log.
    LogLevel,
    /// How a line of the log looks.
    LogFormat,
    /// Start a new log file when this one is large.
    LogRotation,
    /// How long a shutdown may take.
    Shutdown,
    /// The daemon's buffer; without effect.
    BufferMemory,
    /// The daemon's number of senders; without effect.
    Concurrency,
}

/// The headings that settings stand under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// Ports.
    Listen,
    /// The store.
    Store,
    /// Sinks.
    Forward,
    /// AWS, as the daemon reaches it.
    Aws,
    /// The process: log, shutdown, file.
    Process,
}

impl Section {
    /// All sections, in the order of the help.
    pub const ALL: [Self; 5] = [
        Self::Listen,
        Self::Store,
        Self::Forward,
        Self::Aws,
        Self::Process,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Listen => "Listen",
            Self::Store => "Store",
            Self::Forward => "Forward",
            Self::Aws => "AWS, as the X-Ray daemon has it",
            Self::Process => "Process",
        }
    }
}

/// One thing that can be set, with all its names.
#[derive(PartialEq, Debug)]
pub struct Setting {
    /// Its name in code.
    pub key: Key,
    /// Where it stands in the help.
    pub section: Section,
    /// The flag without dashes; none for what only a file can say.
    pub flag: Option<&'static str>,
    /// The flag's short form.
    pub short: Option<char>,
    /// What stands for the value in the help; none for a switch.
    pub value: Option<&'static str>,
    /// The environment variable that beats the file.
    pub environment: Option<&'static str>,
    /// An environment variable of AWS's tools, which counts when nothing else was said. Who speaks
    /// to AWS reads it.
    pub ambient: Option<&'static str>,
    /// The key in `cfg.yaml`, its parts joined by dots.
    pub file: Option<&'static str>,
    /// The default, in words or as it would be written.
    pub default: &'static str,
    /// May be given several times.
    pub repeats: bool,
    /// One sentence.
    pub help: &'static str,
}

impl Setting {
    /// The setting with this key.
    pub fn of(key: Key) -> &'static Self {
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        setting.expect("every key has a setting")
    }

    /// Whether it is on or off and takes no value of its own.
    pub const fn is_switch(&self) -> bool {
        self.value.is_none() && self.flag.is_some()
    }

    /// How it is spelled on a command line.
    pub fn spelling(&self) -> String {
        match (self.flag, self.short) {
            (Some(flag), Some(short)) => format!("-{short}/--{flag}"),
            (Some(flag), None) => format!("--{flag}"),
            _ => self.file.unwrap_or_default().to_owned(),
        }
    }
}
