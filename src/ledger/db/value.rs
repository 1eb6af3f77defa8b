//! The values that go into a statement and come out of it.

use rusqlite::types::{ToSqlOutput, ValueRef};

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::error::{Error, Result};

/// One value. SQLite stores booleans as 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// An owned copy of a value.
#[derive(Debug)]
pub(super) enum OwnedValue {
    Plain(Value<'static>),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Plain(Value::Null),
            Value::Integer(number) => Self::Plain(Value::Integer(number)),
            Value::Real(number) => Self::Plain(Value::Real(number)),
            Value::Bool(truth) => Self::Plain(Value::Bool(truth)),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}

impl OwnedValue {
    pub(super) fn as_value(&self) -> Value<'_> {
        match self {
            Self::Plain(value) => *value,
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

/// The number of rows that a statement must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Changes {
    /// Exactly one; anything else is a bug of ours.
    One,
    /// Any number.
    Any,
}

impl Changes {
    pub(super) const fn must_be(self, changed: usize) -> Result<()> {
        match (self, changed) {
            (Self::One, 1) | (Self::Any, _) => Ok(()),
            (Self::One, _) => Err(Error::Changed(changed)),
        }
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match *self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(number),
            Value::Real(number) => ValueRef::Real(number),
            Value::Bool(truth) => ValueRef::Integer(truth.into()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// A type that can be a parameter of a statement.
pub(in super::super) trait AsValue {
    fn as_value(&self) -> Value<'_>;
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl AsValue for $type {
            fn as_value(&self) -> Value<'_> {
                // None of our numbers exceeds the range of a database integer.
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }

        impl FromValue for $type {
            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Integer(number) => number.try_into().ok(),
                    Value::Null | Value::Real(_) | Value::Bool(_) | Value::Text(_) | Value::Bytes(_) => None,
                }
            }
        }
    )+};
}

integers!(i64, u64, u32, usize, u8, i32);

impl AsValue for bool {
    fn as_value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl AsValue for f64 {
    fn as_value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}

impl AsValue for str {
    fn as_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl AsValue for String {
    fn as_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl AsValue for [u8] {
    fn as_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl AsValue for Vec<u8> {
    fn as_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<T: AsValue> AsValue for Option<T> {
    fn as_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, AsValue::as_value)
    }
}

impl<T: AsValue + ?Sized> AsValue for &T {
    fn as_value(&self) -> Value<'_> {
        (**self).as_value()
    }
}

/// A type that a column can be read as.
pub(in super::super) trait FromValue: Sized {
    /// Converts a value; `None` if it is of another kind.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(truth),
            Value::Integer(number) => Some(number != 0),
            Value::Null | Value::Real(_) | Value::Text(_) | Value::Bytes(_) => None,
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Real(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "as SQLite reads it")]
            Value::Integer(number) => Some(number as Self),
            Value::Null | Value::Bool(_) | Value::Text(_) | Value::Bytes(_) => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            Value::Null | Value::Integer(_) | Value::Real(_) | Value::Bool(_) | Value::Bytes(_) => {
                None
            }
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.to_vec()),
            Value::Null | Value::Integer(_) | Value::Real(_) | Value::Bool(_) | Value::Text(_) => {
                None
            }
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            Value::Integer(_)
            | Value::Real(_)
            | Value::Bool(_)
            | Value::Text(_)
            | Value::Bytes(_) => T::from_value(value).map(Some),
        }
    }
}

/// One row of a query result.
#[derive(Debug)]
pub(in super::super) struct Row<'a>(Source<'a>);

