//! Reading lines: from any number on, and those that match.

use std::borrow::Cow;

use bytes::Bytes;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    dto::logs::{LOG_LINES, LogLineDto, LogMatchQuery, LogMatchesDto, LogPageDto, LogQuery},
    error::{FieldCode, FieldError},
    ids::LogId,
    status::LogLevel,
};
use futures_util::Stream;

use super::{LogState, rank, text::plain};
use crate::{
    db::{Database, DbConn, RunQueryDsl, schema::log_chunks},
    error::{AppError, AppResult},
    with_conn,
};

/// Lines of a page unless it says otherwise.
const PAGE: i64 = 200;
/// Numbers in one answer.
const MATCHES: usize = 10_000;
/// Lines looked through for one answer.
const LOOKED_THROUGH: i64 = 200_000;
/// Rows read at once.
const ROWS: i64 = 100;
/// Bytes looked through for one answer.
const BYTES: usize = 64 * 1024 * 1024;

/// Lines that were written together, as they are kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = log_chunks, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Chunk {
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    pub(super) lines: String,
}

impl Chunk {
    fn parse(&self) -> AppResult<Vec<LogLineDto>> {
        serde_json::from_str(&self.lines).map_err(AppError::internal)
    }
}

/// The chunks from the one that holds a line on, as long as they begin before another.
pub(super) async fn chunks(
    conn: &mut DbConn,
    log: LogId,
    from: i64,
    before: i64,
    rows: i64,
) -> QueryResult<Vec<Chunk>> {
    // The newest chunk that begins at the line or before it.
    let start: Option<i64> = with_conn!(conn, |c| log_chunks::table
        .filter(log_chunks::log_id.eq(log).and(log_chunks::first_seq.le(from)))
        .order(log_chunks::first_seq.desc())
        .select(log_chunks::first_seq)
        .first(c)
        .await
        .optional())?;
    with_conn!(conn, |c| log_chunks::table
        .filter(
            log_chunks::log_id
                .eq(log)
                .and(log_chunks::first_seq.ge(start.unwrap_or_default()))
        )
        .filter(log_chunks::last_seq.ge(from).and(log_chunks::first_seq.lt(before)))
        .order(log_chunks::first_seq)
        .limit(rows)
        .select(Chunk::as_select())
        .load(c)
        .await)
}

/// Up to `limit` lines from a number on.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn lines(conn: &mut DbConn, log: LogId, from: i64, limit: i64) -> AppResult<Vec<LogLineDto>> {
    let most = usize::try_from(limit).unwrap_or_default();
    let mut lines: Vec<LogLineDto> = Vec::new();
    // Numbers have no gaps: nothing that is wanted begins later.
    let before = from.saturating_add(limit);
    let mut from = from;
    while lines.len() < most {
        let found = chunks(conn, log, from, before, ROWS).await?;
        let Some(last) = found.last() else { break };
        let next = last.last_seq + 1;
        for chunk in &found {
            lines.extend(chunk.parse()?.into_iter().filter(|line| line.seq >= from));
            if lines.len() >= most {
                break;
            }
        }
        from = next;
    }
    lines.truncate(most);
    Ok(lines)
}

/// Lines read at once when only their text is looked at.
const MESSAGES: i64 = 250;

/// The texts of the first lines of a log.
///
/// # Errors
/// When the database does not answer.
pub async fn first_messages(conn: &mut DbConn, log: LogId, count: usize) -> AppResult<Vec<String>> {
    messages(conn, log, 1, i64::try_from(count).unwrap_or(i64::MAX)).await
}

/// The texts of the last lines of a log that has so many.
///
/// # Errors
/// When the database does not answer.
pub async fn last_messages(conn: &mut DbConn, log: LogId, lines: i64, count: usize) -> AppResult<Vec<String>> {
    let from = lines.saturating_sub(i64::try_from(count).unwrap_or(i64::MAX)).max(0) + 1;
    messages(conn, log, from, lines).await
}

async fn messages(conn: &mut DbConn, log: LogId, from: i64, to: i64) -> AppResult<Vec<String>> {
    let mut found = Vec::new();
    let mut from = from;
    while from <= to {
        let some = lines(conn, log, from, MESSAGES.min(to - from + 1)).await?;
        let Some(last) = some.last() else { break };
        from = last.seq + 1;
        found.extend(some.into_iter().map(|line| line.message));
    }
    Ok(found)
}

