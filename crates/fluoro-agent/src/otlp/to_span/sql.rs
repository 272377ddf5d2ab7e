//! The `sql` block.

use super::{
    attribute_list::AttributeList,
    member::{self, Object},
};

/// Adds the query and where it went.
pub(super) fn add(attributes: &mut AttributeList, entity: &Object) {
    let Some(sql) = member::object(entity, "sql") else {
        return;
    };
    // OpenTelemetry writes the names of databases in lower case.
    let system = member::text(sql, "database_type").map(str::to_lowercase);
    attributes.text(&["db.system.name", "db.system"], system.as_deref());
    let query = member::text(sql, "sanitized_query");
    attributes.text(&["db.query.text", "db.statement"], query);
    attributes.text(&["db.user"], member::text(sql, "user"));
    if let Some(url) = member::text(sql, "url") {
        let (connection, database) = split_url(url);
        attributes.text(&["db.connection_string"], Some(connection));
        attributes.text(&["db.namespace", "db.name"], database);
    }
    let connection = member::text(sql, "connection_string");
    attributes.text(&["db.connection_string"], connection);
    for name in ["database_version", "driver_version", "preparation"] {
        let value = member::text(sql, name);
        attributes.text(&[&format!("aws.xray.sql.{name}")], value);
    }
}

/// `postgresql://host:5432/shop?x=1` is a connection and the database `shop`.
fn split_url(url: &str) -> (&str, Option<&str>) {
    let authority = url.find("//").map_or(0, |slashes| slashes + 2);
    match url[authority..].rsplit_once('/') {
        Some((host, database)) if !host.is_empty() => {
            let database = database.split('?').next();
            (
                &url[..authority + host.len()],
                database.filter(|database| !database.is_empty()),
            )
        }
        _ => (url, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_every_kind_are_taken_apart_or_left_whole() {
        for (url, connection, database) in [
            (
                "postgresql://db:5432/shop?a=b",
                "postgresql://db:5432",
                Some("shop"),
            ),
            ("jdbc:mysql://db/shop", "jdbc:mysql://db", Some("shop")),
            ("db:5432/shop", "db:5432", Some("shop")),
            ("sqlite:///", "sqlite:///", None),
            ("db", "db", None),
            ("", "", None),
            ("//é/", "//é", None),
        ] {
            assert_eq!(split_url(url), (connection, database), "{url}");
        }
    }
}
