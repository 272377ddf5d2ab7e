//! Where X-Ray is in each partition of AWS.

use super::AwsError;

/// The address of X-Ray in `region`, or the one that was configured in its place.
pub(super) fn resolve(configured: Option<&str>, region: &str) -> Result<String, AwsError> {
    match configured {
        Some(address) if !address.is_empty() => check(address),
        _ => Ok(format!("https://xray.{region}.{}", suffix(region))),
    }
}

fn suffix(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 3] = [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
    ];
    PARTITIONS
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("amazonaws.com", |(_, suffix)| suffix)
}

fn check(address: &str) -> Result<String, AwsError> {
    let address = if address.contains("://") {
        address.to_owned()
    } else {
        format!("https://{address}")
    };
    match reqwest::Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            Ok(address.trim_end_matches('/').to_owned())
        }
        Ok(_) => Err(error(address, "it needs http:// or https:// and a host")),
        Err(failure) => Err(error(address, &failure.to_string())),
    }
}

fn error(value: String, reason: &str) -> AwsError {
    AwsError::Address {
        setting: "the endpoint of X-Ray",
        value,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_suffix() {
        for (region, address) in [
            ("eu-west-1", "https://xray.eu-west-1.amazonaws.com"),
            ("us-gov-west-1", "https://xray.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "https://xray.cn-north-1.amazonaws.com.cn"),
            ("us-iso-east-1", "https://xray.us-iso-east-1.c2s.ic.gov"),
            (
                "us-isob-east-1",
                "https://xray.us-isob-east-1.sc2s.sgov.gov",
            ),
        ] {
            assert_eq!(resolve(None, region).unwrap(), address);
        }
    }

    #[test]
    fn a_configured_endpoint_takes_precedence() {
        for (configured, address) in [
            ("http://127.0.0.1:5566/", "http://127.0.0.1:5566"),
            ("vpce-1.example.com", "https://vpce-1.example.com"),
            ("", "https://xray.eu-west-1.amazonaws.com"),
        ] {
            assert_eq!(resolve(Some(configured), "eu-west-1").unwrap(), address);
        }
        let error = resolve(Some("ftp://example.com"), "eu-west-1").unwrap_err();
        assert!(error.to_string().contains("ftp://example.com"), "{error}");
    }
}
