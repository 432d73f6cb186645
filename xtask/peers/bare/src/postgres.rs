//! PostgreSQL through a pool, with prepared statements.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use serde::Serialize;
use tokio_postgres::{NoTls, Row, types::ToSql};
use uuid::Uuid;

use crate::{Failure, answers::*, sql};

/// Connections; wrk has as many.
const POOL: usize = 16;

#[derive(Serialize)]
pub struct Postgres;

impl Kind for Postgres {
    type Id = Uuid;
    type At = DateTime<Utc>;
    type Day = NaiveDate;
}

pub fn pool(url: &str) -> Result<Pool, Box<dyn std::error::Error + Send + Sync>> {
    let config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(url.parse()?, NoTls, config);
    Ok(Pool::builder(manager).max_size(POOL).build()?)
}

type Values<'a> = &'a [&'a (dyn ToSql + Sync)];
type Read<T> = fn(&Row) -> Result<T, tokio_postgres::Error>;

async fn all<T>(
    client: &Client,
    sql: &str,
    values: Values<'_>,
    read: Read<T>,
) -> Result<Vec<T>, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    client.query(&statement, values).await?.iter().map(read).collect()
}

async fn maybe<T>(
    client: &Client,
    sql: &str,
    values: Values<'_>,
    read: Read<T>,
) -> Result<Option<T>, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    let row = client.query_opt(&statement, values).await?;
    row.as_ref().map(read).transpose()
}

async fn one<T>(client: &Client, sql: &str, values: Values<'_>, read: Read<T>) -> Result<T, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    read(&client.query_one(&statement, values).await?)
}

macro_rules! readers {
    ($($name:ident -> $made:ty;)+) => {$(
        pub fn $name(row: &Row) -> Result<$made, tokio_postgres::Error> {
            Ok(rows!(row.try_get, $name))
        }
    )+};
}

/// One function for each kind of row.
mod row {
    use tokio_postgres::Row;

    use super::Postgres;
    use crate::{
        answers::*,
        columns::{read, rows},
    };

    readers! {
        process -> Process<Postgres>;
        user -> User<Postgres>;
        organization -> Organization<Postgres>;
        cell -> Placed<Postgres>;
        count -> Count;
        operator -> Operator<Postgres>;
        step -> Step<Postgres>;
        document -> Document<Postgres>;
        place -> Place<Postgres>;
    }
}

struct Caller {
    organization: Uuid,
    user: Uuid,
    role: String,
}

async fn caller(client: &Client, token: &str) -> Result<Caller, Failure> {
    let read = |row: &Row| {
        Ok(Caller {
            organization: row.try_get(0)?,
            user: row.try_get(1)?,
            role: row.try_get(2)?,
        })
    };
    let found = maybe(client, sql::SESSION, &[&token, &Utc::now()], read).await?;
    found.ok_or(Failure::Unauthenticated)
}

pub async fn session(client: &Client, token: &str) -> Result<Session<Postgres>, Failure> {
    let caller = caller(client, token).await?;
    let read = |row: &Row| Ok((row::user(row)?, row::organization(row)?));
    let values: Values<'_> = &[&caller.organization, &caller.user];
    let (user, organization) = one(client, sql::WHOLE_SESSION, values, read).await?;
    Ok(Session {
        user,
        organization,
        permissions: permissions(&caller.role),
    })
}

pub async fn processes(client: &Client, token: &str, limit: i64) -> Result<Page<Postgres>, Failure> {
    let own = caller(client, token).await?.organization;
    let rows = all(client, sql::PROCESSES, &[&own, &(limit + 1)], row::process).await?;
    let counted = one(client, sql::COUNT, &[&own, &(TOTAL_CAP + 1)], |row| row.try_get(0)).await?;
    Ok(Page::of(rows, limit, counted))
}

pub async fn month(client: &Client, token: &str, month: String) -> Result<Month<Postgres>, Failure> {
    let own = caller(client, token).await?.organization;
    let days: i32 = one(client, sql::LATE_AFTER, &[&own], |row| row.try_get(0)).await?;
    let late_before = Utc::now() - TimeDelta::days(i64::from(days));
    let cells = all(client, sql::CELLS, &[&own, &month, &CELLS], row::cell).await?;
    let late = one(client, sql::LATE, &[&own, &month, &late_before], |row| row.try_get(0)).await?;
    let counts = all(client, sql::COUNTS, &[&own, &month], row::count).await?;
    let operators = all(client, sql::OPERATORS, &[&own], row::operator).await?;
    let unopened_accounts = one(client, sql::UNOPENED, &[&own, &month], |row| row.try_get(0)).await?;
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

pub async fn process(client: &Client, token: &str, id: Uuid) -> Result<Detail<Postgres>, Failure> {
    let own = caller(client, token).await?.organization;
    let found = maybe(client, sql::PROCESS, &[&own, &id], row::process).await?;
    let process = found.ok_or(Failure::NotFound)?;
    let moves = all(client, sql::MOVES, &[&id], row::step).await?;
    let documents = all(client, sql::DOCUMENTS, &[&id], row::document).await?;
    let since = later(&process.mes_ano, -3);
    let values: Values<'_> = &[&own, &process.client_id, &process.operator_id, &since, &process.mes_ano];
    let read = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
    let earlier: Vec<(String, Option<Money>)> = all(client, sql::EARLIER, values, read).await?;
    let places = match &process.fatura_sha256 {
        Some(hash) => all(client, sql::PLACES, &[&own, hash], row::place).await?,
        None => Vec::new(),
    };
    let job: Option<Uuid> = maybe(client, sql::LAST_JOB, &[&own, &id], |row| row.try_get(0)).await?;
    let runs: Vec<Uuid> = all(client, sql::EXECUTIONS, &[&id], |row| row.try_get(0)).await?;
    if job.is_some() || !runs.is_empty() {
        return Err(Failure::NotMade);
    }
    let robot_available = one(client, sql::ROBOT, &[&own, &process.operator_id], |row| row.try_get(0)).await?;
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
