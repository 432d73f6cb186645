//! A disk that is full, and then is not: a file system of a few megabytes, in a mount namespace of the test's own.

use std::{
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::json;

use super::{free_port, program};
use crate::support::{Client, SETUP_CODE, eventually};

/// The program on a small disk, and a shell beside it that takes commands.
struct SmallDisk(Child);

impl SmallDisk {
    fn start(folder: &Path, megabytes: u32, port: u16) -> Self {
        let folder = folder.display();
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' || exit 9; '{}' serve & \
             while read -r line; do eval \"$line\"; done; kill $!; wait",
            program()
        );
        let child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .env("ESTEIRA_DATA_DIR", folder.to_string())
            .env("ESTEIRA_LISTEN", format!("127.0.0.1:{port}"))
            .env("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true")
            // The whole disk is smaller than what is wanted free.
            .env("ESTEIRA_MIN_FREE_MIB", "0")
            .env("ESTEIRA_SETUP_CODE", SETUP_CODE)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    fn run(&mut self, command: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{command}").unwrap();
    }
}

impl Drop for SmallDisk {
    /// The shell ends the program when nothing more can come.
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_forgotten_when_there_is_room() {
    let may = Command::new("unshare")
        .args(["--map-root-user", "--mount", "true"])
        .status();
    if !may.is_ok_and(|status| status.success()) {
        println!("NOT TESTED: this machine allows no mount namespaces (unshare), so the disk cannot be made small");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut disk = SmallDisk::start(folder.path(), 12, port);
    let base = format!("http://127.0.0.1:{port}");
    let up = || async {
        reqwest::get(format!("{base}/api/health"))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    };
    eventually("the server is up", up).await;
    let mut admin = Client::new(&base);
    let password = "correct horse battery";
    let create = json!({
        "code": SETUP_CODE, "organization_name": "Disco", "name": "Ana", "email": "ana@disco.example",
        "password": password,
    });
    admin.post("/api/v1/setup", create).await.expect(201);
    admin.sign_in("ana@disco.example", password).await.expect(200);
    // Nobody works on them, so that what was accepted can be counted.
    admin.post("/api/v1/queues/default/pause", json!({})).await.expect(200);
    let create = json!({ "name": "N".repeat(80), "url": "http://127.0.0.1:9/", "events": ["job.failed"] });
    let made = admin.post("/api/v1/webhooks", create).await.expect(201);
    let id = made["endpoint"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/{id}/test");

    let mut accepted = 0;
    let refused = loop {
        let answer = admin.post(&path, json!({})).await;
        if answer.status != 201 {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 20_000, "twelve megabytes are never full");
    };
    refused.refused(503, "database_unavailable");
    // Reading goes on, and refusing does not end the program.
    let webhook = admin.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
    assert_eq!(webhook["pending"], accepted);
    admin.post(&path, json!({})).await.refused(503, "database_unavailable");

    let health = Client::new(&base).get("/api/health").await.expect(503);
    assert_eq!(
        (&health["reason"], &health["services"]["disk"]),
        (&json!("disk_full"), &json!("unavailable"))
    );

    disk.run(&format!("mount -o remount,size=64m '{}'", folder.path().display()));
    eventually("it takes work again, without a restart", || async {
        admin.post(&path, json!({})).await.status == 201
    })
    .await;
    eventually("it is well again", up).await;
    let webhook = admin.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
    assert_eq!(
        webhook["pending"],
        accepted + 1,
        "what was accepted is there, what was refused is not"
    );
    println!("full after {accepted} messages");
}
