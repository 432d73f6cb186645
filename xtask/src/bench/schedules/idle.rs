//! What it costs that very many schedules are there while none is due.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{peers, prepared};
use super::{Arguments, OURS, Servers};
use crate::project::Project;

/// What a side says.
#[derive(Deserialize, Serialize)]
struct Idle {
    #[serde(default)]
    side: String,
    version: String,
    runtime: String,
    server: String,
    memory_bytes: f64,
    /// Of one core.
    cpu_percent: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database_cpu_percent: Option<f64>,
    /// Memory and processor of each program.
    parts: BTreeMap<String, Part>,
}

#[derive(Deserialize, Serialize)]
struct Part {
    memory_bytes: f64,
    cpu_percent: f64,
}

pub(super) fn bench(project: &Project, arguments: &Arguments, server: &Path, servers: &Servers) -> Result<()> {
    let (count, settle, seconds) = (
        arguments.schedules.to_string(),
        arguments.settle.to_string(),
        arguments.seconds.to_string(),
    );
    let mut sides = Vec::new();
    for url in [None, Some(servers.cluster.url())] {
        let mut command = prepared(project, "bench_schedules");
        command.args(["--schedules", &count]);
        if let Some(url) = url {
            command
                .args(["--database-url", url])
                .args(["--database-id", &servers.cluster.server_id().to_string()]);
        }
        command.arg("idle").arg(server);
        command.args(["--settle", &settle, "--seconds", &seconds]);
        sides.push(side(OURS, peers::last_line(&mut command, "esteira idle")?));
    }
    let mut command = peers::command(project, "celery_idle_bench.py");
    command.args(["idle", servers.redis.url(), &count, &settle, &seconds]);
    sides.push(side("celery", peers::last_line(&mut command, "celery idle")?));
    let report = json!({
        "what": "schedules of which none is due: memory, and processor time of one core", "schedules": arguments.schedules,
        "after_seconds": arguments.settle, "for_seconds": arguments.seconds, "sides": sides,
    });
    std::fs::write(
        project.path("docs/benchmarks/schedules-idle.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let text = page(&sides, arguments);
    println!("\n{text}");
    std::fs::write(project.path("docs/benchmarks/schedules-idle.md"), text)?;
    Ok(())
}

fn side(name: &str, told: Idle) -> Idle {
    println!(
        "{name} {}: {:.1} MiB, {:.2} % of a core",
        told.server,
        told.memory_bytes / 1_048_576.0,
        told.cpu_percent
    );
    Idle {
        side: name.to_owned(),
        ..told
    }
}

fn page(sides: &[Idle], arguments: &Arguments) -> String {
    let mut text = format!(
        "# Idle\n\n\
         {} schedules, none of them due for hours; looked at {} s after the start, for {} s. CPU is of one core.\n\n\
         | side | memory MiB | CPU % |\n\
         |---|---|---|\n",
        arguments.schedules, arguments.settle, arguments.seconds,
    );
    for side in sides {
        let database = side
            .database_cpu_percent
            .map_or(String::new(), |percent| format!(", the database {percent:.2}"));
        let _ = writeln!(
            text,
            "| {} {}, {} | {:.1} | {:.2}{database} |",
            side.side,
            side.version,
            side.server,
            side.memory_bytes / 1_048_576.0,
            side.cpu_percent,
        );
        for (name, part) in &side.parts {
            let _ = writeln!(
                text,
                "| … of which {name} | {:.1} | {:.2} |",
                part.memory_bytes / 1_048_576.0,
                part.cpu_percent,
            );
        }
    }
    text + "\nEsteira is one process with its database, its page and its monitor in it; on PostgreSQL without the database server. \
            Celery is a worker with threads, beat, Flower and Redis; what its processes share counts once.\n"
}
