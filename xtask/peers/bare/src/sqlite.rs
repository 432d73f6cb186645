//! SQLite, read in place: the reads are short, so a hop to another thread would only cost.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Params, Row, params};
use serde::Serialize;

use crate::{Failure, answers::*, sql};

/// Everything of its own type is a text, in the form that travels.
#[derive(Serialize)]
pub struct Sqlite;

impl Kind for Sqlite {
    type Id = String;
    type At = String;
    type Day = String;
}

/// As many connections as ever read at once.
pub struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
        }
    }

    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.open()?,
        };
        let result = work(&conn);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        result
    }

    fn open(&self) -> Result<Connection, Failure> {
        let conn = Connection::open_with_flags(
            &self.path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        conn.execute_batch("PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 10000;")?;
        conn.set_prepared_statement_cache_capacity(32);
        Ok(conn)
    }
}

fn all<T>(
    conn: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(values, read)?;
    rows.collect()
}

fn one<T>(
    conn: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    conn.prepare_cached(sql)?.query_row(values, read)
}

macro_rules! readers {
    ($($name:ident -> $made:ty;)+) => {$(
        pub fn $name(row: &Row<'_>) -> rusqlite::Result<$made> {
            Ok(rows!(row.get, $name))
        }
    )+};
}

/// One function for each kind of row.
mod row {
    use rusqlite::Row;

    use super::Sqlite;
    use crate::{
        answers::*,
        columns::{read, rows},
    };

    readers! {
        process -> Process<Sqlite>;
        user -> User<Sqlite>;
        organization -> Organization<Sqlite>;
        cell -> Placed<Sqlite>;
        count -> Count;
        operator -> Operator<Sqlite>;
        step -> Step<Sqlite>;
        document -> Document<Sqlite>;
        place -> Place<Sqlite>;
    }
}

struct Caller {
    organization: String,
    user: String,
    role: String,
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn caller(conn: &Connection, token: &str) -> Result<Caller, Failure> {
    let read = |row: &Row<'_>| {
        Ok(Caller {
            organization: row.get(0)?,
            user: row.get(1)?,
            role: row.get(2)?,
        })
    };
    let found = one(conn, sql::SESSION, params![token, moment(Utc::now())], read).optional()?;
    found.ok_or(Failure::Unauthenticated)
}

pub fn session(conn: &Connection, token: &str) -> Result<Session<Sqlite>, Failure> {
    let caller = caller(conn, token)?;
    let read = |row: &Row<'_>| Ok((row::user(row)?, row::organization(row)?));
    let values = params![caller.organization, caller.user];
    let (user, organization) = one(conn, sql::WHOLE_SESSION, values, read)?;
    Ok(Session {
        user,
        organization,
        permissions: permissions(&caller.role),
    })
}

pub fn processes(conn: &Connection, token: &str, limit: i64) -> Result<Page<Sqlite>, Failure> {
    let own = caller(conn, token)?.organization;
    let rows = all(conn, sql::PROCESSES, params![own, limit + 1], row::process)?;
    let counted = one(conn, sql::COUNT, params![own, TOTAL_CAP + 1], |row| row.get(0))?;
    Ok(Page::of(rows, limit, counted))
}

pub fn month(conn: &Connection, token: &str, month: String) -> Result<Month<Sqlite>, Failure> {
    let own = caller(conn, token)?.organization;
    let days: i64 = one(conn, sql::LATE_AFTER, params![own], |row| row.get(0))?;
    let late_before = moment(Utc::now() - TimeDelta::days(days));
    let cells = all(conn, sql::CELLS, params![own, month, CELLS], row::cell)?;
    let late = one(conn, sql::LATE, params![own, month, late_before], |row| row.get(0))?;
    let counts = all(conn, sql::COUNTS, params![own, month], row::count)?;
    let operators = all(conn, sql::OPERATORS, params![own], row::operator)?;
    let unopened_accounts = one(conn, sql::UNOPENED, params![own, month], |row| row.get(0))?;
    Ok(Month {
        month,
        counts,
        late,
        operators: shown(operators, &cells),
        truncated: i64::try_from(cells.len()).unwrap_or(CELLS) >= CELLS,
        rows: matrix(cells, &late_before),
        unopened_accounts,
    })
}

pub fn process(conn: &Connection, token: &str, id: &str) -> Result<Detail<Sqlite>, Failure> {
    let own = caller(conn, token)?.organization;
    let found = one(conn, sql::PROCESS, params![own, id], row::process).optional()?;
    let process = found.ok_or(Failure::NotFound)?;
    let moves = all(conn, sql::MOVES, params![id], row::step)?;
    let documents = all(conn, sql::DOCUMENTS, params![id], row::document)?;
    let since = later(&process.mes_ano, -3);
    let values = params![own, process.client_id, process.operator_id, since, process.mes_ano];
    let earlier: Vec<(String, Option<Money>)> = all(conn, sql::EARLIER, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let places = match &process.fatura_sha256 {
        Some(hash) => all(conn, sql::PLACES, params![own, hash], row::place)?,
        None => Vec::new(),
    };
    let job: Option<String> = one(conn, sql::LAST_JOB, params![own, id], |row| row.get(0)).optional()?;
    let runs: Vec<String> = all(conn, sql::EXECUTIONS, params![id], |row| row.get(0))?;
    if job.is_some() || !runs.is_empty() {
        return Err(Failure::NotMade);
    }
    let robot_available = one(conn, sql::ROBOT, params![own, process.operator_id], |row| row.get(0))?;
    Ok(Detail {
        allowed: allowed(&process.status),
        moves,
        documents,
        review: Review::of(&earlier, places, &process),
        last_job: None,
        executions: [],
        robot_available,
        run_waiting: None,
        run_waiting_cause: None,
        run_waiting_cause_coded: None,
        resumable: [],
        process,
    })
}
