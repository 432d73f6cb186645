//! The command line tool must be exactly the version of the library the page links.

use anyhow::{Context, Result};

use super::Effort;
use crate::project::Project;

pub(super) fn check(project: &Project) -> Result<(String, bool)> {
    let version = version(project)?;
    let ready = super::reports_version(project, "wasm-bindgen", &version);
    Ok((format!("wasm-bindgen {version}"), ready))
}

/// Without `--locked`: the lock file it ships has named crate versions that no longer exist. Without TLS, which is for its
/// runner of tests.
pub(super) fn install(project: &Project) -> Result<()> {
    super::cargo_install(
        project,
        Effort::Works,
        &[
            "wasm-bindgen-cli",
            "--version",
            &version(project)?,
            "--bin",
            "wasm-bindgen",
            "--no-default-features",
            "--force",
        ],
    )
}

fn version(project: &Project) -> Result<String> {
    let lock = std::fs::read_to_string(project.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    locked_version(&lock, "wasm-bindgen").context("Cargo.lock has no wasm-bindgen")
}

/// The version of `package` in the text of a `Cargo.lock`.
pub(crate) fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.9\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn reads_the_exact_package() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }
}
