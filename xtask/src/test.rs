//! The whole gate, in the order that fails soonest.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::background::Background;
use crate::build;
use crate::checks;
use crate::counts::{self, Counts};
use crate::deny;
use crate::e2e::{self, Backend};
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::sbom;
use crate::summary::{Outcome, Summary};
use crate::tools::{self, Tool};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run these steps only (may be given several times)
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// Licences, sources and known faults of the dependencies
    Deny,
    /// The list of what is in the shipped program
    Sbom,
    /// Lints of server, shared code and these commands
    Clippy,
    /// Lints of the page
    ClippyPage,
    /// Compiling the unit and API tests
    UnitBuild,
    /// Unit and API tests on SQLite and on a throw-away PostgreSQL
    Unit,
    /// Unit tests of the page's logic, run natively
    UnitPage,
    /// Contrast of the page's colours in both themes
    Style,
    /// Examples in documentation comments
    Doc,
    /// Release build of page and server, begun beside the first step
    Build,
    /// Browser tests on SQLite and a folder
    E2eSqlite,
    /// Browser tests on PostgreSQL and S3
    E2ePostgres,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Deny => "deny",
            Self::Sbom => "sbom",
            Self::Clippy => "clippy",
            Self::ClippyPage => "clippy-page",
            Self::UnitBuild => "unit-build",
            Self::Unit => "unit",
            Self::UnitPage => "unit-page",
            Self::Style => "style",
            Self::Doc => "doc",
            Self::Build => "build",
            Self::E2eSqlite => "e2e-sqlite",
            Self::E2ePostgres => "e2e-postgres",
        }
    }

    fn run(self, project: &Project) -> Result<Outcome> {
        match self {
            Self::Fmt => done(checks::format(project)),
            Self::Deny => deny::deny(project),
            Self::Sbom => done(sbom::sbom(project, &sbom::Arguments { path: None })),
            Self::Clippy => done(checks::clippy(project)),
            Self::ClippyPage => done(checks::clippy_page(project)),
            Self::UnitBuild => done(unit_build(project)),
            Self::Unit => unit(project),
            Self::UnitPage => unit_page(project),
            Self::Style => done(checks::style(project)),
            Self::Doc => doc(project),
            Self::Build => done(build::build(project, &build::Arguments { dev: false }).map(drop)),
            Self::E2eSqlite => e2e_step(project, Backend::Sqlite),
            Self::E2ePostgres => e2e_step(project, Backend::Postgres),
        }
    }
}

pub(crate) fn test(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    let whole = arguments.only.is_empty();
    let mut summary = Summary::default();
    // The release build takes what the checks and tests leave of the machine: much of a test is waiting, and the ends of most
    // compilations keep one core. It begins with the rest of the tools.
    let mut building = None;
    if whole {
        summary.step("tools", || {
            tools::ensure(project, &[Tool::WasmTarget, Tool::Nextest, Tool::WasmOpt])?;
            building = Some(Background::start(project, "build")?);
            done(e2e::install(project))
        });
    }
    let wanted = |step: &Step| whole || arguments.only.contains(step);
    for step in Step::value_variants().iter().copied().filter(wanted) {
        if let Some(failed) = building.take_if(Background::has_failed) {
            summary.step(Step::Build.name(), || done(failed.join()));
            break;
        }
        match building.take_if(|_| step == Step::Build) {
            Some(building) => summary.step(step.name(), || done(building.join())),
            None => summary.step(step.name(), || step.run(project)),
        }
    }
    Ok(exit(summary))
}

/// Formatting and lints, the first steps of [`test`].
pub(crate) fn lint(project: &Project) -> Result<ExitCode> {
    let mut summary = Summary::default();
    for step in [Step::Fmt, Step::Clippy, Step::ClippyPage] {
        summary.step(step.name(), || step.run(project));
    }
    Ok(exit(summary))
}

fn exit(summary: Summary) -> ExitCode {
    let passed = summary.close();
    match (passed, process::interrupted()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(130),
        (false, false) => ExitCode::FAILURE,
    }
}

fn done(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Done)
}

/// Everything but the page, which is tested by itself.
pub(crate) const SERVER: [&str; 3] = ["--workspace", "--exclude", "esteira-frontend"];
/// What has tests; the examples are tools, which the lints have compiled.
const TESTS: [&str; 3] = ["--lib", "--bins", "--tests"];

/// Apart from [`unit`], so that the table tells compiling from testing.
fn unit_build(project: &Project) -> Result<()> {
    build::ensure_page_folder(project)?;
    tools::ensure(project, &[Tool::Nextest])?;
    process::run(
        project
            .cargo()
            .args(["nextest", "run", "--no-run"])
            .args(SERVER)
            .args(TESTS),
    )
}

