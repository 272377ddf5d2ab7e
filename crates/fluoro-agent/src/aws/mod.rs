//! AWS: region, credentials, signed requests.
