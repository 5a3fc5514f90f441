//! SQLite databases in which programs keep their calls, as JSON lines: one row an object.
//!
//! A known program is data: its table, and the columns that say what a call used. What was asked
//! and answered is not read. Nothing is written, neither to the database nor beside it.

use std::io::{self, Read};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::open::Source;

/// Rows that are turned into text at once.
const ROWS: usize = 1024;

/// A table with calls.
struct Table {
    name: &'static str,
    /// Its columns, and the names under which the format of its program knows them. Only the
    /// first ones must be there.
    columns: &'static [(&'static str, &'static str)],
    needed: usize,
}

/// The tables that are known.
static TABLES: [Table; 3] = [
    // The `llm` command, until its version 0.35.
    Table {
        name: "responses",
        columns: &[
            ("datetime_utc", "datetime_utc"),
            ("duration_ms", "duration_ms"),
            ("model", "model"),
            ("conversation_id", "conversation_id"),
            ("id", "id"),
            ("resolved_model", "resolved_model"),
            ("input_tokens", "input_tokens"),
            ("output_tokens", "output_tokens"),
            ("token_details", "token_details"),
            ("options_json", "options_json"),
        ],
        needed: 4,
    },
    // The `llm` command since: threads instead of conversations.
    Table {
        name: "turns",
        columns: &[
            ("datetime_utc", "datetime_utc"),
            ("duration_ms", "duration_ms"),
            ("model", "model"),
            ("thread_id", "conversation_id"),
            ("id", "id"),
            ("resolved_model", "resolved_model"),
            ("input_tokens", "input_tokens"),
            ("output_tokens", "output_tokens"),
            ("token_details", "token_details"),
            ("options_json", "options_json"),
        ],
        needed: 4,
    },
    // OpenCode, which keeps a message as JSON.
    Table {
        name: "message",
        columns: &[
            ("id", "id"),
            ("session_id", "session_id"),
            ("data", "data"),
            ("time_created", "time_created"),
        ],
        needed: 3,
    },
];

/// Which files SQLite keeps beside a database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    /// Whether the database is of the kind that has a write-ahead log.
    pub(super) may_have_log: bool,
    /// The newest rows, not moved to the database yet.
    pub(super) has_log: bool,
    /// The index of that log, which whoever has the database open shares.
    pub(super) has_index: bool,
}

/// Whether a file that starts so is an SQLite database.
pub(super) fn is_database(start: &[u8]) -> bool {
    start.starts_with(b"SQLite format 3\0")
}

/// The calls in a database as JSON lines.
///
/// # Errors
/// When it cannot be read, or is of no known program.
pub(super) fn lines(path: &Path, beside: Beside) -> io::Result<Source> {
    let connection = open(path, beside).map_err(unreadable)?;
    let tables = tables(&connection).map_err(unreadable)?;
    let mut queries = Vec::new();
    for table in TABLES.iter().filter(|table| tables.iter().any(|name| name == table.name)) {
        queries.extend(query(&connection, table).map_err(unreadable)?);
    }
    if queries.is_empty() {
        return Err(invalid(unknown(path, &tables)));
    }
    queries.reverse();
    Ok(Box::new(Rows { connection, queries, after: i64::MIN, text: Vec::new(), at: 0 }))
}

/// Opens a database so that the newest rows are seen and no file is written.
fn open(path: &Path, beside: Beside) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let address = |query: &str| {
        let escape = |character: char| match character {
            '%' | '?' | '#' => format!("%{:02x}", u32::from(character)),
            other => other.to_string(),
        };
        let path: String = path.to_string_lossy().chars().map(escape).collect();
        format!("file:{path}?{query}")
    };
    let by_address = flags | OpenFlags::SQLITE_OPEN_URI;
    let connection = match beside {
        // Without its log, SQLite would make an empty one.
        Beside { may_have_log: true, has_log: false, .. } => {
            Connection::open_with_flags(address("immutable=1"), by_address)?
        }
        // A log without its index: a copy, or what a crash left. SQLite would write the index
        // anew, except for who is alone with the database; nobody else has it open.
        Beside { may_have_log: true, has_log: true, has_index: false } => {
            let alone = if cfg!(windows) { "vfs=win32-none" } else { "vfs=unix-none" };
            let connection = Connection::open_with_flags(address(alone), by_address)?;
            connection.pragma_update(None, "locking_mode", "exclusive")?;
            connection
        }
        _ => Connection::open_with_flags(path, flags)?,
    };
    // The log stays what it is when this connection ends.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // All tables as they are now, whatever its program writes meanwhile.
    connection.execute_batch("BEGIN")?;
    Ok(connection)
}

