//! Bulk inserts: a file gets a statement for each row, a server gets blocks of text (COPY).

use std::{fmt::Write as _, mem};

use rusqlite::{CachedStatement, params_from_iter};

use super::{error::Result, postgres::Postgres, sqlite::Sqlite, value::Value};

/// A block is sent once it is at least this long.
const BLOCK: usize = 1 << 20;

/// A bulk insert into one table.
pub(in super::super) struct Bulk<'a>(Target<'a>);

enum Target<'a> {
    Sqlite(CachedStatement<'a>),
    Postgres {
        server: &'a Postgres,
        copy: String,
        block: Block,
    },
}

impl<'a> Bulk<'a> {
    /// Prepares inserts into a file. `columns` is the SQL list of columns.
    pub(super) fn into_file(file: &'a Sqlite, table: &str, columns: &str) -> Result<Self> {
        let insert = file.prepare(&insert(table, columns))?;
        Ok(Self(Target::Sqlite(insert)))
    }

    /// Prepares a COPY to a server.
    pub(super) fn into_server(server: &'a Postgres, table: &str, columns: &str) -> Self {
        Self(Target::Postgres {
            server,
            copy: format!("COPY {table} ({columns}) FROM STDIN"),
            block: Block::default(),
        })
    }

    /// Adds a row. On a server it is not visible before [`Bulk::flush`].
    pub(in super::super) fn add(&mut self, row: &[Value<'_>]) -> Result<()> {
        match &mut self.0 {
            Target::Sqlite(insert) => {
                insert.execute(params_from_iter(row))?;
                Ok(())
            }
            Target::Postgres { block, .. } => {
                if block.collect(row) {
                    self.flush()
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Makes sure that all added rows are in the table.
    pub(in super::super) fn flush(&mut self) -> Result<()> {
        match &mut self.0 {
            Target::Sqlite(_) => Ok(()),
            Target::Postgres {
                server,
                copy,
                block,
            } => match mem::take(block) {
                Block(text) if text.is_empty() => Ok(()),
                Block(text) => server.copy_in(copy, text.into_bytes()),
            },
        }
    }
}

fn insert(table: &str, columns: &str) -> String {
    let places: Vec<String> = (1..=columns.split(',').count())
        .map(|place| format!("?{place}"))
        .collect();
    let places = places.join(", ");
    format!("INSERT INTO {table} ({columns}) VALUES ({places})")
}

/// Rows in the text format of COPY.
#[derive(Debug, Default)]
struct Block(String);

impl Block {
    /// Appends a row. Returns whether the block is long enough to be sent.
    fn collect(&mut self, row: &[Value<'_>]) -> bool {
        if self.0.capacity() == 0 {
            self.0.reserve(BLOCK + BLOCK / 8);
        }
        for (column, value) in row.iter().enumerate() {
            if column > 0 {
                self.0.push('\t');
            }
            write(*value, &mut self.0);
        }
        self.0.push('\n');
        self.0.len() >= BLOCK
    }
}

/// Writes a value in the text format of COPY (<https://www.postgresql.org/docs/current/sql-copy.html>, Text Format).
/// Writing to a string cannot fail.
fn write(value: Value<'_>, block: &mut String) {
    match value {
        Value::Null => block.push_str("\\N"),
        Value::Integer(number) => {
            let _ = write!(block, "{number}");
        }
        Value::Real(number) => {
            let _ = write!(block, "{number}");
        }
        Value::Bool(truth) => block.push(if truth { 't' } else { 'f' }),
        Value::Text(text) => {
            let mut rest = text;
            while let Some(at) = rest.find(['\\', '\t', '\n', '\r', '\0']) {
                block.push_str(&rest[..at]);
                block.push_str(match rest.as_bytes()[at] {
                    b'\\' => "\\\\",
                    b'\t' => "\\t",
                    b'\n' => "\\n",
                    b'\r' => "\\r",
                    // PostgreSQL cannot store NUL.
                    _ => "\u{fffd}",
                });
                rest = &rest[at + 1..];
            }
            block.push_str(rest);
        }
        Value::Bytes(bytes) => {
            block.push_str("\\\\x");
            for byte in bytes {
                let _ = write!(block, "{byte:02x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_a_line_that_copy_reads_as_the_same_row() {
        let mut block = Block::default();
        block.collect(&[Value::Null, Value::Integer(-7), Value::Real(1.5)]);
        block.collect(&[Value::Bool(true), Value::Bool(false), Value::Text("")]);
        block.collect(&[
            Value::Text("\\N\t\\.\r\n\0я"),
            Value::Bytes(b"\x00\xff"),
            Value::Bytes(b""),
        ]);
        assert_eq!(
            block.0,
            "\\N\t-7\t1.5\nt\tf\t\n\\\\N\\t\\\\.\\r\\n\u{fffd}я\t\\\\x00ff\t\\\\x\n"
        );
    }

    #[test]
    fn a_block_is_sent_when_it_is_long() {
        let mut block = Block::default();
        let text = "x".repeat(BLOCK / 4);
        let sent = [0; 5].map(|_| block.collect(&[Value::Text(&text)]));
        assert_eq!(sent, [false, false, false, true, true]);
    }

    #[test]
    fn a_row_of_a_file_is_inserted() {
        assert_eq!(
            insert("rows", "a, b, c"),
            "INSERT INTO rows (a, b, c) VALUES (?1, ?2, ?3)"
        );
    }
}
