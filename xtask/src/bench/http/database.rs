//! The rows that are read: the demonstration, and beside it an organisation that is larger.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::{Facts, Running};
use super::{Route, client};
use crate::bench::{KEY, prepared};
use crate::process;
use crate::project::Project;

/// As `backend/examples/generate.rs` names it.
const LARGE: &str = "Organização grande";
const USER: (&str, &str) = ("bancada@example.com", "uma frase só para a bancada");

/// A database with rows, and the folder of its server.
pub(super) struct Filled {
    folder: TempDir,
    url: Option<String>,
}

impl Filled {
    pub(super) fn new(project: &Project, server: &Path, rows: usize, url: Option<&str>) -> Result<Self> {
        let filled = Self {
            folder: tempfile::tempdir()?,
            url: url.map(str::to_owned),
        };
        let nobody = Facts {
            version: String::new(),
            runtime: String::new(),
        };
        // The demonstration wants an empty database, so it comes first.
        drop(filled.serve(project, server, &["serve", "--demo"], nobody)?);
        let mut generate = prepared(project, "generate");
        process::run(filled.at_home(&mut generate).arg(rows.to_string()))?;
        filled.add_user(project, server)?;
        Ok(filled)
    }

    /// Where the others read: the file, or the address of the server.
    pub(super) fn place(&self) -> String {
        let file = self.folder.path().join("esteira.db");
        self.url.clone().unwrap_or_else(|| file.display().to_string())
    }

    pub(super) fn serve(&self, project: &Project, server: &Path, arguments: &[&str], facts: Facts) -> Result<Running> {
        let mut command = project.command(server);
        self.at_home(&mut command).args(arguments);
        Running::ours(command, facts)
    }

    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("ESTEIRA_DATA_DIR", self.folder.path())
            .env("ESTEIRA_SECRET_KEY", KEY)
            .env("ESTEIRA_LOG", "warn");
        if let Some(url) = &self.url {
            command.env("ESTEIRA_DATABASE_URL", url);
        }
        command
    }

    fn add_user(&self, project: &Project, server: &Path) -> Result<()> {
        let mut command = project.command(server);
        self.at_home(&mut command)
            .args(["user", "create", "--name", "Bancada", "--role", "admin"])
            .args(["--email", USER.0, "--organization", LARGE])
            .stdin(Stdio::piped());
        let mut child = command.spawn().context("cannot start the server's commands")?;
        let mut input = child.stdin.take().context("no way to say the password")?;
        writeln!(input, "{}", USER.1)?;
        drop(input);
        let ended = child.wait()?;
        ensure!(ended.success(), "adding a user ended with {ended}");
        Ok(())
    }
}

/// Signs in and finds out what there is to ask for.
pub(super) fn routes(port: u16) -> Result<Vec<Route>> {
    let large = sign_in(port, USER)?;
    let months = client::get(port, "/api/v1/months", &large)?.json()?;
    let month = text(months.get(0)).context("no month was opened")?;
    let process = plain_process(port, &large)?;
    let route = |name, path: String, cookie: &str, template| Route {
        name,
        path,
        cookie: cookie.to_owned(),
        template,
    };
    Ok(vec![
        route(
            "list of 50",
            "/api/v1/processes?limit=50".to_owned(),
            &large,
            "/processes",
        ),
        route("month", format!("/api/v1/months/{month}"), &large, "/months/{month}"),
        route(
            "one process",
            format!("/api/v1/processes/{process}"),
            &large,
            "/processes/{id}",
        ),
        route("session", "/api/v1/session".to_owned(), &large, "/session"),
    ])
}

/// Returns the cookie.
fn sign_in(port: u16, (email, password): (&str, &str)) -> Result<String> {
    let body = json!({ "email": email, "password": password }).to_string();
    let headers = [("content-type", "application/json"), ("x-esteira-csrf", "1")];
    let answer = client::send(port, "POST", "/api/v1/session", &headers, &body)?;
    ensure!(answer.status == 200, "signing in answered {}", answer.status);
    let cookie = answer.cookie().context("signing in set no cookie")?;
    Ok(cookie.to_owned())
}

/// One without jobs, runs and reasons in its history: the peers make no rows of the first two and word none of the last.
fn plain_process(port: u16, cookie: &str) -> Result<String> {
    let list = client::get(port, "/api/v1/processes?limit=200", cookie)?.json()?;
    let found = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    for id in found.iter().filter_map(|process| text(process.get("id"))) {
        let detail = client::get(port, &format!("/api/v1/processes/{id}"), cookie)?.json()?;
        let rows = |name: &str| detail.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let unreasoned = rows("moves")
            .iter()
            .all(|one| one.get("reason").is_none_or(Value::is_null));
        if detail.get("last_job").is_some_and(Value::is_null) && rows("executions").is_empty() && unreasoned {
            return Ok(id);
        }
    }
    anyhow::bail!("no process is without jobs, runs and reasons")
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}
