//! SQL text: sanitising never panics, is done once, and hides a literal whatever surrounds it.
#![no_main]

use fluoro_wire::{limits::MAX_SQL_BYTES, sanitize_sql};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sql: &str| {
    let once = sanitize_sql(sql);
    assert!(once.len() <= MAX_SQL_BYTES * 2);
    if sql.len() > MAX_SQL_BYTES / 4 || sql.contains("SECRET") {
        return;
    }
    assert_eq!(
        sanitize_sql(&once),
        once,
        "sanitising twice changed the text"
    );
    for statement in [
        format!("SELECT a FROM t WHERE b = 'SECRET' AND {sql}"),
        format!("SELECT a FROM t WHERE b = 'SECRET{sql}"),
        format!("SELECT a FROM t WHERE b = \"SECRET\" AND {sql}"),
        format!("SELECT \"a\" FROM \"t\" WHERE \"b\" = \"SECRET\" AND {sql}"),
    ] {
        let sanitized = sanitize_sql(&statement);
        assert!(
            !sanitized.contains("SECRET"),
            "{statement:?} became {sanitized:?}"
        );
    }
});
