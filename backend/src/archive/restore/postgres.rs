//! A schema of its own, from which one transaction moves the tables to where the program looks.

use anyhow::Context as _;
use tokio::runtime::Handle;
use tokio_postgres::Client;

use super::aside::{NOT_EMPTY, stamp};
use crate::archive::{
    fill::{Keep, fill},
    make::Work,
    manifest::Documents,
    postgres::{PostgresTables, TABLES, connect, names},
    prove::drop_schema,
    quoted,
    read::Archive,
};

/// Functions of a schema as `ALTER FUNCTION` names them.
const FUNCTIONS: &str = "SELECT quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' \
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND p.prokind = 'f' ORDER BY 1";

pub(super) fn restore(
    archive: &Archive,
    url: &str,
    force: bool,
    keep: Keep<'_>,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<(Documents, Option<String>)> {
    let client = connect(url, here)?;
    let Some(live) = one::<Option<String>>(&client, "SELECT current_schema()::text", here)? else {
        anyhow::bail!("the address leads to no schema: the search_path names none that is there");
    };
    let there = names(&client, TABLES, &live, here)?;
    refuse_used(&client, &there, here)?;
    let empty = is_empty(&client, &there, here)?;
    anyhow::ensure!(empty || force, "the schema {live}: {NOT_EMPTY}");
    // What an earlier try left.
    let new = name(&format!("esteira_restoring_{live}"));
    drop_schema(url, &new, here)?;
    let mut tables = PostgresTables::create(url, &new, &archive.manifest().migrations, here)?;
    let filled = fill(archive, &mut tables, keep, work);
    let documents = match filled {
        Ok(documents) => documents,
        Err(error) => {
            drop(tables);
            // Why it failed matters more than whether its traces went.
            drop(drop_schema(url, &new, here));
            return Err(error);
        }
    };
    tables.upgrade(&new)?;
    let aside = name(&format!("esteira_before_{}_{live}", stamp()));
    swap(tables.client(), &live, &new, &aside, here)?;
    if empty {
        drop_schema(url, &aside, here)?;
        return Ok((documents, None));
    }
    Ok((documents, Some(format!("the schema {aside}"))))
}

/// As long as PostgreSQL keeps names.
fn name(text: &str) -> String {
    text.chars().take(63).collect()
}

fn one<T>(client: &Client, sql: &str, here: &Handle) -> anyhow::Result<T>
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    Ok(here.block_on(client.query_one(sql, &[]))?.try_get(0)?)
}

fn is_empty(client: &Client, there: &[String], here: &Handle) -> anyhow::Result<bool> {
    if !there.iter().any(|table| table == "organizations") {
        return Ok(true);
    }
    one(client, "SELECT NOT EXISTS (SELECT FROM organizations)", here)
}

/// A worker that was heard of within the last minute would go on with tables that are no longer those it knows.
fn refuse_used(client: &Client, there: &[String], here: &Handle) -> anyhow::Result<()> {
    if !there.iter().any(|table| table == "workers") {
        return Ok(());
    }
    let text = "SELECT count(*) FROM workers WHERE heartbeat_at > now() - interval '60 seconds'";
    let alive: i64 = one(client, text, here)?;
    anyhow::ensure!(
        alive == 0,
        "servers or workers use this database ({alive} were heard of within a minute); stop them first"
    );
    Ok(())
}

/// Moves what has the same names out of the live schema, and the new tables into it. All of it becomes true, or nothing.
fn swap(client: &Client, live: &str, new: &str, aside: &str, here: &Handle) -> anyhow::Result<()> {
    let tables = names(client, TABLES, new, here)?;
    let functions = names(client, FUNCTIONS, new, here)?;
    let old_tables = names(client, TABLES, live, here)?;
    let old_functions = names(client, FUNCTIONS, live, here)?;
    let (from, to) = (quoted(live), quoted(aside));
    let mut script = format!("BEGIN; CREATE SCHEMA {to};");
    for name in old_tables.iter().filter(|name| tables.contains(name)) {
        script.push_str(&format!("ALTER TABLE {from}.{} SET SCHEMA {to};", quoted(name)));
    }
    for name in old_functions.iter().filter(|name| functions.contains(name)) {
        script.push_str(&format!("ALTER FUNCTION {from}.{name} SET SCHEMA {to};"));
    }
    let (from, to) = (quoted(new), quoted(live));
    for name in &tables {
        script.push_str(&format!("ALTER TABLE {from}.{} SET SCHEMA {to};", quoted(name)));
    }
    for name in &functions {
        script.push_str(&format!("ALTER FUNCTION {from}.{name} SET SCHEMA {to};"));
    }
    script.push_str(&format!("DROP SCHEMA {from}; COMMIT;"));
    let swapped = here.block_on(client.batch_execute(&script));
    if swapped.is_err() {
        drop(here.block_on(client.batch_execute("ROLLBACK")));
    }
    swapped.context("cannot put the restored tables in their place")
}
