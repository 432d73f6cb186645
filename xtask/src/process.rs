//! Running programs so that Ctrl+C or SIGTERM ends them, and our own clean-up still runs.

use std::process::{Child, Command, ExitStatus, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);
static CHILDREN: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// The terminal hands Ctrl+C to the children as well; this long they may end by themselves.
const GRACE: Duration = Duration::from_secs(2);

/// Turns Ctrl+C, SIGTERM and SIGHUP into an ordinary error return, so that guards (a database server, a
/// temporary folder) are dropped. A second one kills the running program.
pub(crate) fn catch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        let signal = if INTERRUPTS.fetch_add(1, Ordering::SeqCst) == 0 {
            std::thread::sleep(GRACE);
            Signal::SIGTERM
        } else {
            Signal::SIGKILL
        };
        for child in children().iter() {
            signal_process(*child, signal);
        }
    })
    .context("cannot listen for Ctrl+C")
}

pub(crate) fn interrupted() -> bool {
    INTERRUPTS.load(Ordering::SeqCst) > 0
}

pub(crate) fn signal_process(id: u32, signal: Signal) {
    if let Ok(id) = i32::try_from(id) {
        // It may have ended in the meantime, which is what we want anyway.
        let _ = kill(Pid::from_raw(id), signal);
    }
}

/// Runs a program with our own input and output.
///
/// # Errors
/// When it cannot be started, ends with a failure, or we were interrupted.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    run_until(command, |child| Ok(child.wait()?))
}

/// The same, while something else is looked after a few times a second.
///
/// # Errors
/// As [`run`], and what looking after fails with.
pub(crate) fn run_beside(command: &mut Command, mut beside: impl FnMut() -> Result<()>) -> Result<()> {
    run_until(command, |child| {
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            beside()?;
            std::thread::sleep(Duration::from_millis(100));
        }
    })
}

fn run_until(command: &mut Command, wait: impl FnOnce(&mut Child) -> Result<ExitStatus>) -> Result<()> {
    let shown = shown(command);
    let mut child = command.spawn().with_context(|| format!("cannot start `{shown}`"))?;
    let id = child.id();
    children().push(id);
    let status = wait(&mut child);
    children().retain(|known| *known != id);
    let status = status.with_context(|| format!("lost `{shown}`"))?;
    if interrupted() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a short program and returns what it printed, whether it succeeded or not.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    let shown = shown(command);
    command.output().with_context(|| format!("cannot start `{shown}`"))
}

/// The program and its first arguments, for messages.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .take(6)
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

fn children() -> std::sync::MutexGuard<'static, Vec<u32>> {
    CHILDREN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
