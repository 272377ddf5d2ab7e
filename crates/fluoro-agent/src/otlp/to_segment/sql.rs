//! The `sql` block.

use super::{attributes::Attributes, object::Object};

/// Databases that are asked in SQL; what others are asked stays an attribute.
const SQL_SYSTEMS: [&str; 15] = [
    "postgresql",
    "mysql",
    "sqlite",
    "mariadb",
    "mssql",
    "microsoft.sql_server",
    "oracle",
    "oracle.db",
    "db2",
    "ibm.db2",
    "derby",
    "hive",
    "teradata",
    "cockroachdb",
    "other_sql",
];

/// Writes the query and where it went.
pub(super) fn write(object: &mut Object<'_>, attributes: &Attributes<'_>) {
    let system = attributes.peek(&["db.system.name", "db.system"]);
    let Some(system) = system.filter(|system| SQL_SYSTEMS.contains(system)) else {
        return;
    };
    let database = attributes.peek(&["db.namespace", "db.name"]);
    let connection = attributes.text(&["db.connection_string"]);
    object.object("sql", |sql| {
        sql.text("url", url(attributes, connection, database).as_deref());
        sql.text("database_type", Some(system));
        sql.text("user", attributes.text(&["db.user"]));
        let query = attributes.text(&["db.query.text", "db.statement"]);
        sql.text("sanitized_query", query);
    });
}

/// `host:port/database`, or the connection string with the database.
fn url(
    attributes: &Attributes<'_>,
    connection: Option<&str>,
    database: Option<&str>,
) -> Option<String> {
    let mut url = match connection {
        Some(connection) => connection.trim_end_matches('/').to_owned(),
        None => attributes
            .peek(&["server.address", "net.peer.name"])?
            .to_owned(),
    };
    let port = attributes.look(&["server.port", "net.peer.port"]);
    if connection.is_none()
        && let Some(port) = port.and_then(super::attributes::as_integer)
    {
        url.push_str(&format!(":{port}"));
    }
    if let Some(database) = database
        && !url.ends_with(&format!("/{database}"))
    {
        url.push('/');
        url.push_str(database);
    }
    Some(url)
}
