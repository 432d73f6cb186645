//! Takes one guard of the queue away at a time and sees that the tests notice: a test that cannot fail proves nothing.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Tool};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only the guards whose name has this in it
    #[arg(long)]
    only: Option<String>,
}

/// A guard: what it is, where it stands, and what to replace to be without it.
struct Guard {
    name: &'static str,
    /// Of the engine, unless an edit says otherwise.
    file: &'static str,
    edits: &'static [(&'static str, &'static str)],
    /// Where the same is guarded once more: files from the root, and what to replace there.
    beside: &'static [(&'static str, &'static str, &'static str)],
}

const GUARDS: &[Guard] = &[
    Guard {
        name: "a failure is written only by who holds the newest claim",
        file: "lease.rs",
        // The same stands there once more, for those who only ask.
        edits: &[(
            ".and(jobs::fence.eq(fence))\n        .and(jobs::status.eq(JobStatus::Running));\n    with_conn!",
            ".and(jobs::status.eq(JobStatus::Running));\n    with_conn!",
        )],
        beside: &[],
    },
    Guard {
        name: "a success is written only by who holds the newest claim",
        file: "ends/succeed.rs",
        edits: &[(" AND jobs.fence = d.fence", "")],
        // An attempt is written with its end, and only one of a number.
        beside: &[
            (
                "migrations/sqlite/20261120000002_engine/up.sql",
                "PRIMARY KEY (job_id, fence)",
                "PRIMARY KEY (job_id, fence, finished_at)",
            ),
            (
                "migrations/postgres/20261120000002_engine/up.sql",
                "PRIMARY KEY (job_id, fence)",
                "PRIMARY KEY (job_id, fence, finished_at)",
            ),
        ],
    },
    Guard {
        name: "each claim has a number of its own",
        file: "claim.rs",
        edits: &[("jobs::fence.eq(jobs::fence + 1)", "jobs::fence.eq(jobs::fence)")],
        beside: &[],
    },
    Guard {
        name: "only waiting jobs are claimed",
        file: "claim.rs",
        edits: &[(
            "pub const WAITING: &str = \"status = 'queued' AND waits_for IS NULL",
            "pub const WAITING: &str = \"status IN ('queued', 'running') AND waits_for IS NULL",
        )],
        beside: &[],
    },
    Guard {
        name: "what waits for a group is not claimed",
        file: "claim.rs",
        edits: &[(
            "pub const WAITING: &str = \"status = 'queued' AND waits_for IS NULL AND",
            "pub const WAITING: &str = \"status = 'queued' AND",
        )],
        beside: &[],
    },
    Guard {
        name: "a paused queue starts nothing",
        file: "claim.rs",
        edits: &[(".filter(|lane| !lane.paused)", "")],
        beside: &[],
    },
    Guard {
        name: "a start uses up the room of its limits",
        file: "limits.rs",
        edits: &[("held.room = held.room.saturating_sub(1);", "")],
        beside: &[],
    },
    Guard {
        name: "what is at work elsewhere keeps its place",
        file: "limits.rs",
        edits: &[(
            "{UNFOLLOWED} AND elsewhere = 'working'",
            "{UNFOLLOWED} AND elsewhere = 'nowhere'",
        )],
        beside: &[],
    },
    Guard {
        name: "a lease is taken back only when it has expired",
        file: "rescue.rs",
        // Looked for with a filter, and asked again under the lock.
        edits: &[
            ("job.lease_expires_at.is_none_or(|at| at >= now) || ", ""),
            (".filter(jobs::lease_expires_at.lt(Some(now)))", ""),
        ],
        beside: &[],
    },
    Guard {
        name: "attempts are used up",
        file: "ends.rs",
        edits: &[("technical && job.attempt < job.max_attempts", "technical")],
        beside: &[],
    },
    Guard {
        name: "a job that ended counts in its group",
        file: "ends.rs",
        edits: &[(
            "groups::one_less(tx, job.group_id.map(|group| (group, false)).into_iter(), now).await?;",
            "",
        )],
        beside: &[],
    },
];

/// The tests that shall notice.
const TESTS: &str = "test(model) | test(engine::) | test(queue::) | test(frozen::) | test(slots::)";

pub(crate) fn mutants(project: &Project, arguments: &Arguments) -> Result<()> {
    tools::ensure(project, &[Tool::Nextest])?;
    build::ensure_page_folder(project)?;
    let cluster = Cluster::start(project)?;
    let copy = tempfile::tempdir()?;
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        "clippy.toml",
        ".cargo",
        ".config",
        "backend",
        "shared",
        "frontend",
        "xtask",
        "migrations",
        "docs",
        "dist",
        ".env.example",
    ] {
        process::run(project.command("cp").arg("-r").arg(project.path(part)).arg(copy.path()))?;
    }
    let run = || {
        let mut command = project.cargo();
        command
            .current_dir(copy.path())
            .args([
                "nextest",
                "run",
                "--package",
                "esteira",
                "--filterset",
                TESTS,
                "--no-capture",
            ])
            .args(["--fail-fast", "--status-level", "fail"])
            .env("CARGO_TARGET_DIR", project.target())
            .env("ESTEIRA_TEST_POSTGRES_URL", cluster.url());
        process::output(&mut command)
    };
    if !run()?.status.success() {
        bail!("the tests fail with every guard in place");
    }
    let mut survivors = Vec::new();
    for guard in GUARDS {
        if arguments.only.as_ref().is_some_and(|only| !guard.name.contains(only)) {
            continue;
        }
        let of_engine = guard
            .edits
            .iter()
            .map(|(text, without)| (format!("backend/src/engine/{}", guard.file), *text, *without));
        let beside = guard
            .beside
            .iter()
            .map(|(file, text, without)| ((*file).to_owned(), *text, *without));
        let mut whole: BTreeMap<String, String> = BTreeMap::new();
        for (file, text, without) in of_engine.chain(beside) {
            let path = copy.path().join(&file);
            let now = fs::read_to_string(&path)?;
            if now.matches(text).count() != 1 {
                bail!("{file}: the guard \"{}\" does not stand there once", guard.name);
            }
            fs::write(&path, now.replace(text, without))?;
            whole.entry(file).or_insert(now);
        }
        let output = run();
        for (file, text) in whole {
            fs::write(copy.path().join(file), text).context("the copy is spoilt")?;
        }
        let output = output?;
        let text = String::from_utf8_lossy(&output.stderr);
        if process::interrupted() {
            bail!("interrupted");
        }
        if text.contains("could not compile") {
            bail!("without the guard \"{}\" it does not compile:\n{text}", guard.name);
        }
        if output.status.success() {
            println!("SURVIVED: {}", guard.name);
            survivors.push(guard.name);
            continue;
        }
        // A test that hangs without the guard has noticed too.
        let by = |line: &&str| {
            ["FAIL", "TIMEOUT", "SIG"]
                .iter()
                .any(|word| line.trim_start().starts_with(word))
        };
        let line = text.lines().find(by).map_or("the tests did not end well", str::trim);
        println!("noticed:  {}: {line}", guard.name);
    }
    if survivors.is_empty() {
        return Ok(());
    }
    bail!("{} guards can be taken away and nobody notices", survivors.len())
}