/// A stretch of a log; its end when nothing else is asked for.
///
/// # Errors
/// `validation`.
pub async fn page(conn: &mut DbConn, state: &LogState, query: &LogQuery) -> AppResult<LogPageDto> {
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=LOG_LINES).contains(&limit) {
        return Err(out_of_range("limit", &format!("between 1 and {LOG_LINES}")));
    }
    let from = query.from.unwrap_or(state.lines - limit + 1).max(1);
    Ok(LogPageDto {
        lines: lines(conn, state.id, from, limit).await?,
        total: state.lines,
        first_error: state.first_error,
        ended: state.ended,
    })
}

fn out_of_range(field: &str, message: &str) -> AppError {
    AppError::validation(vec![FieldError::new(field, FieldCode::OutOfRange, message)])
}

/// Numbers of the lines that match.
///
/// # Errors
/// `validation` when nothing is looked for.
pub async fn matches(conn: &mut DbConn, state: &LogState, query: &LogMatchQuery) -> AppResult<LogMatchesDto> {
    let words = query.q.as_deref().unwrap_or_default().to_lowercase();
    let level = query.level.unwrap_or(LogLevel::Debug);
    if words.is_empty() && query.level.is_none() {
        let error = FieldError::new("q", FieldCode::Required, "say which words or which level to look for");
        return Err(AppError::validation(vec![error]));
    }
    let mut after = query.after.unwrap_or_default().max(0);
    let stop = after.saturating_add(LOOKED_THROUGH);
    let mut seqs = Vec::new();
    let mut bytes = 0;
    loop {
        // Only chunks with something bad are read when nothing else is asked for.
        let bad = rank(level) >= rank(LogLevel::Warn);
        let found: Vec<Chunk> = with_conn!(conn, |c| {
            let mut found = log_chunks::table
                .filter(log_chunks::log_id.eq(state.id).and(log_chunks::last_seq.gt(after)))
                .order(log_chunks::first_seq)
                .limit(ROWS)
                .select(Chunk::as_select())
                .into_boxed();
            // Written out, because the index is partial.
            if bad {
                found = found.filter(sql::<Bool>("worst >= 2"));
            }
            // A chunk holds at most so many lines: what lies further back cannot hold the next one.
            found = found.filter(log_chunks::first_seq.gt(after - super::write::CHUNK_LINES));
            found.load(c).await
        })?;
        let Some(last) = found.last() else {
            return Ok(done(seqs, state.lines.max(after), true));
        };
        let end = last.last_seq;
        for chunk in &found {
            bytes += chunk.lines.len();
            for line in chunk.parse()? {
                let fits = line.seq > after
                    && rank(line.level) >= rank(level)
                    && (words.is_empty() || plain(&line.message).to_lowercase().contains(&words));
                if fits {
                    seqs.push(line.seq);
                    if seqs.len() >= MATCHES {
                        return Ok(done(seqs, line.seq, false));
                    }
                }
            }
        }
        after = end;
        if after >= stop || bytes >= BYTES {
            return Ok(done(seqs, after, false));
        }
    }
}

fn done(seqs: Vec<i64>, searched_to: i64, complete: bool) -> LogMatchesDto {
    LogMatchesDto {
        seqs,
        searched_to,
        complete,
    }
}

/// The whole log as text, a line each, with time and level. Codes that terminals obey are left out unless `escapes` are
/// wanted: whoever prints the file would run them.
pub fn download(
    db: Database,
    log: LogId,
    zone: chrono_tz::Tz,
    escapes: bool,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    futures_util::stream::try_unfold(1_i64, move |from| {
        let db = db.clone();
        async move {
            let mut conn = db.read_long().await.map_err(std::io::Error::other)?;
            let lines = lines(&mut conn, log, from, LOG_LINES)
                .await
                .map_err(std::io::Error::other)?;
            let Some(last) = lines.last() else { return Ok(None) };
            let next = last.seq + 1;
            let text: String = lines.into_iter().map(|line| as_text(&line, zone, escapes)).collect();
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

fn as_text(line: &LogLineDto, zone: chrono_tz::Tz, escapes: bool) -> String {
    let at = line.at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S%.3f");
    let message = match escapes {
        true => Cow::Borrowed(line.message.as_str()),
        false => Cow::Owned(plain(&line.message)),
    };
    format!("{at} {:<5} {message}\n", line.level.to_string().to_uppercase())
}
