//! PostgreSQL refuses to run as root, so root hands it to another user.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// Who owns and runs the server: ourselves, or `postgres` or `nobody` when we are root.
pub(super) struct User {
    other: Option<(u32, u32)>,
}

impl User {
    pub(super) fn of_server() -> Result<Self> {
        if !nix::unistd::geteuid().is_root() {
            return Ok(Self { other: None });
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = nix::unistd::User::from_name(name)? {
                return Ok(Self {
                    other: Some((user.uid.as_raw(), user.gid.as_raw())),
                });
            }
        }
        anyhow::bail!("PostgreSQL cannot run as root, and this machine has neither a user postgres nor nobody")
    }

    pub(super) fn own(&self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.other {
            chown(path, Some(uid), Some(gid)).with_context(|| format!("cannot hand over {}", path.display()))?;
        }
        Ok(())
    }

    /// The program as this user. With setpriv (Linux) it also gets SIGINT when we are killed outright, so that
    /// not even `kill -9` leaves a server behind.
    pub(super) fn command(&self, program: &Path, folder: &Path) -> Command {
        let setpriv = Path::new("/usr/bin/setpriv");
        let command = if setpriv.is_file() {
            let mut command = Command::new(setpriv);
            command.arg("--pdeathsig=INT");
            if let Some((uid, gid)) = self.other {
                command
                    .arg(format!("--reuid={uid}"))
                    .arg(format!("--regid={gid}"))
                    .arg("--clear-groups");
            }
            command.arg(program);
            command
        } else {
            let mut command = Command::new(program);
            if let Some((uid, gid)) = self.other {
                command.uid(uid).gid(gid);
            }
            command
        };
        super::clean(command, folder)
    }
}
