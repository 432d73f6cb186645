//! `esteira backup` and `esteira restore`, as a shell sees them.

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use age::{secrecy::ExposeSecret as _, x25519};
use serde_json::json;

use super::*;
use crate::on_both;

/// The program on the settings of a server.
fn command(test: &TestApp) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esteira"));
    command.envs(test.vars()).stdin(Stdio::null());
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    assert!(said(output).contains(why), "{why} in {}", said(output));
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

on_both!(a_shell_makes_checks_and_restores_a_backup_beside_a_server, |test| {
    furnished(&test).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copia.tar.zst");
    let text = done(&run(
        &mut command(&test),
        &["backup", "--documents", "--output", path(&file)],
    ));
    assert!(text.contains("1 documents; restored and compared in"), "{text}");
    refused(
        &run(&mut command(&test), &["backup", "--output", path(&file)]),
        "is there already",
    );
    let text = done(&run(&mut command(&test), &["backup", "verify", path(&file)]));
    assert!(text.contains("is sound"), "{text}");

    let data = folder.path().join("data");
    let url = format!("sqlite://{}", data.join("esteira.db").display());
    let store = format!("file://{}", folder.path().join("store").display());
    let arguments = [
        "restore",
        path(&file),
        "--database",
        &url,
        "--storage",
        &store,
        "--paused",
    ];
    let text = done(&run(&mut command(&test), &arguments));
    assert!(
        text.contains("1 documents are in the store") && text.contains("every queue is paused"),
        "{text}"
    );
    assert!(!text.contains("secret key"), "it is the same one: {text}");
    refused(&run(&mut command(&test), &arguments), "--force");
    let db = connect(&url.parse().unwrap()).await;
    assert_eq!(
        audited(&db, "backup.restore").await,
        i64::try_from(ODD.len() + 1).unwrap()
    );

    let other_key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let elsewhere = format!("sqlite://{}", folder.path().join("other/esteira.db").display());
    let arguments = ["restore", path(&file), "--database", &elsewhere, "--storage", &store];
    let text = done(&run(command(&test).env("ESTEIRA_SECRET_KEY", other_key), &arguments));
    assert!(text.contains("were sealed with the secret key"), "{text}");

    std::fs::write(&file, "no backup").unwrap();
    refused(
        &run(&mut command(&test), &["backup", "verify", path(&file)]),
        "no backup of Esteira",
    );
});

on_both!(without_a_file_it_goes_to_the_target_and_onto_the_list, |test| {
    let fixture = furnished(&test).await;
    done(&run(&mut command(&test), &["backup"]));
    let page = fixture.admin.get("/api/v1/backups").await.expect(200);
    let backup = &page["items"][0];
    assert_eq!(
        (&backup["status"], &backup["made_by"]),
        (&json!("proven"), &json!("esteira backup"))
    );
    let file = test
        .folder
        .path()
        .join("backups")
        .join(backup["name"].as_str().unwrap());
    assert_eq!(
        std::fs::metadata(file).unwrap().len(),
        backup["size_bytes"].as_u64().unwrap()
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_passphrases_come_from_files() {
    let test = TestApp::sqlite().await;
    furnished(&test).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ana = x25519::Identity::generate();
    std::fs::write(at("ana.key"), format!("# ana\n{}\n", ana.to_string().expose_secret())).unwrap();
    std::fs::write(at("phrase"), "uma frase bem longa\n").unwrap();
    let (closed, phrased) = (at("closed.age"), at("phrased.age"));
    let recipient = ana.to_public().to_string();
    done(&run(
        &mut command(&test),
        &["backup", "--output", path(&closed), "--recipient", &recipient],
    ));
    done(&run(
        &mut command(&test),
        &[
            "backup",
            "--output",
            path(&phrased),
            "--passphrase-file",
            path(&at("phrase")),
        ],
    ));
    refused(
        &run(&mut command(&test), &["backup", "verify", path(&closed)]),
        "is encrypted",
    );
    let key = [
        "backup",
        "verify",
        path(&closed),
        "--identity-file",
        path(&at("ana.key")),
    ]
    .map(str::to_owned);
    done(&run(&mut command(&test), &key.each_ref().map(String::as_str)));
    let phrase = [
        "backup",
        "verify",
        path(&phrased),
        "--passphrase-file",
        path(&at("phrase")),
    ]
    .map(str::to_owned);
    done(&run(&mut command(&test), &phrase.each_ref().map(String::as_str)));
    std::fs::write(at("phrase"), "outra frase\n").unwrap();
    refused(
        &run(&mut command(&test), &phrase.each_ref().map(String::as_str)),
        "this key does not open the backup",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_at_work_is_not_restored_over() {
    let test = TestApp::sqlite().await;
    furnished(&test).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copia.tar.zst");
    done(&run(&mut command(&test), &["backup", "--output", path(&file)]));
    let _serving = esteira::db::lock_for_serving(&test.app.config.database.url)
        .await
        .unwrap();
    refused(
        &run(&mut command(&test), &["restore", path(&file), "--force"]),
        "another esteira serves",
    );
}

/// Files may grow to so many blocks of 1 KiB; writing on fails as on a full disk.
fn on_a_full_disk(test: &TestApp, blocks: u32, arguments: &str) -> Output {
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec {} {arguments}",
        env!("CARGO_BIN_EXE_esteira")
    );
    let mut shell = Command::new("bash");
    shell.envs(test.vars()).args(["-c", &script]).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_leaves_no_file_at_whatever_point_it_is_full() {
    // On PostgreSQL, so that the archive is the largest file that is written.
    let test = TestApp::postgres().await;
    furnished(&test).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copia.tar.zst");
    for blocks in [0, 1, 2, 4, 8] {
        let output = on_a_full_disk(&test, blocks, &format!("backup --output {}", file.display()));
        let whole = file.exists();
        assert_eq!(output.status.success(), whole, "{blocks}: {}", said(&output));
        if whole {
            break;
        }
        assert_eq!(output.status.code(), Some(1), "{blocks}: {}", said(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    }
    assert!(!on_a_full_disk(&test, 1, "backup").status.success());
    let target = test.folder.path().join("backups");
    let kept = std::fs::read_dir(target).into_iter().flatten().flatten();
    assert!(kept.filter(|entry| entry.path().is_file()).count() == 0);
}

on_both!(a_kill_in_the_middle_leaves_no_file_that_is_not_whole, |test| {
    furnished(&test).await;
    let folder = tempfile::tempdir().unwrap();
    let (work, file) = (
        test.folder.path().join("backup-work"),
        folder.path().join("copia.tar.zst"),
    );
    // A little later each time: while it reads, while it writes, while it proves.
    for wanted in ["shell-", "backup.tar.zst", "proof.db"] {
        let mut child = command(&test);
        child.args(["backup", "--output", path(&file)]);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !holds(&work, wanted) && child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "{wanted} never came");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if file.exists() {
            done(&run(&mut command(&test), &["backup", "verify", path(&file)]));
            std::fs::remove_file(&file).unwrap();
        }
        drop(std::fs::remove_dir_all(&work));
    }
    done(&run(&mut command(&test), &["backup", "--output", path(&file)]));
});

/// Whether a file of this name, or beginning so, is below the folder.
fn holds(folder: &Path, start: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with(start) || holds(&entry.path(), start)
    })
}