#[derive(Debug)]
enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(super) const fn of_sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Source::Sqlite(row))
    }

    pub(super) const fn of_postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }

    /// Returns the value of a column, counted from 0. A value of the wrong kind means damage.
    pub(in super::super) fn get<T: FromValue>(&self, column: usize) -> Result<T> {
        let value = self.value(column)?;
        T::from_value(value).ok_or_else(|| unexpected(column, value))
    }

    /// Returns the text of a column.
    pub(in super::super) fn text(&self, column: usize) -> Result<&str> {
        let value = self.value(column)?;
        if let Value::Text(text) = value {
            Ok(text)
        } else {
            Err(unexpected(column, value))
        }
    }

    /// Returns the number that a column holds as digits.
    pub(in super::super) fn digits(&self, column: usize) -> Result<u64> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| unexpected(column, Value::Text(text)))
    }

    /// Returns the bytes of a column.
    pub(in super::super) fn bytes(&self, column: usize) -> Result<&[u8]> {
        let value = self.value(column)?;
        if let Value::Bytes(bytes) = value {
            Ok(bytes)
        } else {
            Err(unexpected(column, value))
        }
    }

    /// Returns the value of a column, whatever its kind.
    pub(in super::super) fn value(&self, column: usize) -> Result<Value<'_>> {
        match self.0 {
            Source::Sqlite(row) => of_sqlite(row, column),
            Source::Postgres(row) => of_postgres(row, column),
        }
    }
}

fn of_sqlite<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Result<Value<'a>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text);
            Value::Text(text.map_err(|error| Error::Value {
                column,
                found: error.to_string(),
            })?)
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
    })
}

fn of_postgres(row: &tokio_postgres::Row, column: usize) -> Result<Value<'_>> {
    let ty = row.columns().get(column).map(tokio_postgres::Column::type_);
    let ty = ty.cloned().unwrap_or(Type::UNKNOWN);
    Ok(if ty == Type::INT8 {
        of(row.try_get(column)?, Value::Integer)
    } else if ty == Type::INT4 {
        of(row.try_get(column)?, |number: i32| {
            Value::Integer(number.into())
        })
    } else if ty == Type::BOOL {
        of(row.try_get(column)?, Value::Bool)
    } else if ty == Type::FLOAT8 {
        of(row.try_get(column)?, Value::Real)
    } else if ty == Type::BYTEA {
        of(row.try_get(column)?, Value::Bytes)
    } else {
        of(row.try_get(column)?, Value::Text)
    })
}

fn of<'a, T>(found: Option<T>, value: impl FnOnce(T) -> Value<'a>) -> Value<'a> {
    found.map_or(Value::Null, value)
}

/// Builds the error for an unexpected value. It names only the kind, because the value may be somebody's name.
fn unexpected(column: usize, value: Value<'_>) -> Error {
    let found = match value {
        Value::Null => "nothing".to_owned(),
        Value::Integer(number) => format!("the number {number}"),
        Value::Real(_) => "a fraction".to_owned(),
        Value::Bool(_) => "a truth value".to_owned(),
        Value::Text(_) => "a text".to_owned(),
        Value::Bytes(_) => "bytes".to_owned(),
    };
    Error::Value { column, found }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(number) if *ty == Type::INT4 => out.put_i32(number.try_into()?),
            Self::Integer(number) if *ty == Type::INT2 => out.put_i16(number.try_into()?),
            Self::Integer(number) if *ty == Type::BOOL => out.put_u8((number != 0).into()),
            #[expect(clippy::cast_precision_loss, reason = "no time of ours is that long")]
            Self::Integer(number) if *ty == Type::FLOAT8 => out.put_f64(number as f64),
            Self::Integer(number) if *ty == Type::INT8 => out.put_i64(number),
            Self::Integer(_) => return Err(format!("a number for a {ty}").into()),
            Self::Real(number) => out.put_f64(number),
            Self::Bool(truth) => out.put_u8(truth.into()),
            // PostgreSQL cannot store NUL.
            Self::Text(text) if text.contains('\0') => {
                out.put_slice(text.replace('\0', "\u{fffd}").as_bytes());
            }
            Self::Text(text) => out.put_slice(text.as_bytes()),
            Self::Bytes(bytes) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
