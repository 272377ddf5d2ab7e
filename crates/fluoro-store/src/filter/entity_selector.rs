//! Which services or calls the statistics of a time series are about.

use std::str::FromStr;

use super::FilterError;

/// `service(…)`, `id(…)` or `edge(…, …)`.
#[derive(Clone, PartialEq, Debug)]
pub struct EntitySelector {}

impl FromStr for EntitySelector {
    type Err = FilterError;

    fn from_str(_text: &str) -> Result<Self, Self::Err> {
        todo!()
    }
}
