//! Lengths of time, as people read them.

/// Milliseconds, or seconds from ten on.
pub(super) fn shown(seconds: f64) -> String {
    if seconds.abs() >= 10.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{:.1} ms", seconds * 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_times_are_seconds() {
        let shown = [0.00004, 0.5, 9.9999, 75.5].map(super::shown);
        assert_eq!(shown, ["0.0 ms", "500.0 ms", "9999.9 ms", "75.50 s"]);
    }
}
