//! Questions about the traces of a time range.
