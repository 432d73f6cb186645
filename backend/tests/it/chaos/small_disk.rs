//! The program on a file system of a few megabytes, in a mount namespace of the test's own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use esteira::config::Vars;

use super::program;

/// The program with its data on a small disk, and a shell beside it that takes commands.
pub(super) struct SmallDisk {
    shell: Child,
    folder: String,
    pid: u32,
}

impl SmallDisk {
    /// Whether this machine allows it; otherwise says that nothing is tested.
    pub(super) fn is_allowed() -> bool {
        let may = Command::new("unshare")
            .args(["--map-root-user", "--mount", "true"])
            .status();
        let allowed = may.is_ok_and(|status| status.success());
        if !allowed {
            println!("NOT TESTED: this machine allows no mount namespaces (unshare), so the disk cannot be made small");
        }
        allowed
    }

    /// `before` are commands of the shell, run when the disk is there and the program is not.
    pub(super) fn start(folder: &Path, megabytes: u32, before: &str, vars: &Vars, log: Stdio) -> Self {
        let folder = folder.to_str().unwrap().to_owned();
        // As few files as shells and service managers often give: the program asks for more itself.
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' || exit 9; {before}; ulimit -S -n 512; \
             '{}' serve >/dev/null & program=$!; echo $program; \
             while read -r line; do eval \"$line\"; done; kill $program; wait",
            program()
        );
        let mut shell = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .envs(vars)
            .env("ESTEIRA_DATA_DIR", &folder)
            // The whole disk is smaller than what is wanted free.
            .env("ESTEIRA_MIN_FREE_MIB", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut pid = String::new();
        let told = shell.stdout.take().unwrap();
        BufReader::new(told).read_line(&mut pid).unwrap();
        let pid = pid.trim().parse().expect("the disk is mounted");
        Self { shell, folder, pid }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    fn run(&mut self, command: &str) {
        writeln!(self.shell.stdin.as_mut().unwrap(), "{command}").unwrap();
    }

    pub(super) fn enlarge(&mut self, megabytes: u32) {
        self.run(&format!("mount -o remount,size={megabytes}m '{}'", self.folder));
    }

    /// Fills it, and takes again what others give back, until [`SmallDisk::free`].
    pub(super) fn fill(&mut self) {
        let (mark, file) = (self.path("filling"), self.path("filler"));
        self.run(&format!(
            ": > '{mark}'; while [ -e '{mark}' ] && kill -0 $program; do cat /dev/zero >> '{file}'; sleep 0.05; done \
             2>/dev/null &"
        ));
    }

    pub(super) fn free(&mut self) {
        let (mark, file) = (self.path("filling"), self.path("filler"));
        // The loop may be at its last piece.
        self.run(&format!("rm '{mark}'; sleep 0.2; rm '{file}'"));
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }
}

impl Drop for SmallDisk {
    /// The shell ends the program when nothing more can come.
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        drop(self.shell.wait());
    }
}
