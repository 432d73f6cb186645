//! The server that is measured: the real program, in a process of its own.

use std::{
    net::{SocketAddr, TcpListener},
    os::fd::AsFd as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use esteira::config::Vars;

/// What the first visit must show.
pub const SETUP_CODE: &str = "code-of-the-bench";
/// Until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// `esteira serve`; ends with this value.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    pub base: String,
}

impl Program {
    /// Starts it with these settings and no others, and waits until it is well.
    pub async fn serve(binary: &Path, vars: &Vars) -> anyhow::Result<Self> {
        // Free at this moment.
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ESTEIRA_")) {
            command.env_remove(name);
        }
        // What is printed here is the measurement.
        let errors = std::io::stderr().as_fd().try_clone_to_owned()?;
        command
            .arg("serve")
            .envs(vars)
            .env("ESTEIRA_LISTEN", address.to_string())
            .env("ESTEIRA_SETUP_CODE", SETUP_CODE)
            .stdin(Stdio::null())
            .stdout(errors);
        let mut program = Self {
            child: command.spawn()?,
            address,
            base: format!("http://{address}"),
        };
        program.until_well().await?;
        Ok(program)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    async fn until_well(&mut self) -> anyhow::Result<()> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let began = Instant::now();
        loop {
            let answer = http.get(format!("{}/api/health", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the server ended with {status}");
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "the server is not well after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
