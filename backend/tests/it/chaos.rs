//! The real program, killed, frozen and poisoned. A few rounds here; `cargo xtask chaos` runs many.

mod disk;
mod documents;
mod few_files;
mod frozen;
mod poison;
mod queue;
mod restarts;
mod robots;
mod sending;
mod siege;
mod slots;
mod small_disk;

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
};

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::Diagnostic,
    config::Vars,
    db::{RunQueryDsl, schema::jobs},
    engine::{NewJob, diagnostic::Deed, enqueue, job::Job},
    with_conn,
};
use esteira_shared::ids::{JobId, OrganizationId};

use crate::support::{Fixture, TestApp};

/// A program that dies with the test.
struct Program(Child);

impl Program {
    fn start(arguments: &[&str], vars: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(program());
        command.args(arguments);
        Self::spawn(command, vars)
    }

    /// What it logs goes to a file.
    fn start_telling(arguments: &[&str], vars: &BTreeMap<String, String>, log: &Path) -> Self {
        let mut command = Command::new(program());
        let log = std::fs::File::create(log).unwrap();
        command.args(arguments).envs(vars).stdout(Stdio::null()).stderr(log);
        Self(command.spawn().unwrap())
    }

    /// With so many KiB of addresses, so that taking memory without end fails before the machine suffers.
    fn start_bounded(arguments: &str, kib: u64, vars: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new("sh");
        let script = format!("ulimit -v {kib}; exec '{}' {arguments}", program());
        command.args(["-c", &script]);
        Self::spawn(command, vars)
    }

    fn spawn(mut command: Command, vars: &BTreeMap<String, String>) -> Self {
        command.envs(vars).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn is_over(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// SIGKILL: no last words.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// `STOP` or `CONT`.
    fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The program under test: a release where times count; nextest says where it is when the tests were built elsewhere.
fn program() -> String {
    let told = ["ESTEIRA_TEST_PROGRAM", "NEXTEST_BIN_EXE_esteira"];
    let told = told.into_iter().find_map(|name| std::env::var(name).ok());
    told.unwrap_or_else(|| env!("CARGO_BIN_EXE_esteira").to_owned())
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn rounds() -> u32 {
    std::env::var("ESTEIRA_TEST_CHAOS_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3)
}

/// The settings of a program beside the test's own app, on the same database, with short leases unless
/// `ESTEIRA_TEST_LEASE_S` says otherwise.
fn beside(test: &TestApp) -> Vars {
    let mut vars = test.vars().clone();
    vars.insert("ESTEIRA_LISTEN".to_owned(), format!("127.0.0.1:{}", free_port()));
    let lease = std::env::var("ESTEIRA_TEST_LEASE_S").unwrap_or_else(|_| "3".to_owned());
    vars.insert("ESTEIRA_LEASE_S".to_owned(), lease);
    vars.insert("ESTEIRA_ENGINE_DIAGNOSTICS".to_owned(), "true".to_owned());
    vars
}

/// An organisation whose robots are at work or wait for it, and their runs.
async fn starting(test: &TestApp, robots: usize, at_once: usize, seconds: u64) -> (Fixture, Vec<String>) {
    let fixture = Fixture::new(test, "caos").await;
    let processes = fixture.opened(test, robots, &["VIVO"], "2026-10").await;
    robots::prepare(test, &fixture, at_once, seconds).await;
    let ids = robots::start_all(&fixture, &processes).await;
    assert_eq!(ids.len(), robots);
    (fixture, ids)
}

/// The arguments of programs that run side by side: several workers where there may be several.
fn side_by_side(test: &TestApp) -> &'static [&'static [&'static str]] {
    match test.app.db.is_postgres() {
        true => &[&["serve"], &["worker"]],
        false => &[&["serve"]],
    }
}

/// How many files a process has open, connections among them.
fn open_files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

async fn organization(test: &TestApp) -> OrganizationId {
    let mut tx = test.app.db.begin().await.unwrap();
    let organization = Organization::create(&mut tx, "Caos").await.unwrap();
    tx.commit().await.unwrap();
    organization.id
}

async fn put(test: &TestApp, organization: OrganizationId, deed: Deed) -> JobId {
    let mut tx = test.app.db.begin().await.unwrap();
    let id = enqueue(&mut tx, NewJob::<Diagnostic>::new(organization, "chaos", deed))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn row(test: &TestApp, id: JobId) -> Job {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| jobs::table
        .find(id)
        .select(Job::as_select())
        .first(c)
        .await)
    .unwrap()
}
