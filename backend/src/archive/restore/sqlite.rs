//! A file beside the database, which takes its name at the end.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _};
use tokio::runtime::Handle;

use super::{
    Filled,
    aside::{NOT_EMPTY, stamp},
};
use crate::{
    archive::{
        fill::{Keep, fill},
        make::Work,
        manifest::Documents,
        read::Archive,
        sqlite::SqliteTables,
    },
    db::{DatabaseUrl, lock_for_serving},
    private,
};

/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

pub(super) fn restore(
    archive: &Archive,
    path: &Path,
    force: bool,
    keep: Keep<'_>,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<Filled> {
    // No server begins meanwhile.
    let held = here.block_on(lock_for_serving(&DatabaseUrl::Sqlite(path.to_owned())))?;
    let there = path.exists();
    anyhow::ensure!(!there || force || is_empty(path)?, "{}: {NOT_EMPTY}", path.display());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    private::new_folder(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let new = with(path, ".restoring");
    remove(&new)?;
    let filled = fill_new(archive, &new, keep, work);
    if filled.is_err() {
        // Why it failed matters more than whether its traces went.
        drop(remove(&new));
    }
    let documents = filled?;
    let aside = put_aside(path, there)?;
    fs::rename(&new, path).with_context(|| format!("cannot rename {} to {}", new.display(), path.display()))?;
    File::open(folder)?.sync_all()?;
    Ok(Filled { documents, aside, held })
}

/// Makes the file, whole and on the disk.
fn fill_new(archive: &Archive, new: &Path, keep: Keep<'_>, work: &Work<'_>) -> anyhow::Result<Documents> {
    private::file(new).with_context(|| format!("cannot make {}", new.display()))?;
    let mut tables = SqliteTables::create(new, &archive.manifest().migrations)?;
    let documents = fill(archive, &mut tables, keep, work)?;
    tables.upgrade()?;
    File::open(new)?.sync_all()?;
    Ok(documents)
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Takes away what an earlier try left.
fn remove(path: &Path) -> anyhow::Result<()> {
    for file in BESIDE.iter().map(|ending| with(path, ending)).chain([path.to_owned()]) {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Nobody has set it up: there are no tables, or there is no organisation.
fn is_empty(path: &Path) -> anyhow::Result<bool> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let mut conn = connect(path)?;
    let mut count = |text: &str| -> anyhow::Result<i64> {
        let row: Count = diesel::sql_query(text).get_result(&mut conn)?;
        Ok(row.count)
    };
    let table = "SELECT count(*) AS count FROM sqlite_schema WHERE name = 'organizations'";
    Ok(count(table)? == 0 || count("SELECT count(*) AS count FROM organizations")? == 0)
}

fn connect(path: &Path) -> anyhow::Result<SqliteConnection> {
    let name = path.to_str().context("the path is not valid UTF-8")?;
    let mut conn = SqliteConnection::establish(name).with_context(|| format!("cannot open {}", path.display()))?;
    conn.batch_execute("PRAGMA busy_timeout = 10000;")?;
    Ok(conn)
}

/// Gives the database another name, whole: what was committed last may still stand beside it. What stands beside a database
/// that is gone is put aside too, for SQLite would write it into the one that comes.
fn put_aside(path: &Path, there: bool) -> anyhow::Result<Option<String>> {
    if there {
        let mut conn = connect(path)?;
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")
            .with_context(|| format!("cannot close {}", path.display()))?;
    }
    let aside = with(path, &format!(".before-{}", stamp()));
    anyhow::ensure!(!aside.exists(), "{} is there already", aside.display());
    for ending in BESIDE {
        let beside = with(path, ending);
        if beside.exists() {
            fs::rename(&beside, with(&aside, ending))?;
        }
    }
    if !there {
        return Ok(None);
    }
    // A second name, until the new database takes the first one: a server that begins in between finds one of the two, and
    // makes no empty one. Some file systems have no second names.
    if fs::hard_link(path, &aside).is_err() {
        fs::rename(path, &aside).with_context(|| format!("cannot rename {} to {}", path.display(), aside.display()))?;
    }
    Ok(Some(aside.display().to_string()))
}
