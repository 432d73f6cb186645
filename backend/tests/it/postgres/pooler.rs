//! A real pooler in front of PostgreSQL.

use std::process::{Child, Command, Stdio};

use esteira::config::Vars;
use tokio::net::TcpStream;

use super::connect;
use crate::support::{Fixture, TestApp, eventually, pdf, postgres};

struct Pgbouncer {
    child: Child,
    port: u16,
    database: String,
    _folder: tempfile::TempDir,
}

impl Pgbouncer {
    /// Nothing when the program is not there; the test's output says so.
    async fn start(mode: &str) -> Option<Self> {
        let is_there = |program: &&str| Command::new(program).arg("--version").output().is_ok();
        let Some(program) = ["pgbouncer", "/usr/sbin/pgbouncer"].into_iter().find(is_there) else {
            println!("NOT TESTED: pgbouncer is not installed, so nothing pools sessions");
            return None;
        };
        let server = postgres::server();
        let (host, upstream) = postgres::place(&server);
        let user = server.get_user().unwrap_or("postgres");
        let password = String::from_utf8_lossy(server.get_password().unwrap_or_default());
        let database = postgres::database("").await;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        // It refuses to run as root.
        let as_nobody = if rustix::process::geteuid().is_root() {
            "user = nobody"
        } else {
            ""
        };
        let settings = format!(
            "[databases]\n\
             {database} = host={host} port={upstream} dbname={database} user={user} password={password}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = any\n\
             pool_mode = {mode}\n\
             {as_nobody}\n"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgbouncer.ini");
        std::fs::write(&path, settings).unwrap();
        let child = Command::new(program)
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pooler = Self {
            child,
            port,
            database,
            _folder: folder,
        };
        eventually("pgbouncer listens", || async {
            TcpStream::connect(("127.0.0.1", port)).await.is_ok()
        })
        .await;
        Some(pooler)
    }

    fn url(&self, query: &str) -> String {
        postgres::url_of(&postgres::server(), self.port, &self.database, query)
    }
}

impl Drop for Pgbouncer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_shares_sessions_is_refused() {
    for mode in ["transaction", "statement"] {
        let Some(pooler) = Pgbouncer::start(mode).await else {
            return;
        };
        let refused = connect(&pooler.url("")).await.unwrap_err();
        assert!(
            refused.contains("each transaction another session") && refused.contains("pool_mode=session"),
            "{mode}: {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_keeps_sessions_works() {
    let Some(pooler) = Pgbouncer::start("session").await else {
        return;
    };
    let vars: Vars = [("ESTEIRA_DATABASE_URL".to_owned(), pooler.url(""))].into();
    let test = TestApp::start(vars).await;
    let fixture = Fixture::new(&test, "fila").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    test.run_jobs().await;
    fixture.viewer.get("/api/health").await.expect(200);

    let refused = connect(&pooler.url("options=-c%20search_path%3Dpublic"))
        .await
        .unwrap_err();
    assert!(refused.contains("takes no such setting"), "{refused}");
}
