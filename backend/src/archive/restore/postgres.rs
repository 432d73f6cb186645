//! A schema of its own, from which one transaction moves the tables to where the program looks.

use anyhow::Context as _;
use tokio::runtime::Handle;
use tokio_postgres::Client;

use super::{
    Filled,
    aside::{NOT_EMPTY, stamp},
};
use crate::archive::{
    catalogue::STAYS,
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
) -> anyhow::Result<Filled> {
    let client = connect(url, here)?;
    let Some(live) = one::<Option<String>>(&client, "SELECT current_schema()::text", here)? else {
        anyhow::bail!("the address leads to no schema: the search_path names none that is there");
    };
    let there = names(&client, TABLES, &live, here)?;
    refuse_used(&client, &live, &there, here)?;
    let ours = is_ours(&there);
    let taken = there.iter().find(|table| is_known(archive, table));
    let empty = if ours {
        // Nobody has set it up.
        let organizations = format!("SELECT NOT EXISTS (SELECT FROM {}.organizations)", quoted(&live));
        one::<bool>(&client, &organizations, here)?
    } else {
        taken.is_none()
    };
    match taken.filter(|_| !empty && !force) {
        Some(_) if ours => anyhow::bail!("the schema {live}: {NOT_EMPTY}"),
        Some(table) => anyhow::bail!(
            "the schema {live} has a table {table}, but is no database of Esteira; \
             use a schema of its own, or --force, which puts it aside"
        ),
        None => {}
    }
    // What an earlier try left.
    let new = name(&format!("esteira_restoring_{live}"));
    drop_schema(url, &new, here)?;
    let aside = name(&format!("esteira_before_{}_{live}", stamp()));
    let placed = fill_new(archive, url, &new, keep, here, work).and_then(|(tables, documents)| {
        // Filling takes its time: somebody may have started a server.
        let there = names(tables.client(), TABLES, &live, here)?;
        refuse_used(tables.client(), &live, &there, here)?;
        let moved = swap(tables.client(), &live, &new, &aside, here)?;
        Ok((documents, moved))
    });
    if placed.is_err() {
        // Why it failed matters more than whether its traces went.
        drop(drop_schema(url, &new, here));
    }
    let (documents, moved) = placed?;
    // Only what is surely ours and empty is removed.
    let aside = if empty && (ours || moved == 0) {
        drop_schema(url, &aside, here)?;
        None
    } else {
        Some(format!("the schema {aside}"))
    };
    Ok(Filled {
        documents,
        aside,
        held: None,
    })
}

/// Makes the schema, whole and up to date.
fn fill_new(
    archive: &Archive,
    url: &str,
    new: &str,
    keep: Keep<'_>,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<(PostgresTables, Documents)> {
    let mut tables = PostgresTables::create(url, new, &archive.manifest().migrations, here)?;
    let documents = fill(archive, &mut tables, keep, work)?;
    tables.upgrade(new)?;
    Ok((tables, documents))
}

/// Whether tables are those of an Esteira, set up or not.
fn is_ours(there: &[String]) -> bool {
    ["__diesel_schema_migrations", "organizations"]
        .iter()
        .all(|ours| there.iter().any(|table| table == ours))
}

/// Whether a restore brings a table of this name.
fn is_known(archive: &Archive, table: &str) -> bool {
    STAYS.contains(&table) || archive.manifest().tables.iter().any(|known| known.name == table)
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

/// A worker that was heard of within the last minute would go on with tables that are no longer those it knows.
fn refuse_used(client: &Client, live: &str, there: &[String], here: &Handle) -> anyhow::Result<()> {
    if !is_ours(there) || !there.iter().any(|table| table == "workers") {
        return Ok(());
    }
    let text = format!(
        "SELECT count(*) FROM {}.workers WHERE heartbeat_at > now() - interval '60 seconds'",
        quoted(live)
    );
    let alive: i64 = one(client, &text, here)?;
    anyhow::ensure!(
        alive == 0,
        "servers or workers use this database ({alive} were heard of within a minute); stop them first"
    );
    Ok(())
}

/// Moves what has the same names out of the live schema, and the new tables into it. All of it becomes true, or nothing.
/// Says how many tables it put aside.
fn swap(client: &Client, live: &str, new: &str, aside: &str, here: &Handle) -> anyhow::Result<usize> {
    let tables = names(client, TABLES, new, here)?;
    let functions = names(client, FUNCTIONS, new, here)?;
    let old_tables = names(client, TABLES, live, here)?;
    let old_functions = names(client, FUNCTIONS, live, here)?;
    let (from, to) = (quoted(live), quoted(aside));
    let mut script = format!("BEGIN; CREATE SCHEMA {to};");
    let same: Vec<&String> = old_tables.iter().filter(|name| tables.contains(name)).collect();
    for name in &same {
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
    swapped.context("cannot put the restored tables in their place")?;
    Ok(same.len())
}
