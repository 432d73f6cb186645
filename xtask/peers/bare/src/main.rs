//! The limit for `cargo xtask bench http`: four of Esteira's answers, made from Esteira's own database by the shortest way.
//!
//! `bare <port> <database>` prints one line of JSON, what it is, then serves until it is killed. `<database>` is the path of an
//! SQLite file or the URL of a PostgreSQL. No layers, no log, no cache, no second use of anything: what a program that does more
//! is measured against.

mod answers;
mod coded;
mod columns;
mod postgres;
mod sql;
mod sqlite;

use std::{env, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt as _,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

enum Database {
    Sqlite(sqlite::Readers),
    Postgres(deadpool_postgres::Pool),
}

type Shared = State<Arc<Database>>;

/// Why there is no answer.
enum Failure {
    Unauthenticated,
    NotFound,
    /// A process with jobs or runs: their rows are not made here.
    NotMade,
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(Box::new(error))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED.into_response(),
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::NotMade => StatusCode::NOT_IMPLEMENTED.into_response(),
            Self::Other(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = env::args().skip(1);
    let (Some(port), Some(place)) = (arguments.next(), arguments.next()) else {
        return Err("bare <port> <database>".into());
    };
    let (database, driver) = match place.starts_with("postgres") {
        true => (Database::Postgres(postgres::pool(&place)?), "tokio-postgres".to_owned()),
        false => (
            Database::Sqlite(sqlite::Readers::new(PathBuf::from(place))),
            format!("rusqlite in place, SQLite {}", rusqlite::version()),
        ),
    };
    let runtime = format!("axum, tokio, mimalloc, {driver}");
    println!("{}", serde_json::json!({ "runtime": runtime }));
    let routes = Router::new()
        .route("/api/v1/session", get(get_session))
        .route("/api/v1/processes", get(list_processes))
        .route("/api/v1/processes/{id}", get(get_process))
        .route("/api/v1/months/{month}", get(get_month))
        .with_state(Arc::new(database));
    let address = SocketAddr::from(([127, 0, 0, 1], port.parse()?));
    let listener = tokio::net::TcpListener::bind(address).await?.tap_io(|stream| {
        // Without it only the time of an answer would grow.
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes).await?)
}

async fn get_session(State(database): Shared, headers: HeaderMap) -> Result<Response, Failure> {
    let token = digest(&headers)?;
    match &*database {
        Database::Sqlite(readers) => readers.read(|conn| sqlite::session(conn, &token)).map(json),
        Database::Postgres(pool) => postgres::session(&pool.get().await?, &token).await.map(json),
    }
}

#[derive(Deserialize)]
struct Asked {
    limit: Option<i64>,
}

async fn list_processes(
    State(database): Shared,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let token = digest(&headers)?;
    let limit = asked.limit.unwrap_or(50);
    match &*database {
        Database::Sqlite(readers) => readers.read(|conn| sqlite::processes(conn, &token, limit)).map(json),
        Database::Postgres(pool) => postgres::processes(&pool.get().await?, &token, limit).await.map(json),
    }
}

async fn get_month(
    State(database): Shared,
    headers: HeaderMap,
    Path(month): Path<String>,
) -> Result<Response, Failure> {
    let token = digest(&headers)?;
    match &*database {
        Database::Sqlite(readers) => readers.read(|conn| sqlite::month(conn, &token, month)).map(json),
        Database::Postgres(pool) => postgres::month(&pool.get().await?, &token, month).await.map(json),
    }
}

async fn get_process(State(database): Shared, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Failure> {
    let token = digest(&headers)?;
    match &*database {
        Database::Sqlite(readers) => readers.read(|conn| sqlite::process(conn, &token, &id)).map(json),
        Database::Postgres(pool) => {
            let id = id.parse().map_err(|_| Failure::NotFound)?;
            postgres::process(&pool.get().await?, &token, id).await.map(json)
        }
    }
}

fn json<T: Serialize>(answer: T) -> Response {
    Json(answer).into_response()
}

/// The hash that the session's row holds of its cookie.
fn digest(headers: &HeaderMap) -> Result<String, Failure> {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    let mut pairs = cookies.unwrap_or_default().split(';');
    let token = pairs
        .find_map(|pair| pair.trim().strip_prefix("esteira_session="))
        .ok_or(Failure::Unauthenticated)?;
    Ok(format!("{:x}", Sha256::digest(token.as_bytes())))
}
