//! A throw-away Redis on a socket, for the peers that stand on one.

use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::project::Project;

/// Ends with this value.
pub(super) struct Redis {
    server: Child,
    url: String,
    _folder: TempDir,
}

impl Redis {
    /// `policy` says when its file is synced, as Redis calls it: `always` or `everysec`.
    pub(super) fn start(project: &Project, policy: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = project.command(project.path("xtask/peers/redis"));
        command.arg(folder.path()).arg(policy).stdout(Stdio::null());
        let mut server = command.spawn().context("cannot start redis")?;
        let socket = folder.path().join("redis.sock");
        while !socket.exists() {
            ensure!(server.try_wait()?.is_none(), "redis ended at once");
            std::thread::sleep(Duration::from_millis(20));
        }
        let url = format!("unix://{}", socket.display());
        Ok(Self {
            server,
            url,
            _folder: folder,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
