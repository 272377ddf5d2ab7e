//! Writes to standard output, where somebody may stop to read at any time.

use std::io::{self, Write};

/// Writes a text and makes sure that it is out.
pub(super) fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// Writes a value as indented JSON.
pub(super) fn write_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    write(&text)
}
