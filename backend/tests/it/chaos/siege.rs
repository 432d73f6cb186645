//! All at once: connections that say little or nothing, people who read much, a store that hangs, a full disk. Health
//! answers within a second all the while (two in the small siege) and says what is wrong. Afterwards everything is as it
//! was before.
//!
//! A small siege here; `cargo xtask chaos --siege 2000` lays the large one, to a release.

mod crowd;
mod people;
mod store;
mod watch;

use std::{fs::File, net::SocketAddr, path::Path, time::Duration};

use esteira::config::Vars;
use esteira_shared::permission::Role;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};

use self::{
    crowd::Crowd,
    people::{Reading, Sessions},
    store::Store,
    watch::Watch,
};
use super::{free_port, open_files, small_disk::SmallDisk};
use crate::{
    on_both,
    support::{Client, Fixture, PASSWORD, TestApp, eventually, eventually_within, pdf, processes_in, s3},
};

const OPERATORS: [&str; 5] = ["VIVO", "CLARO", "OI", "EMBRATEL", "TIM"];
const MONTHS: [&str; 4] = ["2026-07", "2026-08", "2026-09", "2026-10"];

/// Everything is as before after this.
const RECOVERY: Duration = Duration::from_secs(30);
/// Files that may stay open: connections to the database and to the store that came into use meanwhile.
const MORE_FILES: usize = 32;
/// Memory that the allocator may keep.
const MORE_MIB: u64 = 128;

const ALONE: &str = "nobody is there";
const CROWDED: &str = "connections and readers";
const HANGING: &str = "and the store hangs";
const FULL: &str = "and the disk is full";
const BETTER: &str = "store and disk are back";
const OVER: &str = "all have gone";

struct Scale {
    /// Health answers within this, whatever happens: a second. The small siege is laid to an unoptimised program, beside a
    /// build, so it gets another one.
    health: Duration,
    connections: usize,
    /// With four sessions each, all of which read.
    users: usize,
    /// With an account of each operator.
    clients: usize,
    /// How long each part lasts.
    part: Duration,
    disk_mib: u32,
    /// How long the server bears slow headers and bodies.
    patience_s: u32,
}

impl Scale {
    fn chosen() -> Self {
        let connections = std::env::var("ESTEIRA_TEST_SIEGE")
            .ok()
            .and_then(|text| text.parse().ok());
        match connections {
            Some(connections) => Self {
                health: Duration::from_secs(1),
                connections,
                users: 25,
                clients: 400,
                part: Duration::from_secs(30),
                disk_mib: 256,
                patience_s: 20,
            },
            None => Self {
                health: Duration::from_secs(2),
                connections: 200,
                users: 5,
                clients: 40,
                part: Duration::from_secs(2),
                disk_mib: 64,
                patience_s: 2,
            },
        }
    }
}

on_both!(a_siege_is_borne_and_passes, |test| {
    if !SmallDisk::is_allowed() {
        return;
    }
    let scale = Scale::chosen();
    raise_own_limit(scale.connections);
    let fixture = Fixture::new(&test, "cerco").await;
    let processes = filled(&test, &fixture, scale.clients).await;
    let sessions = Sessions::open(&test, &fixture, scale.users).await;

    let (_bucket, store_vars) = s3().await;
    let (store, store_vars) = Store::before(store_vars).await;
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let folder = tempfile::tempdir().unwrap();
    let log = test.folder.path().join("siege.log");
    let mut disk = SmallDisk::start(
        folder.path(),
        scale.disk_mib,
        &database_onto(&test, folder.path()),
        &settings(&test, store_vars, address, scale.patience_s),
        File::create(&log).unwrap().into(),
    );
    let base = format!("http://{address}");
    eventually("the server is up", || well(&base)).await;
    asked_for_files(disk.pid());
    sessions.read_once(&base).await;
    let (files, memory) = (open_files(disk.pid()), memory_mib(disk.pid(), "VmRSS"));

    let watch = Watch::over(&base);
    watch.during(ALONE, scale.part).await;
    let upload = sessions.slow_upload(address, processes[0]["id"].as_str().unwrap());
    let crowd = Crowd::gather(address, scale.connections, upload);
    let reading = Reading::begin(&sessions, &base);
    let most = files + scale.connections * 9 / 10;
    let surrounded = || std::future::ready(open_files(disk.pid()) >= most);
    eventually("the server holds the connections", surrounded).await;
    watch.during(CROWDED, scale.part).await;
    store.hang();
    eventually("the store is missed", || says(&base, "storage_unavailable")).await;
    watch.during(HANGING, scale.part).await;
    disk.fill();
    eventually("the full disk is told", || says(&base, "disk_full")).await;
    watch.during(FULL, scale.part).await;
    let surrounded = || std::future::ready(open_files(disk.pid()) >= most);
    eventually("all this while", surrounded).await;
    let besieged = open_files(disk.pid());
    disk.free();
    store.resume();
    eventually("it is well while all are still there", || well(&base)).await;
    watch.during(BETTER, scale.part).await;
    crowd.disperse().await;
    let read = reading.end().await;

    eventually_within(RECOVERY, "nothing is held that was not before", || async {
        open_files(disk.pid()) <= files + MORE_FILES && memory_mib(disk.pid(), "VmRSS") <= memory + MORE_MIB
    })
    .await;
    works(&test, &fixture, &base, &processes[1]).await;
    watch.during(OVER, scale.part).await;

    println!(
        "chaos: {} connections and {} sessions on {}",
        scale.connections,
        sessions.count(),
        if test.app.db.is_postgres() {
            "PostgreSQL"
        } else {
            "SQLite"
        },
    );
    watch.end().judge(
        scale.health,
        &[
            (ALONE, None),
            (CROWDED, None),
            (HANGING, Some("storage_unavailable")),
            (FULL, Some("disk_full")),
            (BETTER, None),
            (OVER, None),
        ],
    );
    println!("{read}");
    println!(
        "files: {files} before, {besieged} meanwhile, {} after; memory: {memory} MiB before, at most {}, {} after",
        open_files(disk.pid()),
        memory_mib(disk.pid(), "VmHWM"),
        memory_mib(disk.pid(), "VmRSS"),
    );
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("panicked at"), "{log}");
});

