//! Signature Version 4 over what does not change on the way: host, type and `x-amz-*` headers.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

use super::AwsError;

const SERVICE: &str = "xray";

/// What a signature is made with.
pub(super) struct Signer<'a> {
    pub(super) region: &'a str,
    pub(super) credentials: Credentials,
    pub(super) now: SystemTime,
}

impl Signer<'_> {
    /// Adds the signature's headers, in place of those of an earlier signature.
    pub(super) fn sign(self, request: &mut http::Request<Bytes>) -> Result<(), AwsError> {
        let headers = request.headers_mut();
        for old in ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"] {
            headers.remove(old);
        }
        headers.remove(header::AUTHORIZATION);
        for (name, value) in self.signature(request)? {
            request.headers_mut().insert(name, value);
        }
        Ok(())
    }

    fn signature(
        self,
        request: &http::Request<Bytes>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, AwsError> {
        let identity = self.credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(SERVICE)
            .time(self.now)
            .settings(SigningSettings::default())
            .build()
            .map_err(failed)?
            .into();
        let headers = request
            .headers()
            .iter()
            .filter(|(name, _)| is_signed(name))
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let uri = request.uri().to_string();
        let body = SignableBody::Bytes(request.body());
        let signable =
            SignableRequest::new(request.method().as_str(), uri, headers, body).map_err(failed)?;
        let (instructions, _) = sign(signable, &parameters).map_err(failed)?.into_parts();
        instructions
            .headers()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(failed)?;
                let mut value = HeaderValue::from_str(value).map_err(failed)?;
                value.set_sensitive(true);
                Ok((name, value))
            })
            .collect()
    }
}

fn is_signed(name: &HeaderName) -> bool {
    *name == header::CONTENT_TYPE || name.as_str().starts_with("x-amz-")
}

fn failed(failure: impl std::fmt::Display) -> AwsError {
    AwsError::Signature(failure.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_signature_covers_host_type_and_token_and_replaces_an_older_one() {
        let mut request = http::Request::post("http://127.0.0.1:5566/TraceSegments")
            .header("content-type", "application/json")
            .header("authorization", "an older one")
            .header("user-agent", "something that a proxy may change")
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        let signer = Signer {
            region: "eu-west-1",
            credentials: Credentials::new("AKID", "secret", Some("token".into()), None, "test"),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        };
        signer.sign(&mut request).unwrap();
        let text = |name: &str| request.headers()[name].to_str().unwrap();
        let authorization = text("authorization");
        let scope = "Credential=AKID/20231114/eu-west-1/xray/aws4_request";
        let headers = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token";
        assert!(authorization.contains(scope), "{authorization}");
        assert!(authorization.contains(headers), "{authorization}");
        assert_eq!(text("x-amz-date"), "20231114T221320Z");
        assert_eq!(text("x-amz-security-token"), "token");
    }
}
