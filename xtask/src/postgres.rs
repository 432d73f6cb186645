//! A throw-away PostgreSQL cluster: own data, own port, own password, gone when the value is dropped.

mod binaries;
mod user;

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use self::user::User;
use crate::process;
use crate::project::Project;

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(10);

pub(crate) struct Cluster {
    server: Child,
    binaries: PathBuf,
    user: User,
    port: u16,
    settings: &'static [&'static str],
    url: String,
    folder: TempDir,
}

impl Cluster {
    /// Creates and starts a cluster; it accepts connections when this returns.
    ///
    /// # Errors
    /// When no PostgreSQL can be found or installed, or it does not start; the error ends with its last log lines.
    pub(crate) fn start(project: &Project) -> Result<Self> {
        Self::start_with(project, &[])
    }

    /// The same without waiting for the disk: a test kills our programs, never this server, so nothing is lost to it.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub(crate) fn for_tests(project: &Project) -> Result<Self> {
        Self::start_with(
            project,
            &["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        )
    }

    fn start_with(project: &Project, settings: &'static [&'static str]) -> Result<Self> {
        let started = Instant::now();
        let binaries = binaries::find(project)?;
        let user = User::of_server()?;
        let folder = tempfile::Builder::new().prefix("esteira-pg-").tempdir()?;
        user.own(folder.path())?;

        let password = random_hex()?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;
        user.own(&password_file)?;
        create(&binaries, &user, folder.path(), &password_file)?;

        let port = free_port()?;
        let server = serve(&binaries, &user, folder.path(), port, settings)?;
        let url = format!("postgres://esteira:{password}@127.0.0.1:{port}/postgres");
        let mut cluster = Self {
            server,
            binaries,
            user,
            port,
            settings,
            url,
            folder,
        };
        cluster.wait_until_ready()?;
        println!(
            "pg: {} ready in {:.1} s",
            cluster.binaries.display(),
            started.elapsed().as_secs_f64()
        );
        Ok(cluster)
    }

    /// Address of the superuser on the default database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The process to stop it by.
    pub(crate) fn server_id(&self) -> u32 {
        self.server.id()
    }

    /// How the server names itself and its version.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn version(&self) -> Result<String> {
        let output = process::output(Command::new(self.binaries.join("postgres")).arg("--version"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Starts it again on the same data and port when somebody has stopped it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn revive(&mut self) -> Result<()> {
        if self.server.try_wait()?.is_some() {
            let folder = self.folder.path();
            self.server = serve(&self.binaries, &self.user, folder, self.port, self.settings)?;
            self.wait_until_ready()?;
        }
        Ok(())
    }

    /// # Errors
    /// When the server has ended by itself.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(status) = self.server.try_wait()? {
            bail!("postgres ended with {status}\n{}", log_tail(self.folder.path()));
        }
        Ok(())
    }

    /// The server writes its state into the eighth line of its pid file.
    fn wait_until_ready(&mut self) -> Result<()> {
        let pid_file = self.folder.path().join("data/postmaster.pid");
        let started = Instant::now();
        while !fs::read_to_string(&pid_file)
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
        {
            self.check()?;
            if process::interrupted() {
                bail!("interrupted");
            }
            if started.elapsed() > START_LIMIT {
                bail!(
                    "postgres was not ready after {} s\n{}",
                    START_LIMIT.as_secs(),
                    log_tail(self.folder.path())
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn ended_within(&mut self, limit: Duration) -> bool {
        let started = Instant::now();
        while started.elapsed() < limit {
            match self.server.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return true,
            }
        }
        false
    }
}

impl Drop for Cluster {
    /// Fast shutdown, then immediate shutdown, then kill; the folder goes with the last field.
    fn drop(&mut self) {
        for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
            process::signal_process(self.server.id(), signal);
            if self.ended_within(STOP_LIMIT) {
                return;
            }
        }
    }
}

/// Bytewise order, as in SQLite, so that both databases sort alike. The password guards against the machine's other
/// users: a superuser of PostgreSQL may run programs.
fn create(binaries: &Path, user: &User, folder: &Path, password_file: &Path) -> Result<()> {
    let mut command = user.command(&binaries.join("initdb"), folder);
    command
        .arg("-D")
        .arg(folder.join("data"))
        .arg("--pwfile")
        .arg(password_file)
        .args(["-U", "esteira", "--auth-local=trust", "--auth-host=password"])
        .args(["--encoding=UTF8", "--locale=C", "--no-sync"]);
    let output = process::output(&mut command)?;
    if !output.status.success() {
        bail!(
            "initdb ended with {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// In its own process group: Ctrl+C in the terminal must reach the tests first, and the database only through us.
fn serve(binaries: &Path, user: &User, folder: &Path, port: u16, settings: &[&str]) -> Result<Child> {
    let log = File::create(log_file(folder))?;
    let mut command = user.command(&binaries.join("postgres"), folder);
    command
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-c", "max_connections=300"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdin(std::process::Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    command.spawn().context("cannot start postgres")
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

fn log_tail(folder: &Path) -> String {
    let text = fs::read_to_string(log_file(folder)).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// A port nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    std::io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The environment of a server program: nothing of ours that could redirect it.
fn clean(mut command: Command, folder: &Path) -> Command {
    let inherited: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    for name in inherited
        .into_iter()
        .filter(|name| name.to_string_lossy().starts_with("PG"))
    {
        command.env_remove(name);
    }
    command.current_dir(folder).env("HOME", folder).env("LC_ALL", "C");
    command
}
