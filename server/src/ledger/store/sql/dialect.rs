//! Where the two engines differ.

use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};

use crate::ledger::store::{Result, Scope, StoreError};
use crate::limits::STATEMENT_TIME_MAX;
use crate::text::redacted;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// One file, one writer at a time.
    Sqlite,
    Postgres,
}

/// A column of rows that are passed as one JSON text.
pub struct SqlColumn {
    name: &'static str,
    column_type: ColumnType,
}

#[derive(Clone, Copy)]
enum ColumnType {
    Text,
    Integer,
    /// A text that is long beside the others, such as JSON.
    Long,
}

/// A parameter of a statement.
pub enum Parameter {
    Text(String),
    Bytes(Vec<u8>),
}

/// A statement, its parameters and the number of rows it must write.
pub struct Statement {
    pub sql: String,
    pub parameters: Vec<Parameter>,
    pub rows: u64,
}

impl SqlColumn {
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The names of columns, as SQL lists them.
    pub fn names(columns: &[Self]) -> String {
        let names: Vec<_> = columns.iter().map(Self::name).collect();
        names.join(", ")
    }
}

pub const fn text(name: &'static str) -> SqlColumn {
    SqlColumn { name, column_type: ColumnType::Text }
}

pub const fn integer(name: &'static str) -> SqlColumn {
    SqlColumn { name, column_type: ColumnType::Integer }
}

pub const fn long(name: &'static str) -> SqlColumn {
    SqlColumn { name, column_type: ColumnType::Long }
}

impl Dialect {
    /// Recognises the engine of a URL.
    pub fn of(url: &str) -> Result<Self> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::Unknown(redacted(url))),
        }
    }

    /// A table expression over rows, so that one statement takes any number of them (`sql/rows.rs` writes its parameters).
    ///
    /// `$1` is a JSON list: of objects for `PostgreSQL`, of lists for `SQLite`, which finds a value by its position faster than by
    /// its name. A long text is not in it, because both would read it character by character: the row has where the text starts
    /// in `$2`, counted from 1, and how many bytes it has.
    pub fn rows(self, columns: &[SqlColumn]) -> String {
        match self {
            Self::Sqlite => {
                let value = |(n, SqlColumn { name, column_type }): (usize, &SqlColumn)| match column_type {
                    ColumnType::Text | ColumnType::Integer => format!("value ->> '$[{n}]' AS {name}"),
                    ColumnType::Long => {
                        format!("CAST(substr($2, value ->> '$[{n}][0]', value ->> '$[{n}][1]') AS TEXT) AS {name}")
                    }
                };
                // `jsonb_each` parses the text once; `json_each` would serialise every row and parse it again for
                // every column.
                format!(
                    "(SELECT {} FROM jsonb_each($1))",
                    columns.iter().enumerate().map(value).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Postgres => {
                let (values, types): (Vec<_>, Vec<_>) = columns
                    .iter()
                    .map(|SqlColumn { name, column_type }| match column_type {
                        ColumnType::Text => ((*name).to_owned(), format!("{name} text")),
                        ColumnType::Integer => ((*name).to_owned(), format!("{name} bigint")),
                        ColumnType::Long => (
                            format!(
                                "convert_from(substr(CAST($2 AS bytea), {name}_start, {name}_size), 'UTF8') AS {name}"
                            ),
                            format!("{name}_start integer, {name}_size integer"),
                        ),
                    })
                    .unzip();
                let (values, types) = (values.join(", "), types.join(", "));
                format!("(SELECT {values} FROM json_to_recordset($1::json) AS t({types}))")
            }
        }
    }

    /// A list of strings, passed as a JSON list in parameter `$number`.
    pub fn list(self, number: u8) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each(${number}))"),
            Self::Postgres => format!("(SELECT value FROM json_array_elements_text(${number}::json))"),
        }
    }

    /// Joins a few rows on the left with a table by key. A cross join fixes the order for `SQLite`, which would
    /// otherwise scan a table of some ten thousand rows instead of looking up a few.
    pub const fn by_key(self) -> &'static str {
        match self {
            Self::Sqlite => "CROSS JOIN",
            Self::Postgres => "JOIN",
        }
    }

    /// The rows of a query as one JSON list of lists. For `SQLite` only.
    pub fn gathered(columns: &str, query: &str) -> String {
        format!("SELECT json_group_array(json_array({columns})) FROM ({query})")
    }

    /// Joins statements into as few texts as the engine takes. `SQLite` runs in its own thread, so every text costs a
    /// round trip; `PostgreSQL` takes one statement at a time.
    pub fn joined(self, statements: Vec<Statement>) -> Vec<Statement> {
        if self == Self::Postgres {
            return statements;
        }
        let mut all = Statement { sql: String::new(), parameters: Vec::new(), rows: 0 };
        for Statement { sql, parameters, rows } in statements {
            renumber(&sql, all.parameters.len(), &mut all.sql);
            all.sql += ";\n";
            all.parameters.extend(parameters);
            all.rows += rows;
        }
        vec![all]
    }

    /// The prefix of `INSERT` or `UPDATE`. OR FAIL skips `SQLite`'s statement journal, a copy of every page that the
    /// statement changes; a failure rolls back the whole transaction anyway.
    pub const fn or_fail(self) -> &'static str {
        match self {
            Self::Sqlite => " OR FAIL",
            Self::Postgres => "",
        }
    }

    /// Locks the rows of a query until the transaction ends. `SQLite` has one writer anyway; a reader locks nothing.
    pub const fn lock(self, scope: Scope) -> &'static str {
        match (self, scope) {
            (Self::Sqlite, _) | (_, Scope::Reading) => "",
            (Self::Postgres, _) => " FOR UPDATE",
        }
    }

    /// How a transaction begins.
    pub const fn begin(self, scope: Scope) -> &'static str {
        match (self, scope) {
            (Self::Sqlite, Scope::Reading) => "BEGIN",
            (Self::Sqlite, _) => "BEGIN IMMEDIATE",
            (Self::Postgres, Scope::Reading) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            (Self::Postgres, _) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Waits for a statement, but not for ever: a server that is gone closes no connection. `SQLite` is in this process.
    pub async fn bounded<T>(self, statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        if self == Self::Sqlite {
            return statement.await;
        }
        let gone =
            |_| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database does not answer"));
        tokio::time::timeout(STATEMENT_TIME_MAX, statement).await.map_err(gone)?
    }

    /// A change without effect, so that a commit has to write to the disk. It waits for no lock.
    pub const fn harmless_change(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA user_version = 0",
            Self::Postgres => {
                "UPDATE shards SET clock = clock WHERE shard = (SELECT shard FROM shards LIMIT 1 FOR UPDATE SKIP LOCKED)"
            }
        }
    }

    /// Whether the same transaction may succeed if it is repeated.
    pub fn is_conflict(self, error: &sqlx::Error) -> bool {
        let Some(error) = error.as_database_error() else { return false };
        let code = error.code().unwrap_or_default();
        match self {
            // SQLITE_BUSY and SQLITE_LOCKED with their extended codes; a duplicate key.
            Self::Sqlite => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)) || is_duplicate(error),
            // Serialization failure, deadlock.
            Self::Postgres => matches!(&*code, "40001" | "40P01") || is_duplicate(error),
        }
    }
}

