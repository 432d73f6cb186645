//! The tables of a SQLite file.

use std::path::Path;

use anyhow::Context as _;
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{DefaultLoadingMode, SimpleConnection as _},
    deserialize,
    row::{Field as _, NamedRow},
    sql_query,
    sql_types::{BigInt, Nullable, Text},
    sqlite::{Sqlite, SqliteType},
};

use super::{
    Tables,
    catalogue::{self, Found},
    list,
    manifest::{Column, Table},
    quoted,
    refusal::Refusal,
    value::{Row, Value},
};
use crate::db::{known_migrations, migrate_sqlite_to};

/// Values that one statement takes at most, below SQLite's own bound.
const VALUES: usize = 8_000;
/// Texts of one statement, roughly; rows with a log in them are large.
const STATEMENT_BYTES: usize = 1024 * 1024;

pub(super) struct SqliteTables {
    conn: SqliteConnection,
}

impl SqliteTables {
    /// A copy of the file as it is at one moment. `VACUUM INTO` reads in one transaction, so those who write go on.
    pub(super) fn snapshot(path: &Path, copy: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(path.is_file(), "there is no database {}", path.display());
        let mut live = open(path)?;
        live.batch_execute("PRAGMA busy_timeout = 60000;")?;
        let target = copy
            .to_str()
            .context("the path is not valid UTF-8")?
            .replace('\'', "''");
        live.batch_execute(&format!("VACUUM INTO '{target}';"))
            .with_context(|| format!("cannot copy {}", path.display()))?;
        drop(live);
        let mut conn = open(copy)?;
        conn.batch_execute("PRAGMA query_only = ON;")?;
        Ok(Self { conn })
    }

    /// A new file with empty tables. It is not safe from a loss of power until somebody syncs it.
    pub(super) fn create(path: &Path, migrations: &[String]) -> anyhow::Result<Self> {
        let mut conn = open(path)?;
        conn.batch_execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")?;
        migrate_sqlite_to(&mut conn, migrations)?;
        Ok(Self { conn })
    }

    /// Applies the migrations of this program that are missing.
    pub(super) fn upgrade(mut self) -> anyhow::Result<()> {
        migrate_sqlite_to(&mut self.conn, &known_migrations()?)?;
        Ok(())
    }

    fn insert(&mut self, table: &Table, rows: Vec<Row>) -> anyhow::Result<()> {
        let place = format!("({})", vec!["?"; table.columns.len()].join(", "));
        let text = format!(
            "INSERT INTO {} ({}) VALUES {}",
            quoted(&table.name),
            list(table.column_names()),
            vec![place.as_str(); rows.len()].join(", ")
        );
        let mut insert = sql_query(text).into_boxed::<Sqlite>();
        for value in rows.into_iter().flatten() {
            insert = match value {
                Value::Null => insert.bind::<Nullable<Text>, _>(None::<String>),
                Value::Integer(number) => insert.bind::<BigInt, _>(number),
                Value::Text(text) => insert.bind::<Text, _>(text),
            };
        }
        insert
            .execute(&mut self.conn)
            .with_context(|| format!("cannot fill the table {}", table.name))?;
        Ok(())
    }
}

fn open(path: &Path) -> anyhow::Result<SqliteConnection> {
    let name = path.to_str().context("the path is not valid UTF-8")?;
    SqliteConnection::establish(name).with_context(|| format!("cannot open {}", path.display()))
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Described {
    #[diesel(sql_type = Text)]
    name: String,
    /// Its place in the primary key, from 1.
    #[diesel(sql_type = BigInt)]
    pk: i64,
}

/// A row whose columns are known only when it is read.
struct Values(Row);

impl QueryableByName<Sqlite> for Values {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for place in 0..row.field_count() {
            let field = diesel::row::Row::get(row, place).ok_or("a row is too short")?;
            values.push(match field.value() {
                None => Value::Null,
                Some(mut value) => match value.value_type() {
                    None => Value::Null,
                    Some(SqliteType::Text) => Value::Text(value.read_text().to_owned()),
                    Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                        Value::Integer(value.read_long())
                    }
                    Some(other) => return Err(format!("backups have no form for values like {other:?}").into()),
                },
            });
        }
        Ok(Self(values))
    }
}

