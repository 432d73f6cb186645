//! Makes a run with a very long log, to see how logs are read and shown: part of `cargo xtask bench logs`.
//!
//! `generate_log <lines> [lines in a row]`, with the settings of a server in the environment. Its database needs one
//! organisation whose robots are configured, and a process that waits for one. The run itself comes about by the rules. Its
//! lines do not: they are written straight into `logs` and `log_chunks`, in the shape that `logs/write.rs` leaves, because a
//! robot would print a million lines for hours. Prints the run's id.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::time::Instant as Stopwatch;

use anyhow::Context as _;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection as _;
use esteira::{
    administration::organization,
    applications,
    auth::Actor,
    config::Config,
    db::RunQueryDsl,
    db::schema::{log_chunks, logs},
    demo::canned::{self, Canned},
    with_conn,
};
use esteira_shared::{dto::logs::LogLineDto, ids::LogId, instant::Instant, status::LogLevel};

/// Lines in a row, as a robot that prints as fast as it is read leaves them.
const LINES: i64 = 500;
/// Lines in one statement.
const AT_ONCE: i64 = 25_000;
/// Rows in one statement: 5 columns stay below SQLite's 32,766 parameters.
const ROWS_AT_ONCE: i64 = 2_000;
const WHAT: [&str; 8] = [
    "\u{1b}[32mabrindo\u{1b}[0m o portal da operadora",
    "autenticando com o usuário da conta",
    "procurando a fatura do mês",
    "página 3 de 18 lida, 42 itens",
    "baixando fatura.pdf, 812 kB",
    "conferindo valor e vencimento",
    "aguardando o portal responder",
    "gravando o comprovante",
];

#[derive(Clone, Insertable)]
#[diesel(table_name = log_chunks)]
#[diesel(treat_none_as_default_value = false)]
struct Chunk {
    log_id: LogId,
    first_seq: i64,
    last_seq: i64,
    worst: i32,
    lines: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let lines: i64 = arguments.next().context("say how many lines")?.parse()?;
    let in_row: i64 = match arguments.next() {
        Some(text) => text.parse()?,
        None => LINES,
    };
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let app = applications::start(config).await?;
    let began = Stopwatch::now();
    let mut tx = app.db.begin().await?;
    let organization = organization::named(&mut tx, None).await?;
    tx.commit().await?;
    let waiting = canned::candidates(&app, organization.id).await?;
    let (process, _) = waiting.as_slice().first().context("no process waits for a robot")?;
    let actor = Actor::system(organization.id);
    let run = canned::apply_to(&app, &actor, &[(process.id, Canned::Error)]).await?;
    let run = run.execution.id;
    let log = run.log();
    let start = app.clock.now() - TimeDelta::milliseconds(lines);
    let rows_at_once = (AT_ONCE / in_row).clamp(1, ROWS_AT_ONCE);
    let mut next = 1;
    while next <= lines {
        let mut rows = Vec::new();
        for _ in 0..rows_at_once {
            if next > lines {
                break;
            }
            let last = (next + in_row - 1).min(lines);
            rows.push(chunk(log, next, last, start)?);
            next = last + 1;
        }
        let mut tx = app.db.begin().await?;
        with_conn!(tx.conn(), |c| diesel::insert_into(log_chunks::table)
            .values(&rows)
            .execute(c)
            .await)?;
        tx.commit().await?;
    }
    let errors = (1..=lines).find(|seq| level(*seq) == LogLevel::Error);
    let mut tx = app.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::update(logs::table.find(log))
        .set((
            logs::lines.eq(lines),
            logs::source_lines.eq(lines),
            logs::last_line.eq(Some(WHAT[7])),
            logs::first_error.eq(errors),
        ))
        .execute(c)
        .await)?;
    tx.commit().await?;
    if app.db.is_postgres() {
        // As its autovacuum would have done by the time that somebody reads so much.
        let mut tx = app.db.begin().await?;
        with_conn!(tx.conn(), |c| c.batch_execute("ANALYZE log_chunks").await)?;
        tx.commit().await?;
    }
    eprintln!("{lines} lines, {in_row} in a row, in {:?}", began.elapsed());
    println!("{run}");
    Ok(())
}

fn chunk(log: LogId, first: i64, last: i64, start: Instant) -> anyhow::Result<Chunk> {
    let lines: Vec<LogLineDto> = (first..=last)
        .map(|seq| LogLineDto {
            seq,
            at: start + TimeDelta::milliseconds(seq),
            level: level(seq),
            message: message(seq),
        })
        .collect();
    Ok(Chunk {
        log_id: log,
        first_seq: first,
        last_seq: last,
        worst: lines.iter().map(|line| rank(line.level)).max().unwrap_or_default(),
        lines: serde_json::to_string(&lines)?,
    })
}

/// Errors are rare, and far from each other.
fn level(seq: i64) -> LogLevel {
    if seq % 10_000 == 4_321 {
        LogLevel::Error
    } else if seq % 500 == 77 {
        LogLevel::Warn
    } else if seq % 7 == 3 {
        LogLevel::Debug
    } else {
        LogLevel::Info
    }
}

/// As the database keeps how bad a line is.
fn rank(level: LogLevel) -> i32 {
    match level {
        LogLevel::Debug => 0,
        LogLevel::Info => 1,
        LogLevel::Warn => 2,
        LogLevel::Error => 3,
    }
}

/// Now and then a rare word, and a line that is longer than a screen.
fn message(seq: i64) -> String {
    let what = usize::try_from(seq).map_or(WHAT[0], |seq| WHAT[seq % WHAT.len()]);
    let word = if seq % 100_000 == 4_321 { " (xq77)" } else { "" };
    let rest = if seq % 997 == 5 {
        " <td>42,10</td>".repeat(60)
    } else {
        String::new()
    };
    format!("[{seq:07}] {what}{word}{rest}")
}
