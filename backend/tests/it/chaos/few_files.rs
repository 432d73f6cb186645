//! A program that may open no more files.

use std::{net::TcpStream, process::Command};

use esteira::config::Vars;

use super::{Program, free_port, open_files};
use crate::support::{SETUP_CODE, eventually};

/// Connections beside one that asks for health now and then.
const CONNECTIONS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_without_files_goes_on_listening() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let vars: Vars = [
        ("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap()),
        ("ESTEIRA_LISTEN", address.as_str()),
        ("ESTEIRA_SETUP_CODE", SETUP_CODE),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let log = folder.path().join("log");
    let mut program = Program::start_telling(&["serve"], &vars, &log);
    let up = || async {
        reqwest::get(format!("http://{address}/api/health"))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    };
    eventually("the server is up", up).await;

    let most = open_files(program.pid()) + CONNECTIONS / 2;
    let (pid, most) = (program.pid().to_string(), format!("--nofile={most}:"));
    let set = Command::new("prlimit").args(["--pid", &pid, &most]).status();
    assert!(set.unwrap().success());
    let silent: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    eventually("a connection cannot be taken", || async {
        std::fs::read_to_string(&log).unwrap().contains("accept error")
    })
    .await;
    drop(silent);
    eventually("it takes them again", up).await;
    assert!(!program.is_over());
}
