//! The grammar of `--forward`: `xray`, `aws-otlp`, `otlp=URL`, `otlp-grpc=URL`, the URL followed
//! by headers: `NAME=VALUE`, a space between them, unusual characters percent-encoded.

use percent_encoding::percent_decode_str;

use super::{
    answers::Answers,
    error::ConfigError,
    layers::{Given, Origin},
    resolve::Mode,
    resolved::{OtlpProtocol, SinkConfig},
    setting::Key,
};

pub(super) const EXPECTED: &str = "expected xray, aws-otlp, otlp=http://host:4318, otlp-grpc=http://host:4317 or none, \
     an URL followed by headers NAME=VALUE if they are needed";

/// Nowhere, in so many words.
const NONE: &str = "none";

/// The sinks that were named; without any, AWS X-Ray if something only makes sense with it.
pub(super) fn sinks(
    answers: &mut Answers,
    mode: Mode,
    has_file: bool,
) -> Result<Vec<SinkConfig>, ConfigError> {
    let given = answers.given(Key::Forward);
    let Some(last) = given.last() else {
        return Ok(implied(answers, mode, has_file));
    };
    let shown: Vec<_> = given.iter().map(|given| shown(&given.text)).collect();
    answers.note(Key::Forward, &shown.join(", "), last.origin.clone());
    let mut sinks = Vec::new();
    for given in given.iter().filter(|given| given.text != NONE) {
        let sink = sink(&given.text).map_err(|reason| ConfigError::Value {
            origin: given.origin.clone(),
            value: self::shown(&given.text).to_owned(),
            reason,
        })?;
        if !sinks.contains(&sink) {
            sinks.push(sink);
        }
    }
    Ok(sinks)
}

fn implied(answers: &mut Answers, mode: Mode, has_file: bool) -> Vec<SinkConfig> {
    let Some(reason) = why_aws(answers, mode, has_file) else {
        answers.note(Key::Forward, NONE, Origin::Default);
        return Vec::new();
    };
    answers.note(Key::Forward, "xray", Origin::Implied(reason));
    vec![SinkConfig::XRay]
}

/// What was said that makes no sense without AWS.
fn why_aws(answers: &Answers, mode: Mode, has_file: bool) -> Option<String> {
    let is_flag = |given: &Given| matches!(given.origin, Origin::Flag(_));
    let flag = [Key::Region, Key::RoleArn]
        .into_iter()
        .flat_map(|key| answers.given(key))
        .find(is_flag);
    flag.map(|flag| format!("because of {}", flag.origin))
        .or_else(|| has_file.then(|| "because of cfg.yaml".to_owned()))
        .or_else(|| (mode == Mode::Daemon).then(|| "started as the daemon".to_owned()))
}

/// The sink that a value describes; the error says what is wrong.
fn sink(text: &str) -> Result<SinkConfig, String> {
    match text {
        "xray" => return Ok(SinkConfig::XRay),
        "aws-otlp" => return Ok(SinkConfig::AwsOtlp),
        _ => {}
    }
    let (protocol, rest) = match text.split_once('=') {
        Some(("otlp", rest)) => (OtlpProtocol::Http, rest),
        Some(("otlp-grpc", rest)) => (OtlpProtocol::Grpc, rest),
        _ => return Err(format!("is no target; {EXPECTED}")),
    };
    let mut words = rest.split_whitespace();
    let endpoint = words.next().unwrap_or_default();
    let host = endpoint
        .strip_prefix("http://")
        .or_else(|| endpoint.strip_prefix("https://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', ':'])) {
        return Err("has no URL that begins with http:// or https:// and a host".to_owned());
    }
    Ok(SinkConfig::Otlp {
        endpoint: endpoint.to_owned(),
        protocol,
        headers: words.map(header).collect::<Result<_, _>>()?,
    })
}

fn header(word: &str) -> Result<(String, String), String> {
    let (name, value) = word
        .split_once('=')
        .filter(|(name, _)| name.parse::<http::HeaderName>().is_ok())
        .ok_or_else(|| format!("has {word:?} where a header NAME=VALUE is expected"))?;
    let value = percent_decode_str(value)
        .decode_utf8()
        .map_err(|_| format!("has a value of the header {name} that is no text"))?;
    if value.parse::<http::HeaderValue>().is_err() {
        return Err(format!(
            "has a value of the header {name} with control characters"
        ));
    }
    Ok((name.to_ascii_lowercase(), value.into_owned()))
}

/// A value as it may be shown: headers may hold secrets.
fn shown(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
