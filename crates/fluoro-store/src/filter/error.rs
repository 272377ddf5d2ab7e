//! What is wrong with an expression, and where.

use std::fmt;

/// An expression that cannot be understood. Displays the expression with a mark under the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    /// The expression, as given.
    pub expression: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where it is wrong: the byte at which the place begins.
    pub at: usize,
    /// How many bytes are wrong; zero where something is missing.
    pub length: usize,
    /// What may stand there.
    pub expected: Vec<String>,
}

impl fmt::Display for FilterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.message)
    }
}

impl std::error::Error for FilterError {}
