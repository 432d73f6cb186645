//! A program that works beside the others with what they leave of the machine.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::process;
use crate::project::Project;

/// What it prints is kept until somebody waits for it. It is ended, with all that it started, when the value is dropped.
pub(crate) struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts one of our own commands at the lowest priority: programs of others run first whenever they have something to do.
    ///
    /// # Errors
    /// When it cannot be started, or its log cannot be written.
    pub(crate) fn start(project: &Project, command: &str) -> Result<Self> {
        let mut program = project.command("nice");
        program.args(["-n", "19"]).arg(std::env::current_exe()?).arg(command);
        if std::env::var_os("CI").is_some() {
            // Half of the time goes into optimising what runs once. The page and the tools say themselves how far they are.
            program.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        }
        std::fs::create_dir_all(project.target())?;
        Self::spawn(&mut program, project.target().join(format!("{command}.log")))
    }

    fn spawn(program: &mut Command, log: PathBuf) -> Result<Self> {
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = program
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .context("cannot start what runs in the background")?;
        Ok(Self { child, log })
    }

    /// Whether it has ended without success.
    pub(crate) fn has_failed(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(status)) if !status.success())
    }

    /// Waits until it has ended, and prints what it printed.
    ///
    /// # Errors
    /// When it ended without success, or we were interrupted.
    pub(crate) fn join(mut self) -> Result<()> {
        let status = loop {
            if process::interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        io::copy(&mut File::open(&self.log)?, &mut io::stdout().lock())?;
        if !status.success() {
            bail!("it ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let Ok(group) = i32::try_from(self.child.id()) else {
            return;
        };
        if matches!(self.child.try_wait(), Ok(None)) {
            // It may have ended in the meantime, which is what we want anyway.
            let _ = killpg(Pid::from_raw(group), Signal::SIGTERM);
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::Background;

    fn shell(folder: &tempfile::TempDir, script: &str) -> Background {
        Background::spawn(Command::new("sh").args(["-c", script]), folder.path().join("log")).unwrap()
    }

    #[test]
    fn a_failure_is_seen_before_it_is_waited_for_and_what_was_printed_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut background = shell(&folder, "echo said; echo wrong >&2; exit 3");
        while !background.has_failed() {
            std::thread::yield_now();
        }
        assert_eq!(
            std::fs::read_to_string(folder.path().join("log")).unwrap(),
            "said\nwrong\n"
        );
        assert!(background.join().unwrap_err().to_string().contains('3'));
    }

    #[test]
    fn success_is_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        let mut background = shell(&folder, "true");
        background.child.wait().unwrap();
        assert!(!background.has_failed());
        background.join().unwrap();
    }

    #[test]
    fn who_is_no_longer_waited_for_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let begun = Instant::now();
        drop(shell(&folder, "sleep 60"));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
