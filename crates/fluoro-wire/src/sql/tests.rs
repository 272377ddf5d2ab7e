use proptest::prelude::*;

use super::*;

#[test]
fn statements_with_nothing_to_hide_are_not_copied() {
    for sql in [
        "SELECT id, name FROM users WHERE id = %s AND name = %(name)s",
        "UPDATE t1 SET a = :a, b = $1, c = ?, d = @p1 WHERE e IS NULL OR f = TRUE",
        "SELECT `order`, [Order Details] FROM `db`.`t`",
        "INSERT INTO \"a b\" (\"c\", \"d\") VALUES (?, ?)",
        "SELECT x::int FROM t WHERE y = :1",
        "",
    ] {
        assert!(
            matches!(sanitize_sql(sql), Cow::Borrowed(same) if same == sql),
            "{sql}"
        );
    }
}

#[test]
fn names_in_double_quotes_stay_where_they_are_nothing_else() {
    let sql = "SELECT \"title\" FROM books WHERE \"author\" = 'Ende'";
    assert_eq!(
        sanitize_standard_sql(sql),
        "SELECT \"title\" FROM books WHERE \"author\" = ?"
    );
    assert_eq!(sanitize_sql("SELECT \"title\""), "SELECT ?");
}

#[test]
fn a_placeholder_may_begin_the_statement() {
    assert_eq!(sanitize_sql(":1 = a"), ":1 = a");
    assert_eq!(sanitize_sql("/* first */:1 = a"), ":1 = a");
}

#[test]
fn long_statements_are_cut_between_characters_with_a_marker() {
    let sql = format!("SELECT {}", "é, ".repeat(5_000));
    let cut = sanitize_sql(&sql);
    assert!(cut.len() <= MAX_SQL_BYTES + TRUNCATION_MARKER.len());
    assert!(cut.ends_with(TRUNCATION_MARKER));
}

#[test]
fn a_literal_that_the_cut_runs_through_is_hidden() {
    let sql = format!("SELECT '{}'", "SECRET".repeat(5_000));
    assert_eq!(sanitize_sql(&sql), format!("SELECT ?{TRUNCATION_MARKER}"));
}

/// Literals of all dialects around `SECRET`; `noise` never closes them.
fn literal() -> impl Strategy<Value = String> {
    let noise = "[ -!#&(-)+-Z_a-z|~é☃\n]{0,6}";
    (noise, noise, 0..13).prop_map(|(before, after, notation)| {
        let body = format!("{before}SECRET{after}");
        match notation {
            0 => format!("'{body}'"),
            1 => format!("N'{body}'"),
            2 => format!("E'{body}\\'SECRET'"),
            3 => format!("'{body}''SECRET'"),
            4 => format!("'{body}\\'SECRET'"),
            5 => format!("$${body}$$"),
            6 => format!("$tag${body}$tag$"),
            7 => format!("q'[{}]'", body.replace(']', "")),
            8 => format!("_utf8'{body}'"),
            9 => format!("'{body}\\\\'"),
            10 => format!("\"{body}\""),
            11 => format!("\"{body}''SECRET\""),
            _ => format!("x'{body}'"),
        }
    })
}

/// Places where a literal can stand, `{}` standing for it.
const PLACES: [&str; 12] = [
    "SELECT a FROM t WHERE b = {}",
    "SELECT \"a\" FROM \"t\" WHERE \"t\".\"b\" = {} AND c = {}",
    "SELECT [a] FROM [t] WHERE [b] LIKE {} ORDER BY c",
    "SELECT `a` FROM `t` WHERE `b` IN ({}, 5, {})",
    "INSERT INTO \"t\" (\"a\", \"b\") VALUES ({}, 1), (2, {})",
    "UPDATE t SET a = {} WHERE b <> 'x' -- why\n AND c BETWEEN {} AND {}",
    "SELECT CASE WHEN a > {} THEN {} ELSE {} END /* {} */ FROM t",
    "SELECT 'it''s' || {} || $1 FROM \"t\"",
    "CALL f({}, %s)",
    "SELECT data #>> {} FROM t",
    "SELECT ARRAY[{}, {}], ({})",
    "SELECT a FROM t WHERE b='C:\\' AND c={}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * ProptestConfig::default().cases))]

    #[test]
    fn a_secret_in_a_literal_never_survives(place in 0..PLACES.len(), literals in [literal(), literal(), literal(), literal()]) {
        let mut sql = String::new();
        for (index, part) in PLACES[place].split("{}").enumerate() {
            if index > 0 {
                sql.push_str(&literals[index - 1]);
            }
            sql.push_str(part);
        }
        let sanitized = sanitize_sql(&sql);
        prop_assert!(!sanitized.contains("SECRET"), "{} became {}", sql, sanitized);
    }

    #[test]
    fn a_secret_in_a_literal_that_does_not_end_never_survives(
        open in "[eEnNxX]?'|\"|`|\\$\\$|\\$a\\$|/\\*", noise in "[a-z ,;=\\\\]{0,8}", place in 0..PLACES.len()
    ) {
        let (before, _) = PLACES[place].split_once("{}").unwrap();
        let sql = format!("{before} {open}{noise}SECRET{noise}");
        let sanitized = sanitize_sql(&sql);
        prop_assert!(!sanitized.contains("SECRET"), "{} became {}", sql, sanitized);
    }

    #[test]
    fn a_secret_in_a_comment_never_survives(before in "[ -)+-~]{0,8}", after in "[ -~]{0,8}") {
        for sql in [
            format!("SELECT 1 -- {before}SECRET{after}\nFROM t"),
            format!("SELECT 1 # {before}SECRET{after}\nFROM t"),
            format!("SELECT 1 /*{before} SECRET*/ FROM t"),
        ] {
            let sanitized = sanitize_sql(&sql);
            prop_assert!(!sanitized.contains("SECRET"), "{} became {}", sql, sanitized);
        }
    }

    #[test]
    fn a_secret_number_never_survives(number in "(0x)?7[0-9]{5}(\\.[0-9]{1,3})?(e[+-]?[0-9])?", place in 0..PLACES.len()) {
        let sql = PLACES[place].replace("{}", &number);
        let sanitized = sanitize_sql(&sql);
        prop_assert!(!sanitized.contains(&number[..6]), "{} became {}", sql, sanitized);
    }

    #[test]
    fn what_is_sanitised_stays(place in 0..PLACES.len(), literal in literal()) {
        let once = sanitize_sql(&PLACES[place].replace("{}", &literal)).into_owned();
        prop_assert_eq!(sanitize_sql(&once), &*once);
    }

    // Text that is no statement may lose more when it is read again without its comments.
    #[test]
    fn any_text_is_sanitised_without_panic_and_never_grows(
        sql in "('|\"|`|\\[|\\]|\\$|\\$a\\$|--|#|/\\*|\\*/|\\\\|E'|q'|:|\\?|\\.|=|\\(|\\)|,|[0-9]|[a-e]| |\n|FROM|é|\\PC){0,40}"
    ) {
        let once = sanitize_sql(&sql).into_owned();
        prop_assert!(once.len() <= sql.len(), "{} became {}", sql, once);
        prop_assert!(sanitize_sql(&once).len() <= once.len(), "{} became {}", sql, once);
    }
}
