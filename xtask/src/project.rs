//! Where things are, and commands that see the project's own tools first.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the xtask package has no parent directory")?;
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The directory of build results: `CARGO_TARGET_DIR` when set, else `target/`.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |set| self.root.join(set))
    }

    /// The page has its own target directory, so that its profile and flags never rebuild the server's.
    pub(crate) fn page_target(&self) -> PathBuf {
        self.target().join("wasm")
    }

    pub(crate) fn node_modules(&self) -> PathBuf {
        self.path(".tools/node/node_modules")
    }

    /// A command in the project's root with `.tools/` first on PATH.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path());
        command
    }

    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.command("cargo");
        if std::env::var_os("CI").is_some() {
            // Nothing is compiled twice there.
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// First match for `program` in `.tools/` and PATH.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.search_path())
            .map(|directory| directory.join(program))
            .find(|candidate| candidate.is_file())
    }

    fn search_path(&self) -> OsString {
        let own = [self.path(".tools/bin"), self.node_modules().join(".bin")];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let all = own.into_iter().chain(std::env::split_paths(&inherited));
        // Only a directory with a colon in its name can fail here; PATH itself cannot hold one.
        std::env::join_paths(all).unwrap_or(inherited)
    }
}
