//! Filling empty tables from an archive, and comparing what is in them afterwards.

use std::{collections::BTreeSet, io::Read};

use super::{
    LOOK_EVERY, Tables,
    catalogue::Found,
    make::Work,
    manifest::{Documents, Table},
    read::{Archive, Reader},
    refusal::Refusal,
    value::{Digest, Row, Sum},
};

/// What is done with the bytes of a document. They are to be read to their end.
pub(super) type Keep<'a> = &'a mut dyn FnMut(&str, &mut dyn Read) -> anyhow::Result<()>;

/// Fills tables that the archive's own migrations made, then reads every row again.
///
/// # Errors
/// A [`Refusal`] that says what is not as it was.
pub(super) fn fill(
    archive: &Archive,
    tables: &mut dyn Tables,
    keep: Keep<'_>,
    work: &Work<'_>,
) -> anyhow::Result<Documents> {
    let there = tables.catalogue()?;
    let mut filling = Filling {
        expected: Vec::new(),
        there: &there,
        tables,
        keep,
        work,
    };
    let documents = archive.read(&mut filling)?;
    let Filling { expected, tables, .. } = filling;
    tables.check()?;
    for (table, json, expected) in expected {
        work.look()?;
        let found = sum(tables, &table, json, work)?;
        if found.rows != expected.rows {
            return Err(Refusal::RowsDiffer {
                table: table.name,
                expected: expected.rows,
                found: found.rows,
            }
            .into());
        }
        if found != expected {
            return Err(Refusal::ContentsDiffer(table.name).into());
        }
    }
    Ok(documents)
}

fn sum(tables: &mut dyn Tables, table: &Table, json: Vec<bool>, work: &Work<'_>) -> anyhow::Result<Sum> {
    let mut digest = Digest::new(json);
    let mut rows = 0_u64;
    tables.rows(table, &mut |row: Row| {
        rows += 1;
        if rows.is_multiple_of(LOOK_EVERY) {
            work.look()?;
        }
        digest.add(&row)
    })?;
    Ok(digest.finish())
}

struct Filling<'a> {
    /// Of each table which columns hold JSON, and what its rows are.
    expected: Vec<(Table, Vec<bool>, Sum)>,
    there: &'a [Found],
    tables: &'a mut dyn Tables,
    keep: Keep<'a>,
    work: &'a Work<'a>,
}

impl Reader for Filling<'_> {
    fn table(&mut self, table: &Table, next: &mut dyn FnMut() -> anyhow::Result<Option<Row>>) -> anyhow::Result<()> {
        let json = fitting(table, self.there)?;
        let mut digest = Digest::new(json.clone());
        let mut rows = 0_u64;
        self.tables.fill(table, &mut || {
            rows += 1;
            if rows.is_multiple_of(LOOK_EVERY) {
                self.work.look()?;
            }
            let row = next()?;
            if let Some(row) = &row {
                digest.add(row)?;
            }
            Ok(row)
        })?;
        self.expected.push((table.clone(), json, digest.finish()));
        Ok(())
    }

    fn document(&mut self, key: &str, bytes: &mut dyn Read) -> anyhow::Result<()> {
        self.work.look()?;
        (self.keep)(key, bytes)
    }
}

/// Which of a table's columns hold JSON, here or where it comes from.
fn fitting(table: &Table, there: &[Found]) -> anyhow::Result<Vec<bool>> {
    let Some(found) = there.iter().find(|found| found.name == table.name) else {
        return Err(Refusal::OtherTables(format!("there is no table {}", table.name)).into());
    };
    let here: BTreeSet<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
    let wanted: BTreeSet<&str> = table.column_names().collect();
    if let Some(column) = here.symmetric_difference(&wanted).next() {
        return Err(Refusal::OtherTables(format!("{}.{column} is only on one side", table.name)).into());
    }
    let is_json = |name: &str| found.columns.iter().any(|column| column.name == name && column.json);
    let json = table.json().into_iter().zip(table.column_names());
    Ok(json.map(|(there, name)| there || is_json(name)).collect())
}
