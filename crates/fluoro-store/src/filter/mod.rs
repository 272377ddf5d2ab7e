//! Filter expressions of AWS X-Ray.
