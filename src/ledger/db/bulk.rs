//! Many new rows of a table: a file takes each of them by a statement, a server takes them as blocks of text (COPY).

use std::{fmt::Write as _, mem};

use super::value::Value;

/// A block that is at least this long is sent.
const BLOCK: usize = 1 << 20;

/// New rows of a table. On a server nobody sees them before they are flushed.
#[derive(Debug)]
pub(in super::super) struct Bulk {
    insert: String,
    copy: String,
    block: String,
}

impl Bulk {
    /// For these columns of a table, as SQL lists them.
    pub(in super::super) fn new(table: &str, columns: &str) -> Self {
        let places: Vec<String> = (1..=columns.split(',').count())
            .map(|place| format!("?{place}"))
            .collect();
        let places = places.join(", ");
        Self {
            insert: format!("INSERT INTO {table} ({columns}) VALUES ({places})"),
            copy: format!("COPY {table} ({columns}) FROM STDIN"),
            block: String::new(),
        }
    }

    /// The statement for one row.
    pub(super) fn insert(&self) -> &str {
        &self.insert
    }

    /// The statement for a block.
    pub(super) fn copy(&self) -> &str {
        &self.copy
    }

    /// Collects a row; whether the block is to be sent.
    pub(super) fn collect(&mut self, row: &[Value<'_>]) -> bool {
        if self.block.capacity() == 0 {
            self.block.reserve(BLOCK + BLOCK / 8);
        }
        for (column, value) in row.iter().enumerate() {
            if column > 0 {
                self.block.push('\t');
            }
            write(*value, &mut self.block);
        }
        self.block.push('\n');
        self.block.len() >= BLOCK
    }

    /// What was collected.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let block = mem::take(&mut self.block);
        (!block.is_empty()).then(|| block.into_bytes())
    }
}

/// Writes a value as COPY reads it (<https://www.postgresql.org/docs/current/sql-copy.html>, Text Format). What is
/// written to a string cannot fail.
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
                    // PostgreSQL has no such character.
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
        let mut bulk = Bulk::new("rows", "a, b, c");
        assert_eq!(
            bulk.insert(),
            "INSERT INTO rows (a, b, c) VALUES (?1, ?2, ?3)"
        );
        assert_eq!(bulk.copy(), "COPY rows (a, b, c) FROM STDIN");
        assert_eq!(bulk.take(), None);
        bulk.collect(&[Value::Null, Value::Integer(-7), Value::Real(1.5)]);
        bulk.collect(&[Value::Bool(true), Value::Bool(false), Value::Text("")]);
        bulk.collect(&[
            Value::Text("\\N\t\\.\r\n\0я"),
            Value::Bytes(b"\x00\xff"),
            Value::Bytes(b""),
        ]);
        let block = String::from_utf8(bulk.take().unwrap()).unwrap();
        assert_eq!(
            block,
            "\\N\t-7\t1.5\nt\tf\t\n\\\\N\\t\\\\.\\r\\n\u{fffd}я\t\\\\x00ff\t\\\\x\n"
        );
        assert_eq!(bulk.take(), None);
    }

    #[test]
    fn a_block_is_sent_when_it_is_long() {
        let mut bulk = Bulk::new("rows", "a");
        let text = "x".repeat(BLOCK / 4);
        let sent = [0; 5].map(|_| bulk.collect(&[Value::Text(&text)]));
        assert_eq!(sent, [false, false, false, true, true]);
    }
}
