use std::path::{Path, PathBuf};

use fluoro_store::Limits;

use super::{
    answers::Answers,
    error::ConfigError,
    file::{self, Contents},
    flags::Flags,
    forward,
    layers::{Layers, Origin, Surroundings},
    resolved::{AwsConfig, Config, LoggingConfig, Resolved},
    setting::{Key, Setting},
    value,
};

/// What the process was started as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// `fluoro agent`: keeps and shows traces, forwards them where it is told to.
    Agent,
    /// As the daemon: `xray`, or flags without a command. Looks for the daemon's file, forwards to
    /// AWS X-Ray, and leaves the ports of OTLP to others.
    Daemon,
}

/// Puts together what flags, environment and file say.
///
/// # Errors
///
/// [`ConfigError`] naming the first flag, variable or key that is wrong, and what is allowed.
pub fn resolve(
    flags: &Flags,
    mode: Mode,
    surroundings: Surroundings<'_>,
) -> Result<Resolved, ConfigError> {
    let mut notes = Vec::new();
    let contents = file_of(flags, mode, surroundings, &mut notes)?;
    let has_file = contents.is_some();
    let in_file = contents.unwrap_or_default().given;
    let layers = Layers::new(flags.given.clone(), in_file, surroundings.environment);
    let mut answers = Answers::new(layers);
    let config = Config {
        data_directory: data_directory(&mut answers, surroundings),
        limits: Limits {
            age: answers.value(Key::MaxAge, value::duration)?,
            bytes: answers.value(Key::MaxSize, value::size)?,
        },
        udp: answers.value(Key::Udp, value::address)?,
        tcp: answers.value(Key::Tcp, value::address)?,
        web: answers.value(Key::Web, value::address)?,
        otlp_http: answers.value_or(Key::OtlpHttp, otlp(mode, Key::OtlpHttp), value::address)?,
        otlp_grpc: answers.value_or(Key::OtlpGrpc, otlp(mode, Key::OtlpGrpc), value::address)?,
        allowed_hosts: answers.texts(Key::AllowedHosts),
        sinks: forward::sinks(&mut answers, mode, has_file)?,
        aws: aws(&mut answers)?,
        shutdown: answers.value(Key::Shutdown, value::duration)?,
    };
    let logging = logging(&mut answers)?;
    note_ineffective(&answers, &mut notes);
    Ok(Resolved {
        config,
        logging,
        report: answers.into_report(),
        notes,
    })
}

/// The file that was named, whose every key must be right; or, for the daemon, the first one that
/// is where it looks.
fn file_of(
    flags: &Flags,
    mode: Mode,
    surroundings: Surroundings<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<Contents>, ConfigError> {
    let variable = Setting::of(Key::File).environment;
    let from_environment = || variable.and_then(|name| surroundings.variable(name));
    let flag = flags.last(Key::File).map(|given| given.text.clone());
    if let Some(path) = flag.or_else(from_environment) {
        let path = PathBuf::from(path);
        let text = (surroundings.read_file)(&path).map_err(|error| ConfigError::File {
            path: path.clone(),
            reason: format!("cannot be read: {error}"),
        })?;
        return file::parse(&path, &text)?.without_unknown_keys().map(Some);
    }
    if mode == Mode::Agent {
        return Ok(None);
    }
    for path in file::SEARCHED.map(Path::new) {
        if let Ok(text) = (surroundings.read_file)(path) {
            let contents = file::parse(path, &text)?;
            notes.push(format!("settings are read from {}", path.display()));
            let ignored = contents.unknown.iter();
            notes.extend(ignored.map(|complaint| format!("ignored: {complaint}")));
            return Ok(Some(contents));
        }
    }
    Ok(None)
}

/// The daemon never had ports for OTLP, so in its place somebody else may have them.
fn otlp(mode: Mode, key: Key) -> (&'static str, Origin) {
    match mode {
        Mode::Agent => (Setting::of(key).default, Origin::Default),
        Mode::Daemon => ("off", Origin::Implied("started as the daemon".to_owned())),
    }
}

fn aws(answers: &mut Answers) -> Result<AwsConfig, ConfigError> {
    Ok(AwsConfig {
        region: answers.text(Key::Region),
        endpoint: answers.text(Key::Endpoint),
        role_arn: answers.text(Key::RoleArn),
        resource_arn: answers.text(Key::ResourceArn),
        proxy: answers.text(Key::Proxy),
        verify_tls: !answers.value(Key::NoVerifyTls, value::switch)?,
        local_mode: answers.value(Key::LocalMode, value::switch)?,
    })
}

fn logging(answers: &mut Answers) -> Result<LoggingConfig, ConfigError> {
    Ok(LoggingConfig {
        level: answers.value(Key::LogLevel, value::log_level)?,
        format: answers.value(Key::LogFormat, value::log_format)?,
        file: answers.text(Key::LogFile).map(PathBuf::from),
        rotate: answers.value(Key::LogRotation, value::switch)?,
    })
}

/// Where it was said to be, or where the service manager or the user's desktop wants data to be.
fn data_directory(answers: &mut Answers, surroundings: Surroundings<'_>) -> PathBuf {
    if let Some(directory) = answers.text(Key::Data) {
        return PathBuf::from(directory);
    }
    let (directory, origin) = if let Some(directories) = surroundings.variable("STATE_DIRECTORY") {
        let first = directories.split(':').next().unwrap_or_default();
        (first.into(), Origin::Environment("STATE_DIRECTORY"))
    } else if let Some(directory) = surroundings.variable("XDG_DATA_HOME") {
        let directory = Path::new(&directory).join("fluoro");
        (directory, Origin::Environment("XDG_DATA_HOME"))
    } else {
        let home = surroundings.variable("HOME");
        let directory = home.map(|home| Path::new(&home).join(".local/share/fluoro"));
        (
            directory.unwrap_or_else(|| "/var/lib/fluoro".into()),
            Origin::Default,
        )
    };
    answers.note(Key::Data, &directory.to_string_lossy(), origin);
    directory
}

fn note_ineffective(answers: &Answers, notes: &mut Vec<String>) {
    for key in [Key::BufferMemory, Key::Concurrency] {
        let given = answers.given(key).pop().filter(|given| given.text != "0");
        if let Some(given) = given {
            let help = Setting::of(key).help.replacen("Accepted", "is accepted", 1);
            notes.push(format!("{} {} {help}", given.origin, given.text));
        }
    }
}