/// Appends a statement; its parameters `$1`, `$2` … are renumbered by `shift`. Any other `$` stays: without a number, or
/// inside a string, such as the JSON path `'$.day'`.
fn renumber(sql: &str, shift: usize, out: &mut String) {
    // Every second part is inside quotes; a doubled quote closes a string and opens it again.
    for (number, part) in sql.split('\'').enumerate() {
        if number > 0 {
            out.push('\'');
        }
        if number % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let mut pieces = part.split('$');
        out.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
            let (digits, rest) = piece.split_at(end);
            out.push('$');
            match digits.parse::<usize>() {
                Ok(parameter) => out.extend([&(shift + parameter).to_string(), rest]),
                Err(_) => out.push_str(piece),
            }
        }
    }
}

fn is_duplicate(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.is_unique_violation()
}

pub type Tx = Transaction<'static, Any>;

/// Runs a statement; returns the number of rows it wrote.
pub async fn execute_with(connection: &mut AnyConnection, sql: &str, parameters: Vec<Parameter>) -> sqlx::Result<u64> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for parameter in parameters {
        query = match parameter {
            Parameter::Text(text) => query.bind(text),
            Parameter::Bytes(bytes) => query.bind(bytes),
        };
    }
    Ok(query.execute(connection).await?.rows_affected())
}

/// Runs a statement whose parameters are strings; returns the number of rows it wrote.
pub async fn execute(connection: &mut AnyConnection, sql: &str, parameters: &[&str]) -> sqlx::Result<u64> {
    let parameters = parameters.iter().map(|text| Parameter::Text((*text).to_owned())).collect();
    execute_with(connection, sql, parameters).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sql: &str, parameters: &[&str]) -> Statement {
        let parameters = parameters.iter().map(|text| Parameter::Text((*text).to_owned())).collect();
        Statement { sql: sql.into(), parameters, rows: 1 }
    }

    #[test]
    fn joined_statements_count_their_parameters_on_and_keep_every_other_dollar_sign() {
        let statements = || {
            vec![
                statement("INSERT INTO a VALUES ($1, $2)", &["one", "two"]),
                statement(
                    "UPDATE b SET c = json_extract(c, '$.x'), d = '$1 isn''t $2' WHERE e$ = $1 AND f = $12",
                    &["x"],
                ),
            ]
        };
        let joined = Dialect::Sqlite.joined(statements());
        let texts: Vec<_> = joined.iter().map(|all| all.sql.as_str()).collect();
        assert_eq!(
            texts,
            ["INSERT INTO a VALUES ($1, $2);\n\
              UPDATE b SET c = json_extract(c, '$.x'), d = '$1 isn''t $2' WHERE e$ = $3 AND f = $14;\n"]
        );
        assert_eq!(joined.first().map(|all| (all.parameters.len(), all.rows)), Some((3, 2)));
        assert_eq!(Dialect::Postgres.joined(statements()).len(), 2, "PostgreSQL takes them one by one");
    }
}
