//! Takes one guard of the queue away at a time and sees that the tests notice: a test that cannot fail proves nothing.

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
    file: &'static str,
    edits: &'static [(&'static str, &'static str)],
}

const GUARDS: &[Guard] = &[
    Guard {
        name: "a failure is written only by who holds the newest claim",
        file: "lease.rs",
        edits: &[(".and(jobs::fence.eq(fence))", "")],
    },
    Guard {
        name: "a success is written only by who holds the newest claim",
        file: "ends.rs",
        edits: &[(" AND jobs.fence = d.fence", "")],
    },
    Guard {
        name: "each claim has a number of its own",
        file: "claim.rs",
        edits: &[("jobs::fence.eq(jobs::fence + 1)", "jobs::fence.eq(jobs::fence)")],
    },
    Guard {
        name: "only waiting jobs are claimed",
        file: "claim.rs",
        edits: &[(
            "pub const WAITING: &str = \"status = 'queued' AND waits_for IS NULL",
            "pub const WAITING: &str = \"status IN ('queued', 'running') AND waits_for IS NULL",
        )],
    },
    Guard {
        name: "what waits for a group is not claimed",
        file: "claim.rs",
        edits: &[(
            "pub const WAITING: &str = \"status = 'queued' AND waits_for IS NULL AND",
            "pub const WAITING: &str = \"status = 'queued' AND",
        )],
    },
    Guard {
        name: "a paused queue starts nothing",
        file: "claim.rs",
        edits: &[(".filter(|lane| !lane.paused)", "")],
    },
    Guard {
        name: "a start uses up the room of its limits",
        file: "limits.rs",
        edits: &[("held.room = held.room.saturating_sub(1);", "")],
    },
    Guard {
        name: "a lease is taken back only when it has expired",
        file: "rescue.rs",
        // Looked for with a filter, and asked again under the lock.
        edits: &[
            ("job.lease_expires_at.is_none_or(|at| at >= now) || ", ""),
            (".filter(jobs::lease_expires_at.lt(Some(now)))", ""),
        ],
    },
    Guard {
        name: "attempts are used up",
        file: "lease.rs",
        edits: &[("technical && job.attempt < job.max_attempts", "technical")],
    },
    Guard {
        name: "a job that ended counts in its group",
        file: "lease.rs",
        edits: &[(
            "groups::one_less(tx, job.group_id.map(|group| (group, false)).into_iter(), now).await?;",
            "",
        )],
    },
];

/// The tests that shall notice.
const TESTS: &str = "test(model) | test(engine::) | test(queue::) | test(frozen::)";

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
        let path = copy.path().join("backend/src/engine").join(guard.file);
        let whole = fs::read_to_string(&path)?;
        let mut mutant = whole.clone();
        for (text, without) in guard.edits {
            if mutant.matches(text).count() != 1 {
                bail!("{}: the guard \"{}\" does not stand there once", guard.file, guard.name);
            }
            mutant = mutant.replace(text, without);
        }
        fs::write(&path, mutant)?;
        let output = run();
        fs::write(&path, whole).context("the copy is spoilt")?;
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
