//! Small values under names, in a file of their own: they outlive every bucket.

use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    connection::{FileError, open_writer},
    directory::Directory,
};
use crate::StoreError;

#[derive(Debug)]
pub(super) struct SettingsFile {
    connection: Mutex<Connection>,
}

impl SettingsFile {
    /// Opens the settings; a damaged file is set aside, and all settings are then unset.
    pub(super) fn open(directory: &Directory) -> Result<Self, StoreError> {
        let path = directory.settings_path();
        let connection = match open(directory) {
            Err(error) if error.is_damage() => {
                directory.set_aside(&path, &error);
                open(directory)
            }
            opened => opened,
        };
        Ok(Self {
            connection: Mutex::new(connection.map_err(|error| error.at(&path))?),
        })
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<String>, FileError> {
        let connection = self.connection.lock();
        let sql = "SELECT value FROM settings WHERE name = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let value = statement.query_row([name], |row| row.get(0)).optional()?;
        Ok(value)
    }

    pub(super) fn set(&self, name: &str, value: Option<&str>) -> Result<(), FileError> {
        let connection = self.connection.lock();
        match value {
            Some(value) => connection
                .prepare_cached("REPLACE INTO settings VALUES (?1, ?2)")?
                .execute(params![name, value])?,
            None => connection
                .prepare_cached("DELETE FROM settings WHERE name = ?1")?
                .execute([name])?,
        };
        Ok(())
    }
}

fn open(directory: &Directory) -> Result<Connection, FileError> {
    let connection = open_writer(&directory.settings_path())?;
    let schema = "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) \
                  WITHOUT ROWID";
    connection.execute_batch(schema)?;
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check == "ok" {
        Ok(connection)
    } else {
        Err(super::connection::Damage::new(check).into())
    }
}