fn unit(project: &Project) -> Result<Outcome> {
    build::ensure_page_folder(project)?;
    let cluster = Cluster::for_tests(project)?;
    nextest(project, &[SERVER, TESTS].concat(), Some(cluster.url()))
}

/// The page's rules and formats are plain functions, so they run natively and need no browser.
fn unit_page(project: &Project) -> Result<Outcome> {
    if !any_line(project, "frontend/src", |line| line.trim() == "#[test]")? {
        return Ok(Outcome::Skipped("the page has no unit tests"));
    }
    nextest(project, &["--package", "esteira-frontend"], None)
}

fn nextest(project: &Project, packages: &[&str], postgres: Option<&str>) -> Result<Outcome> {
    tools::ensure(project, &[Tool::Nextest])?;
    // The place is set in .config/nextest.toml and does not follow CARGO_TARGET_DIR.
    let report = project.path("target/nextest/default/junit.xml");
    forget(&report)?;
    let mut command = project.cargo();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    command
        .args(["nextest", "run"])
        .args(packages)
        // Most tests wait most of the time. Which ones do not is in .config/nextest.toml.
        .args(["--test-threads", &(2 * cores).to_string()]);
    if let Some(url) = postgres {
        command.env("ESTEIRA_TEST_POSTGRES_URL", url);
    }
    counted(process::run(&mut command), || counts::from_junit(&report))
}

fn doc(project: &Project) -> Result<Outcome> {
    let runs = |line: &str| {
        let fence = line
            .trim()
            .strip_prefix("///")
            .or_else(|| line.trim().strip_prefix("//!"));
        fence.is_some_and(|fence| {
            matches!(
                fence.trim(),
                "```rust" | "```no_run" | "```should_panic" | "```compile_fail"
            )
        })
    };
    if !any_line(project, "shared/src", runs)? && !any_line(project, "backend/src", runs)? {
        return Ok(Outcome::Skipped("no runnable examples in documentation comments"));
    }
    let output = process::output(project.cargo().args([
        "test",
        "--doc",
        "--package",
        "esteira-shared",
        "--package",
        "esteira",
    ]))?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let ended = if output.status.success() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("cargo test --doc failed"))
    };
    counted(ended, || Ok(counts::from_libtest(&text)))
}

fn e2e_step(project: &Project, backend: Backend) -> Result<Outcome> {
    let report = project.target().join(format!("e2e-{}.json", backend.name()));
    forget(&report)?;
    let outcome = counted(e2e::run(project, backend, &[], &report), || {
        counts::from_playwright(&report)
    })?;
    Ok(match outcome {
        Outcome::Tests(counts) if counts.failed > 0 => Outcome::Failures(counts, counts::failures(&report)),
        outcome => outcome,
    })
}

/// Failed tests are a result to count; a runner that failed without naming one is an error.
fn counted(ended: Result<()>, counts: impl FnOnce() -> Result<Counts>) -> Result<Outcome> {
    if process::interrupted() {
        bail!("interrupted");
    }
    match (ended, counts()) {
        (Ok(()), counts) => counts.map(Outcome::Tests),
        (Err(_), Ok(counts)) if counts.failed > 0 => Ok(Outcome::Tests(counts)),
        (Err(error), _) => Err(error),
    }
}

/// A report of an earlier run must not be read as this one's.
fn forget(report: &std::path::Path) -> Result<()> {
    if report.exists() {
        std::fs::remove_file(report)?;
    }
    Ok(())
}

/// Whether any line of any Rust file below `folder` satisfies `wanted`.
fn any_line(project: &Project, folder: &str, wanted: impl Fn(&str) -> bool) -> Result<bool> {
    for file in build::sources(&project.path(folder))? {
        if std::fs::read_to_string(&file)?.lines().any(&wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::{Counts, Outcome, counted};

    #[test]
    fn failed_tests_are_counted_and_a_broken_runner_is_an_error() {
        let failed = counted(Err(anyhow::anyhow!("exit 1")), || Ok(Counts { passed: 2, failed: 1 }));
        assert!(matches!(failed, Ok(Outcome::Tests(Counts { passed: 2, failed: 1 }))));
        let broken = counted(Err(anyhow::anyhow!("does not compile")), || {
            Ok(Counts { passed: 2, failed: 0 })
        });
        assert!(broken.is_err());
        let silent = counted(Ok(()), || anyhow::bail!("no report"));
        assert!(silent.is_err());
    }
}