/// This process holds the other end of every connection. In the server, half of the files are for other things.
fn raise_own_limit(connections: usize) {
    let most = getrlimit(Resource::Nofile).maximum;
    let enough = u64::try_from(2 * connections + 1_000).unwrap();
    assert!(
        most.is_none_or(|most| most >= enough),
        "{connections} connections need {enough} open files; allowed are {most:?} (ulimit -Hn)"
    );
    let all = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::Nofile, all).unwrap();
}

/// The program was started with few, and took what it may have.
fn asked_for_files(pid: u32) {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "{line}");
}

fn memory_mib(pid: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

/// Months of processes; returns some of the newest.
async fn filled(test: &TestApp, fixture: &Fixture, clients: usize) -> Vec<Value> {
    fixture.registry(test, clients, &OPERATORS).await;
    for month in MONTHS {
        let path = format!("/api/v1/months/{month}/open");
        fixture.manager.post(&path, json!({})).await.expect(200);
    }
    processes_in(&fixture.analyst, MONTHS[3]).await
}

/// A command that brings what was filled onto the small disk; on PostgreSQL there is nothing to bring.
fn database_onto(test: &TestApp, folder: &Path) -> String {
    if test.app.db.is_postgres() {
        return "true".to_owned();
    }
    let from = test.folder.path().join("esteira.db");
    let (from, to) = (from.display(), folder.display());
    format!("cp '{from}' '{from}-wal' '{to}'")
}

fn settings(test: &TestApp, store: Vars, address: SocketAddr, patience_s: u32) -> Vars {
    let mut vars = test.vars().clone();
    vars.extend(store);
    vars.remove("ESTEIRA_DATABASE_POOL");
    for (name, value) in [
        ("ESTEIRA_LISTEN", address.to_string()),
        // As behind a proxy, which is one address that speaks for many: no bound of an address helps.
        ("ESTEIRA_TRUST_FORWARDED_FOR", "true".to_owned()),
        ("ESTEIRA_HEADER_TIMEOUT_S", patience_s.to_string()),
        ("ESTEIRA_UPLOAD_PATIENCE_S", patience_s.to_string()),
        ("ESTEIRA_SHUTDOWN_GRACE_S", "2".to_owned()),
    ] {
        vars.insert(name.to_owned(), value);
    }
    vars
}

async fn health(base: &str) -> Option<Value> {
    let answer = reqwest::get(format!("{base}/api/health")).await.ok()?;
    answer.json().await.ok()
}

async fn well(base: &str) -> bool {
    health(base).await.is_some_and(|health| health["status"] == "healthy")
}

async fn says(base: &str, reason: &str) -> bool {
    health(base).await.is_some_and(|health| health["reason"] == reason)
}

/// Signing in, a list, an upload, its approval and sending, from the outside and without a restart.
async fn works(test: &TestApp, fixture: &Fixture, base: &str, process: &Value) {
    let mut analyst = Client::new(base);
    let email = fixture.email(Role::Analyst);
    analyst.sign_in(&email, PASSWORD).await.expect(200);
    let list = format!("/api/v1/processes?month={}&limit=20", MONTHS[3]);
    let page = analyst.get(&list).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
    let path = format!("/api/v1/processes/{}", process["id"].as_str().unwrap());
    let bytes = pdf(1);
    let uploaded = analyst
        .upload(process["id"].as_str().unwrap(), "fatura.pdf", bytes)
        .await;
    let row = uploaded.expect(201)["process"].clone();
    let seen = json!({ "version": row["version"], "sha256": row["fatura_sha256"] });
    analyst.post(&format!("{path}/approve"), seen).await.expect(200);
    let version = analyst.get(&path).await.expect(200)["process"]["version"].clone();
    let seen = json!({ "version": version });
    analyst.post(&format!("{path}/send"), seen).await.expect(200);
    eventually_within(RECOVERY, "the document is sent", || async {
        analyst.get(&path).await.expect(200)["process"]["status"] == "UPLOAD_REALIZADO"
    })
    .await;
    let kept = test.sat_documents().await;
    assert_eq!((kept.len(), &kept[0]["sha256"]), (1, &row["fatura_sha256"]));
}
