//! Wall-clock time as segment documents carry it.
#![allow(unsafe_code)] // one system call, see `now`

/// The time now, in seconds since the Unix epoch.
///
/// Every entity asks twice, so this asks the system directly: the standard library's durations
/// cost as much again as reading the clock does.
#[inline]
pub fn now() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is valid for the call, which writes to it and keeps nothing. The clock
    // exists on every system, so the call cannot fail.
    unsafe {
        libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time);
    }
    (time.tv_sec * 1_000_000_000 + time.tv_nsec) as f64 / 1e9
}