impl Tables for SqliteTables {
    fn catalogue(&mut self) -> anyhow::Result<Vec<Found>> {
        let text = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
        let names: Vec<Name> = sql_query(text).load(&mut self.conn)?;
        let mut tables = Vec::with_capacity(names.len());
        for Name { name } in names {
            let columns: Vec<Described> = sql_query("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid")
                .bind::<Text, _>(&name)
                .load(&mut self.conn)?;
            let others: Vec<Name> = sql_query("SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_list(?)")
                .bind::<Text, _>(&name)
                .load(&mut self.conn)?;
            let mut key: Vec<&Described> = columns.iter().filter(|column| column.pk > 0).collect();
            key.sort_unstable_by_key(|column| column.pk);
            tables.push(Found {
                key: key.into_iter().map(|column| column.name.clone()).collect(),
                columns: columns
                    .into_iter()
                    .map(|column| Column {
                        name: column.name,
                        json: false,
                    })
                    .collect(),
                refers_to: others.into_iter().map(|other| other.name).collect(),
                name,
            });
        }
        Ok(tables)
    }

    fn migrations(&mut self) -> anyhow::Result<Vec<String>> {
        let found: Vec<Name> = sql_query("SELECT version AS name FROM __diesel_schema_migrations ORDER BY version")
            .load(&mut self.conn)
            .context("the database has no tables of Esteira")?;
        Ok(found.into_iter().map(|row| row.name).collect())
    }

    fn rows(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let condition = catalogue::condition(&table.name).map(|text| format!(" WHERE {text}"));
        let text = format!(
            "SELECT {} FROM {}{} ORDER BY {}",
            list(table.column_names()),
            quoted(&table.name),
            condition.unwrap_or_default(),
            list(table.key.iter().map(String::as_str))
        );
        let rows = sql_query(text)
            .load_iter::<Values, DefaultLoadingMode>(&mut self.conn)
            .with_context(|| format!("cannot read the table {}", table.name))?;
        for row in rows {
            let Values(row) = row.with_context(|| format!("cannot read the table {}", table.name))?;
            each(row)?;
        }
        Ok(())
    }

    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> anyhow::Result<Option<Row>>) -> anyhow::Result<()> {
        let most = (VALUES / table.columns.len().max(1)).max(1);
        self.conn.batch_execute("BEGIN IMMEDIATE")?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = next()? {
            bytes += row.iter().map(size).sum::<usize>();
            rows.push(row);
            if rows.len() >= most || bytes >= STATEMENT_BYTES {
                self.insert(table, std::mem::take(&mut rows))?;
                bytes = 0;
            }
        }
        if !rows.is_empty() {
            self.insert(table, rows)?;
        }
        self.conn.batch_execute("COMMIT")?;
        Ok(())
    }

    fn check(&mut self) -> anyhow::Result<()> {
        let said: Vec<Name> =
            sql_query("SELECT integrity_check AS name FROM pragma_integrity_check").load(&mut self.conn)?;
        let faults: Vec<String> = said
            .into_iter()
            .map(|row| row.name)
            .filter(|text| text != "ok")
            .collect();
        if let Some(fault) = faults.into_iter().next() {
            return Err(Refusal::Unsound(fault).into());
        }
        let lost: Vec<Name> =
            sql_query("SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_check").load(&mut self.conn)?;
        match lost.into_iter().next() {
            Some(Name { name }) => {
                Err(Refusal::Unsound(format!("a row of {name} refers to one that is not there")).into())
            }
            None => Ok(()),
        }
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Null | Value::Integer(_) => 8,
    }
}
