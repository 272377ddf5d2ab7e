//! SQL text: sanitising never panics nor grows a text, and hides a literal whatever surrounds it.
#![no_main]

use fluoro_wire::{limits::MAX_SQL_BYTES, sanitize_sql};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sql: &str| {
    assert!(sanitize_sql(sql).len() <= sql.len().min(MAX_SQL_BYTES));
    if sql.len() > MAX_SQL_BYTES / 4 || sql.contains("SECRET") {
        return;
    }
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
