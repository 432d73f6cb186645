//! Cuts the page's program into parts. Exactly this version: the script it writes is taken apart by `build::parts`.

use anyhow::Result;

use super::Effort;
use crate::project::Project;

const PACKAGE: &str = "wasm_split_cli_support";
const VERSION: &str = "0.2.4";

/// The program cannot say its version; what `cargo install` wrote down can.
pub(super) fn check(project: &Project) -> (String, bool) {
    let installed = std::fs::read_to_string(project.path(".tools/.crates.toml")).unwrap_or_default();
    (
        format!("wasm-split-cli {VERSION}"),
        project.path(".tools/bin/wasm-split-cli").is_file() && is_recorded(&installed),
    )
}

pub(super) fn install(project: &Project) -> Result<()> {
    super::cargo_install(
        project,
        Effort::Works,
        &[
            "--locked",
            PACKAGE,
            "--version",
            VERSION,
            "--features",
            "build-binary",
            "--force",
        ],
    )
}

fn is_recorded(installed: &str) -> bool {
    installed
        .lines()
        .any(|line| line.starts_with(&format!("\"{PACKAGE} {VERSION} ")))
}

#[cfg(test)]
mod tests {
    use super::is_recorded;

    #[test]
    fn only_this_version_counts() {
        let record = |version: &str| {
            format!(
                "[v1]\n\"wasm_split_cli_support {version} (registry+https://example.com/index)\" = [\"wasm-split-cli\"]\n"
            )
        };
        assert!(is_recorded(&record("0.2.4")));
        assert!(!is_recorded(&record("0.2.40")));
        assert!(!is_recorded(&record("0.2.3")));
        assert!(!is_recorded(""));
    }
}