/// The names of its tables, in order.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found = connection.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         ORDER BY name",
    )?;
    found.query_map([], |row| row.get(0))?.collect()
}

/// How to read a table, if it has the columns of the one that is known by its name.
fn query(connection: &Connection, table: &Table) -> rusqlite::Result<Option<String>> {
    let mut found = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names: Vec<String> =
        found.query_map([table.name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let is_there = |column: &&(&str, &str)| names.iter().any(|name| name == column.0);
    if !table.columns[..table.needed].iter().all(|column| is_there(&column)) {
        return Ok(None);
    }
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(is_there)
        .map(|(column, name)| format!("\"{column}\" AS \"{name}\""))
        .collect();
    // Page by page: SQLite's own numbers of rows are in order and cost nothing to look up.
    Ok(Some(format!(
        "SELECT rowid, {} FROM \"{}\" WHERE rowid > ?1 ORDER BY rowid LIMIT {ROWS}",
        columns.join(", "),
        table.name
    )))
}

fn unknown(path: &Path, tables: &[String]) -> String {
    let Some(first) = tables.first() else {
        return "it is an SQLite database without a table".to_owned();
    };
    format!(
        "it is an SQLite database of no known program, with the tables {}; export the one with the \
         calls and read that: sqlite3 -csv -header '{}' 'SELECT * FROM \"{first}\"' > calls.csv",
        tables.join(", "),
        path.display()
    )
}

fn unreadable(error: rusqlite::Error) -> io::Error {
    let reason = match error {
        rusqlite::Error::SqliteFailure(_, Some(reason)) => reason,
        other => other.to_string(),
    };
    let reason = readable(&reason);
    invalid(format!("it is an SQLite database that cannot be read: {reason}"))
}

/// A reason of SQLite without what it stumbled over, where that is no text.
fn readable(reason: &str) -> &str {
    let is_strange = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
    match reason.split_once(" - ") {
        Some((before, rest)) if rest.contains(is_strange) => before,
        _ => reason,
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

struct Rows {
    connection: Connection,
    /// What to ask, the next question last.
    queries: Vec<String>,
    /// The number of the last row that was read.
    after: i64,
    text: Vec<u8>,
    /// How much of the text was given out.
    at: usize,
}

impl Rows {
    /// Reads the next rows; says whether there were any.
    fn next(&mut self) -> rusqlite::Result<bool> {
        self.text.clear();
        self.at = 0;
        while let Some(query) = self.queries.last() {
            let mut statement = self.connection.prepare(query)?;
            let names: Vec<String> = statement.column_names().skip(1).map(str::to_owned).collect();
            let mut rows = statement.query([self.after])?;
            while let Some(row) = rows.next()? {
                self.after = row.get(0)?;
                write_row(row, &names, &mut self.text)?;
            }
            if !self.text.is_empty() {
                return Ok(true);
            }
            drop(rows);
            drop(statement);
            self.queries.pop();
            self.after = i64::MIN;
        }
        Ok(false)
    }
}

fn write_row(row: &Row<'_>, names: &[String], text: &mut Vec<u8>) -> rusqlite::Result<()> {
    let mut before = b'{';
    for (place, name) in (1..).zip(names) {
        text.push(before);
        before = b',';
        put(text, name);
        text.push(b':');
        match row.get_ref(place)? {
            ValueRef::Null => text.extend_from_slice(b"null"),
            ValueRef::Integer(number) => text.extend_from_slice(number.to_string().as_bytes()),
            // What is no number has no JSON.
            ValueRef::Real(number) if !number.is_finite() => text.extend_from_slice(b"null"),
            ValueRef::Real(number) => text.extend_from_slice(number.to_string().as_bytes()),
            ValueRef::Text(said) | ValueRef::Blob(said) => {
                put(text, &String::from_utf8_lossy(said));
            }
        }
    }
    text.extend_from_slice(b"}\n");
    Ok(())
}

fn put(text: &mut Vec<u8>, said: &str) {
    serde_json::to_writer(text, said).expect("memory takes everything");
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() && !self.next().map_err(unreadable)? {
            return Ok(0);
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_damaged_file_are_not_repeated() {
        let told = "malformed database schema (a)";
        assert_eq!(readable(&format!("{told} - near \"\u{1b}\u{fffd}\": syntax error")), told);
        assert_eq!(readable("no such column - b"), "no such column - b");
    }
}
