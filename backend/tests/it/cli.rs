//! The program's commands, as a shell sees them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::json;

use crate::support::{Client, TestApp};

fn esteira(arguments: &[&str], vars: &[(&str, &str)], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esteira"));
    command.args(arguments).envs(vars.iter().copied());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn refused_settings_end_with_code_2_and_are_all_named() {
    let output = esteira(
        &["serve"],
        &[("ESTEIRA_LISTN", "x"), ("ESTEIRA_WORKER_SLOTS", "none")],
        "",
    );
    assert_eq!(output.status.code(), Some(2));
    let text = error(&output);
    assert!(
        text.contains("ESTEIRA_LISTN: unknown setting; did you mean ESTEIRA_LISTEN?"),
        "{text}"
    );
    assert!(text.contains("ESTEIRA_WORKER_SLOTS: "), "{text}");
}

#[test]
fn a_database_out_of_reach_ends_with_code_1_and_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [
        ("ESTEIRA_DATABASE_URL", "postgres://nobody@127.0.0.1:9/none"),
        ("ESTEIRA_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap()),
        ("ESTEIRA_LISTEN", "127.0.0.1:0"),
    ];
    for command in ["serve", "migrate", "worker"] {
        let output = esteira(&[command], &vars, "");
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(
            error(&output).contains("cannot open the database postgres://127.0.0.1:9/none"),
            "{}",
            error(&output)
        );
    }
}

#[test]
fn a_worker_of_its_own_needs_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let output = esteira(
        &["worker"],
        &[("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap())],
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("needs PostgreSQL"), "{}", error(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_one_sqlite_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [
        ("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap()),
        ("ESTEIRA_LISTEN", "127.0.0.1:0"),
    ];
    let database = esteira::db::DatabaseUrl::Sqlite(folder.path().join("esteira.db"));
    let first = esteira::db::lock_for_serving(&database).await.unwrap();
    let second = esteira(&["serve"], &vars, "");
    let text = error(&second);
    assert_eq!(second.status.code(), Some(1), "{text}");
    assert!(text.contains("another esteira serves sqlite://"), "{text}");
    assert!(!folder.path().join("esteira.db").exists(), "it touched nothing");
    // The other commands work beside a server.
    assert!(esteira(&["migrate"], &vars, "").status.success());
    drop(first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_made_in_the_shell_can_sign_in() {
    let test = TestApp::sqlite().await;
    let vars: Vec<(&str, &str)> = test
        .vars()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let create = [
        "user",
        "create",
        "--email",
        "ana@shell.example",
        "--name",
        "Ana",
        "--role",
        "admin",
        "--organization",
        "Casca",
    ];
    let weak = esteira(&create, &vars, "short\n");
    assert_eq!(weak.status.code(), Some(1));
    assert!(
        error(&weak).contains("password: at least 10 characters"),
        "{}",
        error(&weak)
    );
    let made = esteira(&create, &vars, "correct horse battery\n");
    assert!(made.status.success(), "{}", error(&made));
    assert!(esteira(&["migrate"], &vars, "").status.success());
    let session = Client::new(&test.url)
        .sign_in("ana@shell.example", "correct horse battery")
        .await
        .expect(200);
    assert_eq!(session["organization"]["name"], "Casca");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_prints_the_code_of_the_first_visit() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_esteira"))
        .arg("serve")
        .env("ESTEIRA_DATA_DIR", &data)
        .env("ESTEIRA_LISTEN", free.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
    let code = loop {
        let line = told.recv_timeout(Duration::from_secs(60)).expect("the code is printed");
        if let Some((_, code)) = line.split_once("Setup code of the first visit: ") {
            break code.to_owned();
        }
    };
    let mode = |name: &str| data.join(name).metadata().unwrap().permissions().mode() & 0o777;
    let modes = ["", "esteira.db", "esteira.db-wal", "esteira.db-shm", "secret.key"].map(mode);
    let create = json!({
        "code": code, "organization_name": "Casca", "name": "Ana", "email": "ana@shell.example",
        "password": "correct horse battery",
    });
    let made = Client::new(&format!("http://{free}"))
        .post("/api/v1/setup", create)
        .await;
    child.kill().unwrap();
    child.wait().unwrap();
    made.expect(201);
    assert_eq!(modes, [0o700, 0o600, 0o600, 0o600, 0o600]);
}

#[test]
fn a_demonstration_is_not_served_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let vars = [("ESTEIRA_DATA_DIR", data), ("ESTEIRA_LISTEN", "0.0.0.0:0")];
    let create = [
        "user",
        "create",
        "--email",
        "admin@demo.example",
        "--name",
        "Ana",
        "--organization",
        "Outra",
    ];
    let made = esteira(&create, &vars, "esteira-demo\n");
    assert!(made.status.success(), "{}", error(&made));
    for arguments in [&["serve"][..], &["serve", "--demo"]] {
        let output = esteira(arguments, &vars, "");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(error(&output).contains("ESTEIRA_DEMO_OUTSIDE"), "{}", error(&output));
    }
}

#[test]
fn an_option_given_twice_is_refused_by_its_name() {
    // A taken port: should it be let pass, the simulator ends all the same.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let pairs = ["latency-ms", "pending-ms", "duration-ms", "log-lines", "cancel-ms"];
    let of_rpa = pairs.iter().map(|name| ("rpa", *name));
    for (simulator, name) in of_rpa.chain([("sat", "latency-ms")]) {
        let option = format!("--{name}");
        let arguments = [
            "simulate", simulator, "--port", &port, &option, "1", "2", &option, "3", "4",
        ];
        let output = esteira(&arguments, &[], "");
        let text = error(&output);
        assert_eq!(output.status.code(), Some(2), "{simulator} {option}: {text}");
        assert!(
            text.contains(&format!("'{option} <MIN> <MAX>' cannot be used multiple times")),
            "{text}"
        );
    }
}

#[test]
fn the_document_is_printed() {
    let output = esteira(&["openapi"], &[], "");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["info"]["title"], "Esteira");
}
