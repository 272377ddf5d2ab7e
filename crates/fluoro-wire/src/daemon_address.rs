//! Where the daemon listens.
//!
//! ```text
//! 127.0.0.1:2000                                documents (UDP) and sampling rules (TCP) alike
//! [::1]:2000                                    an IPv6 address stands in brackets
//! tcp:rules.internal:2000 udp:127.0.0.1:3000    one for each, in either order
//! ```

use std::{fmt, net::Ipv6Addr, str::FromStr};

/// A host and a port.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Endpoint {
    /// An IPv4 address, an IPv6 address without brackets, or a host name.
    pub host: String,
    /// The port, never zero.
    pub port: u16,
}

/// The daemon's two endpoints.
///
/// ```
/// use fluoro_wire::DaemonAddress;
/// let address: DaemonAddress = "tcp:rules:2000 udp:127.0.0.1:3000".parse()?;
/// assert_eq!(address.tcp.host, "rules");
/// assert_eq!(address.udp.port, 3000);
/// # Ok::<(), fluoro_wire::DaemonAddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DaemonAddress {
    /// Where segment documents go.
    pub udp: Endpoint,
    /// Where sampling rules and targets come from.
    pub tcp: Endpoint,
}

/// The text is not a daemon address.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "invalid daemon address {value:?}: {reason}; \
     expected `host:port`, `[ipv6]:port` or `tcp:host:port udp:host:port`"
)]
pub struct DaemonAddressError {
    value: String,
    reason: &'static str,
}

impl DaemonAddress {
    /// The address when nothing else is configured.
    pub const DEFAULT: &'static str = "127.0.0.1:2000";
}

impl Default for DaemonAddress {
    fn default() -> Self {
        let endpoint = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: 2000,
        };
        Self {
            udp: endpoint.clone(),
            tcp: endpoint,
        }
    }
}

impl FromStr for DaemonAddress {
    type Err = DaemonAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|reason| DaemonAddressError {
            value: text.to_owned(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<DaemonAddress, &'static str> {
    let mut parts = text.split_whitespace();
    let first = parts.next().ok_or("it is empty")?;
    let second = parts.next();
    if parts.next().is_some() {
        return Err("there are more than two parts");
    }
    let Some(second) = second else {
        let endpoint = parse_endpoint(first)?;
        return Ok(DaemonAddress {
            udp: endpoint.clone(),
            tcp: endpoint,
        });
    };
    let protocol = "of two parts one must start with `tcp:` and one with `udp:`";
    let (tcp, udp) = match (first.split_once(':'), second.split_once(':')) {
        (Some(("tcp", tcp)), Some(("udp", udp))) => (tcp, udp),
        (Some(("udp", udp)), Some(("tcp", tcp))) => (tcp, udp),
        _ => return Err(protocol),
    };
    Ok(DaemonAddress {
        udp: parse_endpoint(udp)?,
        tcp: parse_endpoint(tcp)?,
    })
}

fn parse_endpoint(text: &str) -> Result<Endpoint, &'static str> {
    let (host, port) = text.rsplit_once(':').ok_or("the port is missing")?;
    let host = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => parse_ipv6(address)?,
        None if host.contains(':') => return Err("an IPv6 address must stand in brackets"),
        None => parse_host(host)?,
    };
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port) if is_number && port > 0 => Ok(Endpoint {
            host: host.to_owned(),
            port,
        }),
        _ => Err("the port must be a number from 1 to 65535"),
    }
}

fn parse_ipv6(text: &str) -> Result<&str, &'static str> {
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    let is_zone = !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match address.parse::<Ipv6Addr>() {
        Ok(_) if is_zone => Ok(text),
        _ => Err("what stands in brackets is not an IPv6 address"),
    }
}

fn parse_host(text: &str) -> Result<&str, &'static str> {
    let is_allowed = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    match text {
        "" => Err("the host is missing"),
        "tcp" | "udp" => Err("the host is missing"),
        _ if text.chars().all(is_allowed) => Ok(text),
        _ => Err("the host holds a character that host names do not have"),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(formatter, "[{host}]:{port}")
        } else {
            write!(formatter, "{host}:{port}")
        }
    }
}

impl fmt::Display for DaemonAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.udp == self.tcp {
            self.udp.fmt(formatter)
        } else {
            write!(formatter, "tcp:{} udp:{}", self.tcp, self.udp)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_is_what_its_text_says() {
        assert_eq!(DaemonAddress::DEFAULT.parse(), Ok(DaemonAddress::default()));
    }

    #[test]
    fn an_error_names_the_value_the_place_and_what_is_allowed() {
        let error = "::1:2000".parse::<DaemonAddress>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid daemon address \"::1:2000\": an IPv6 address must stand in brackets; \
             expected `host:port`, `[ipv6]:port` or `tcp:host:port udp:host:port`"
        );
    }

    proptest! {
        #[test]
        fn what_is_displayed_reads_back(
            udp_host in "[a-z][a-z0-9.-]{0,20}", udp_port in 1u16.., tcp_host: std::net::IpAddr, tcp_port in 1u16..
        ) {
            prop_assume!(udp_host != "tcp" && udp_host != "udp");
            let udp = Endpoint { host: udp_host, port: udp_port };
            let tcp = Endpoint { host: tcp_host.to_string(), port: tcp_port };
            for address in [
                DaemonAddress { udp: udp.clone(), tcp: tcp.clone() },
                DaemonAddress { udp: tcp.clone(), tcp: tcp.clone() },
            ] {
                prop_assert_eq!(address.to_string().parse(), Ok(address));
            }
        }

        #[test]
        fn reading_never_panics(text in "(tcp|udp|:|\\[|\\]|[0-9]{1,6}| |\\PC){0,12}") {
            let _ = text.parse::<DaemonAddress>();
        }
    }
}
