//! The tables of a schema of PostgreSQL.

use std::{collections::HashMap, pin::pin};

use anyhow::Context as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use diesel_async::AsyncPgConnection;
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio::runtime::Handle;
use tokio_postgres::{Client, types::ToSql};

use super::{
    Tables,
    catalogue::{self, Found},
    list,
    manifest::{Column, Table},
    quoted,
    value::{Row, Value},
};
use crate::db::{connect_postgres, known_migrations, migrate_postgres_to};

/// What is sent at once.
const CHUNK_BYTES: usize = 128 * 1024;

pub(super) struct PostgresTables {
    here: Handle,
    url: String,
    client: Client,
    /// How each column of each table is written, once they were looked at.
    forms: HashMap<(String, String), Form>,
}

/// How a type of PostgreSQL is written in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Id,
    Instant,
    Day,
    Json,
    Number,
    Truth,
}

impl Form {
    fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "text" => Self::Text,
            "uuid" => Self::Id,
            "timestamp with time zone" => Self::Instant,
            "date" => Self::Day,
            "jsonb" => Self::Json,
            "bigint" | "integer" | "smallint" => Self::Number,
            "boolean" => Self::Truth,
            _ => return None,
        })
    }

    /// The SQL that writes a column so. With the table's name before it, for in `ORDER BY` a bare name would be the text.
    fn written(self, column: &str) -> String {
        let column = format!("t.{}", quoted(column));
        match self {
            Self::Text => column,
            Self::Id | Self::Json => format!("{column}::text"),
            Self::Instant => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
            Self::Day => format!("to_char({column}, 'YYYY-MM-DD')"),
            Self::Number => format!("{column}::bigint"),
            Self::Truth => format!("{column}::int::bigint"),
        }
    }

    /// The SQL that orders by a column as SQLite does: texts by their bytes.
    fn ordered(self, column: &str) -> String {
        let column = format!("t.{}", quoted(column));
        match self {
            Self::Text => format!("{column} COLLATE \"C\""),
            _ => column,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Truth)
    }
}

impl PostgresTables {
    /// The rows as they are at one moment; nobody waits for this transaction.
    pub(super) fn snapshot(url: &str, here: &Handle) -> anyhow::Result<Self> {
        let client = connect(url, here)?;
        here.block_on(client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))?;
        Ok(Self::on(url, client, here))
    }

    /// A new schema with empty tables.
    pub(super) fn create(url: &str, schema: &str, migrations: &[String], here: &Handle) -> anyhow::Result<Self> {
        let client = connect(url, here)?;
        here.block_on(client.batch_execute(&format!("CREATE SCHEMA {}", quoted(schema))))
            .context("cannot make a schema to restore into")?;
        enter(&client, schema, here)?;
        let tables = Self::on(url, client, here);
        tables.migrate(schema, migrations)?;
        Ok(tables)
    }

    /// Applies the migrations of this program that are missing, and tells the planner about the rows.
    pub(super) fn upgrade(&self, schema: &str) -> anyhow::Result<()> {
        self.migrate(schema, &known_migrations()?)?;
        for table in names(&self.client, TABLES, schema, &self.here)? {
            let analyze = format!("ANALYZE {}", quoted(&table));
            self.here.block_on(self.client.batch_execute(&analyze))?;
        }
        Ok(())
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    fn migrate(&self, schema: &str, migrations: &[String]) -> anyhow::Result<()> {
        let client = connect(&self.url, &self.here)?;
        enter(&client, schema, &self.here)?;
        let conn = self.here.block_on(AsyncPgConnection::try_from(client))?;
        Ok(migrate_postgres_to(conn, migrations)?)
    }

    fn on(url: &str, client: Client, here: &Handle) -> Self {
        Self {
            here: here.clone(),
            url: url.to_owned(),
            client,
            forms: HashMap::new(),
        }
    }

    fn form(&self, table: &str, column: &str) -> anyhow::Result<Form> {
        let known = self.forms.get(&(table.to_owned(), column.to_owned()));
        known
            .copied()
            .with_context(|| format!("backups have no form for the type of {table}.{column}"))
    }

    /// Pairs of names: a table and what belongs to it.
    fn pairs(&self, sql: &str) -> anyhow::Result<Vec<(String, String)>> {
        let rows = self.here.block_on(self.client.query(sql, &[]))?;
        rows.iter()
            .map(|row| Ok((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?)))
            .collect()
    }
}

/// A connection without our limits on statements, which a large table would not keep.
pub(super) fn connect(url: &str, here: &Handle) -> anyhow::Result<Client> {
    let (client, driver) = here.block_on(connect_postgres(url))?;
    here.spawn(async move {
        if let Err(error) = driver.await {
            tracing::warn!(error = %error, "connection to PostgreSQL ended");
        }
    });
    here.block_on(client.batch_execute(
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '60s'",
    ))?;
    Ok(client)
}

/// Names of the tables of a schema.
pub(super) const TABLES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY tablename";

