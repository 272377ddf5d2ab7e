//! How single values are written.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::{
    resolved::{LogFormat, LogLevel},
    setting::Key,
};

/// What the values of a setting look like, for messages.
pub(super) const fn expected(key: Key) -> &'static str {
    match key {
        Key::Udp | Key::Tcp | Key::Web | Key::OtlpHttp | Key::OtlpGrpc => ADDRESS,
        Key::MaxAge | Key::Shutdown => DURATION,
        Key::MaxSize => SIZE,
        Key::Forward => super::forward::EXPECTED,
        Key::LocalMode | Key::NoVerifyTls | Key::LogRotation => SWITCH,
        Key::LogLevel => LEVEL,
        Key::LogFormat => FORMAT,
        Key::Data => "expected a directory",
        Key::File | Key::LogFile => "expected a file",
        Key::AllowedHosts => "expected a host name",
        Key::Region => "expected a region such as eu-central-1",
        Key::RoleArn | Key::ResourceArn => "expected an ARN",
        Key::Proxy | Key::Endpoint => "expected a URL",
        Key::BufferMemory | Key::Concurrency => "expected a number",
    }
}

const ADDRESS: &str = "expected an address such as 127.0.0.1:2000 or [::1]:2000, or off";
const DURATION: &str = "expected a duration such as 7d, 12h, 30m or 8s";
const SIZE: &str = "expected a size such as 5GB, 500MB or a number of bytes";
const SWITCH: &str = "expected true or false";
const LEVEL: &str = "expected one of dev, debug, info, warn, error, prod";
const FORMAT: &str = "expected text or json";

/// Where to listen; none for `off`. Without a host it is every interface, as in the daemon.
pub(super) fn address(text: &str) -> Option<Option<SocketAddr>> {
    if text == "off" {
        return Some(None);
    }
    if let Ok(address) = text.parse() {
        return Some(Some(address));
    }
    let (host, port) = text.rsplit_once(':')?;
    let host = match host {
        "" => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        "localhost" => IpAddr::from(Ipv4Addr::LOCALHOST),
        _ => return None,
    };
    Some(Some(SocketAddr::new(host, port.parse().ok()?)))
}

/// A whole number with a unit: days, hours, minutes or seconds.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// A whole number of bytes, or with a unit; units are powers of 1024, as disks are bought by
/// neither.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let unit = unit.trim_start().to_ascii_uppercase();
    let power = match unit.trim_end_matches("IB").trim_end_matches('B') {
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return None,
    };
    number.checked_mul(1024_u64.pow(power))
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

/// On or off, in the words of Go and of YAML 1.1.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A level in the daemon's words.
pub(super) fn log_level(text: &str) -> Option<LogLevel> {
    match text.to_ascii_lowercase().as_str() {
        "dev" => Some(LogLevel::Trace),
        "debug" => Some(LogLevel::Debug),
        "info" | "prod" => Some(LogLevel::Info),
        "warn" => Some(LogLevel::Warn),
        "error" => Some(LogLevel::Error),
        _ => None,
    }
}

/// How a line of the log looks.
pub(super) fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
