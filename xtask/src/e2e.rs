//! Playwright against the release binary, once per kind of storage.

use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::build;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only tests whose title matches this regular expression
    #[arg(long)]
    grep: Option<String>,
    /// Only this kind of storage; both when not given
    #[arg(long)]
    backend: Option<Backend>,
    /// Use the binary that is there
    #[arg(long)]
    no_build: bool,
    /// Test files, and options for Playwright after `--`
    rest: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// SQLite and a folder
    Sqlite,
    /// PostgreSQL and S3
    Postgres,
}

impl Backend {
    /// The Playwright project of the same name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

pub(crate) fn command(project: &Project, arguments: &Arguments) -> Result<()> {
    if !arguments.no_build {
        build::build(project, &build::Arguments { dev: false })?;
    }
    let mut extra = arguments.rest.clone();
    if let Some(pattern) = &arguments.grep {
        extra.extend(["--grep".to_owned(), pattern.clone()]);
    }
    for backend in Backend::value_variants() {
        if arguments.backend.is_none_or(|wanted| wanted == *backend) {
            let report = project.target().join(format!("e2e-{}.json", backend.name()));
            run(project, *backend, &extra, &report)?;
        }
    }
    Ok(())
}

/// Runs the browser tests on one backend; `report` receives Playwright's JSON report.
pub(crate) fn run(project: &Project, backend: Backend, extra: &[String], report: &Path) -> Result<()> {
    install(project)?;
    let mut command = playwright(project, backend.name());
    command.args(extra).env("ESTEIRA_E2E_REPORT", report);
    // Held until Playwright has ended.
    let _cluster = match backend {
        Backend::Sqlite => None,
        Backend::Postgres => {
            let server = crate::s3::build(project)?;
            let cluster = Cluster::for_tests(project)?;
            command
                .env("ESTEIRA_S3_SERVER", server)
                .env("ESTEIRA_TEST_POSTGRES_URL", cluster.url());
            Some(cluster)
        }
    };
    process::run(&mut command)
}

/// `playwright test` for one of its projects, on the release binary.
pub(crate) fn playwright(project: &Project, name: &str) -> std::process::Command {
    let mut command = project.command("node");
    command
        .current_dir(project.path("e2e"))
        .arg("node_modules/@playwright/test/cli.js")
        .args(["test", &format!("--project={name}")])
        .env("ESTEIRA_BIN", build::binary(project, false));
    command
}

/// Installs the packages of the lock file, unless that was done after it last changed.
pub(crate) fn install(project: &Project) -> Result<()> {
    let changed = |file: &str| std::fs::metadata(project.path(file)).and_then(|facts| facts.modified());
    let lock = changed("e2e/package-lock.json").context("e2e/package-lock.json is missing")?;
    if changed("e2e/node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    let mut command = project.command("npm");
    command
        .current_dir(project.path("e2e"))
        .args(["ci", "--no-audit", "--no-fund"]);
    process::run(&mut command).context("cannot install the browser tests' packages")
}