/// One column of names, of one schema.
pub(super) fn names(client: &Client, sql: &str, schema: &str, here: &Handle) -> anyhow::Result<Vec<String>> {
    let rows = here.block_on(client.query(sql, &[&schema]))?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn enter(client: &Client, schema: &str, here: &Handle) -> anyhow::Result<()> {
    here.block_on(client.batch_execute(&format!("SET search_path TO {}", quoted(schema))))?;
    Ok(())
}

const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY c.relname, a.attnum";
const KEYS: &str = "SELECT c.relname::text, a.attname::text \
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number \
    WHERE n.nspname = current_schema() AND i.indisprimary ORDER BY c.relname, k.place";
const REFERENCES: &str = "SELECT DISTINCT c.relname::text, other.relname::text \
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class other ON other.oid = f.confrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND f.contype = 'f'";

impl Tables for PostgresTables {
    fn catalogue(&mut self) -> anyhow::Result<Vec<Found>> {
        let mut tables: Vec<Found> = Vec::new();
        let columns = self.here.block_on(self.client.query(COLUMNS, &[]))?;
        for row in columns {
            let (table, name, type_name): (String, String, String) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let form = Form::of(&type_name);
            let column = Column {
                name: name.clone(),
                json: form == Some(Form::Json),
            };
            match tables.last_mut() {
                Some(last) if last.name == table => last.columns.push(column),
                _ => tables.push(Found {
                    name: table.clone(),
                    columns: vec![column],
                    key: Vec::new(),
                    refers_to: Vec::new(),
                }),
            }
            if let Some(form) = form {
                self.forms.insert((table, name), form);
            }
        }
        for (table, column) in self.pairs(KEYS)? {
            if let Some(found) = tables.iter_mut().find(|found| found.name == table) {
                found.key.push(column);
            }
        }
        for (table, other) in self.pairs(REFERENCES)? {
            if let Some(found) = tables.iter_mut().find(|found| found.name == table) {
                found.refers_to.push(other);
            }
        }
        Ok(tables)
    }

    fn migrations(&mut self) -> anyhow::Result<Vec<String>> {
        let text = "SELECT version::text FROM __diesel_schema_migrations ORDER BY version";
        let rows = self
            .here
            .block_on(self.client.query(text, &[]))
            .context("the database has no tables of Esteira")?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    fn rows(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let mut forms = Vec::with_capacity(table.columns.len());
        for column in table.column_names() {
            forms.push(self.form(&table.name, column)?);
        }
        let written: Vec<String> = table
            .column_names()
            .zip(&forms)
            .map(|(column, form)| form.written(column))
            .collect();
        let mut order = Vec::with_capacity(table.key.len());
        for column in &table.key {
            order.push(self.form(&table.name, column)?.ordered(column));
        }
        let condition = catalogue::condition(&table.name).map(|text| format!(" WHERE {text}"));
        let text = format!(
            "SELECT {} FROM {} AS t{} ORDER BY {}",
            written.join(", "),
            quoted(&table.name),
            condition.unwrap_or_default(),
            order.join(", ")
        );
        let nothing: [&(dyn ToSql + Sync); 0] = [];
        let rows = self
            .here
            .block_on(self.client.query_raw(text.as_str(), nothing))
            .with_context(|| format!("cannot read the table {}", table.name))?;
        let mut rows = pin!(rows);
        while let Some(row) = self
            .here
            .block_on(rows.try_next())
            .with_context(|| format!("cannot read the table {}", table.name))?
        {
            let mut values = Vec::with_capacity(forms.len());
            for (place, form) in forms.iter().enumerate() {
                values.push(if form.is_number() {
                    row.try_get::<_, Option<i64>>(place)?
                        .map_or(Value::Null, Value::Integer)
                } else {
                    row.try_get::<_, Option<String>>(place)?
                        .map_or(Value::Null, Value::Text)
                });
            }
            each(values)?;
        }
        Ok(())
    }

    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> anyhow::Result<Option<Row>>) -> anyhow::Result<()> {
        let failed = || format!("cannot fill the table {}", table.name);
        let text = format!(
            "COPY {} ({}) FROM STDIN",
            quoted(&table.name),
            list(table.column_names())
        );
        let sink = self
            .here
            .block_on(self.client.copy_in::<_, Bytes>(text.as_str()))
            .with_context(failed)?;
        let mut sink = pin!(sink);
        let mut buffer = BytesMut::new();
        while let Some(row) = next()? {
            write_row(&row, &mut buffer);
            if buffer.len() >= CHUNK_BYTES {
                self.here
                    .block_on(sink.send(buffer.split().freeze()))
                    .with_context(failed)?;
            }
        }
        self.here.block_on(sink.send(buffer.freeze())).with_context(failed)?;
        self.here.block_on(sink.as_mut().finish()).with_context(failed)?;
        Ok(())
    }

    /// References and conditions were checked when the rows came in.
    fn check(&mut self) -> anyhow::Result<()> {
        Ok(())
    }
}

/// A row as `COPY` reads it in its text format.
fn write_row(row: &[Value], out: &mut BytesMut) {
    for (place, value) in row.iter().enumerate() {
        if place > 0 {
            out.put_u8(b'\t');
        }
        match value {
            Value::Null => out.put_slice(b"\\N"),
            Value::Integer(number) => out.put_slice(number.to_string().as_bytes()),
            Value::Text(text) => write_text(text, out),
        }
    }
    out.put_u8(b'\n');
}

fn write_text(text: &str, out: &mut BytesMut) {
    let mut rest = text.as_bytes();
    while let Some(place) = rest
        .iter()
        .position(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r'))
    {
        let (before, from) = rest.split_at(place);
        out.put_slice(before);
        out.put_slice(match from.first() {
            Some(b'\t') => b"\\t",
            Some(b'\n') => b"\\n",
            Some(b'\r') => b"\\r",
            _ => b"\\\\",
        });
        rest = from.get(1..).unwrap_or_default();
    }
    out.put_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_reads_every_text_as_it_was() {
        let mut out = BytesMut::new();
        let text = |text: &str| Value::Text(text.to_owned());
        write_row(
            &[
                text("a\tb\nc\rd\\e"),
                Value::Null,
                text("\\N"),
                text(""),
                Value::Integer(-7),
            ],
            &mut out,
        );
        assert_eq!(&out[..], b"a\\tb\\nc\\rd\\\\e\t\\N\t\\\\N\t\t-7\n");
    }
}
