//! Times the list of processes over real HTTP at every filter and depth: `cargo xtask bench list`.
//!
//! Times are of the whole request on loopback, with one client, so they are an upper bound of the time in the server.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for developers may stop at the unexpected"
)]

#[path = "support/server.rs"]
mod server;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use diesel::prelude::*;
use esteira::{
    app::App,
    applications,
    config::Config,
    db::{RunQueryDsl, schema::processes},
    with_conn,
};
use esteira_shared::{
    ids::{ClientId, OperatorId, ProcessId},
    instant::Instant,
    month::Month,
};
use serde_json::{Value, json};

use self::server::Server;

const REQUESTS: usize = 300;

type Sample = (ProcessId, Instant, ClientId, OperatorId, Month);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let database = config.database.url.to_string();
    let app = applications::start(config).await?;
    let server = Server::start(&app).await?;
    let samples = samples(&app).await?;
    let newest = samples
        .iter()
        .map(|sample| sample.4)
        .max()
        .expect("there are processes");
    let (_, _, who, operator, _) = samples[samples.len() / 2];
    let filters = [
        ("none", String::new()),
        ("month", format!("month={newest}")),
        ("operator", format!("operator_id={operator}")),
        ("client", format!("client_id={who}")),
        ("status, rare", "status=REJEITADO".to_owned()),
        ("status, common", "status=UPLOAD_REALIZADO".to_owned()),
        (
            "three statuses",
            "status=ERRO_DOWNLOAD,ERRO_ENVIO_SAT,REJEITADO".to_owned(),
        ),
        ("late", "late=true".to_owned()),
        ("words, one client", "q=clinica%2012345".to_owned()),
        ("words, many clients", "q=padaria".to_owned()),
        ("start of CNPJ", "q=00012".to_owned()),
        ("month + status", format!("month={newest}&status=AGUARDANDO_APROVACAO")),
        ("month + operator", format!("month={newest}&operator_id={operator}")),
        (
            "operator + status",
            format!("operator_id={operator}&status=ERRO_ENVIO_SAT"),
        ),
        (
            "month + operator + status",
            format!("month={newest}&operator_id={operator}&status=REJEITADO"),
        ),
        ("late + operator", format!("late=true&operator_id={operator}")),
        ("order by time in status", "sort=status_since".to_owned()),
    ];
    let mut results = Vec::new();
    println!(
        "{:<28} {:>8} {:>8} {:>8} {:>8}  (ms)",
        "filter", "p50", "p99", "deep p50", "deep p99"
    );
    for (name, filter) in &filters {
        let first = time(&server, filter, &[]).await?;
        let deep = time(&server, filter, &samples).await?;
        println!(
            "{name:<28} {:>8.2} {:>8.2} {:>8.2} {:>8.2}",
            first.0, first.1, deep.0, deep.1
        );
        results.push(json!({ "filter": name, "first_p50_ms": first.0, "first_p99_ms": first.1, "deep_p50_ms": deep.0, "deep_p99_ms": deep.1 }));
    }
    let report: Value = json!({ "what": "list of processes, 50 rows", "requests_each": REQUESTS, "database": database.split(':').next(), "results": results });
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

/// Median and 99th percentile in milliseconds: of first pages without samples, else of pages that start at them.
async fn time(server: &Server, filter: &str, samples: &[Sample]) -> anyhow::Result<(f64, f64)> {
    let sort = if filter.contains("late") || filter.contains("sort=") {
        "status_since"
    } else {
        "-created"
    };
    let mut times = Vec::with_capacity(REQUESTS);
    for number in 0..REQUESTS + 20 {
        let cursor = match samples.get(number % samples.len().max(1)) {
            Some((id, since, ..)) => {
                let place = json!({ "sort": sort, "since": since, "id": id });
                format!("&cursor={}", BASE64_URL_SAFE_NO_PAD.encode(place.to_string()))
            }
            None => String::new(),
        };
        let took = server.get(&format!("/processes?limit=50&{filter}{cursor}")).await?;
        // The first twenty warm up.
        if number >= 20 {
            times.push(took);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
}

/// Rows from everywhere in the table.
async fn samples(app: &App) -> anyhow::Result<Vec<Sample>> {
    let mut conn = app.db.read().await?;
    let count: i64 = with_conn!(&mut conn, |c| processes::table.count().get_result(c).await)?;
    println!("{count} processes");
    let mut samples = Vec::new();
    for step in 0..40 {
        let row: Sample = with_conn!(&mut conn, |c| processes::table
            .order(processes::id)
            .offset(count * step / 40)
            .select((
                processes::id,
                processes::status_since,
                processes::client_id,
                processes::operator_id,
                processes::mes_ano
            ))
            .first(c)
            .await)?;
        samples.push(row);
    }
    Ok(samples)
}
