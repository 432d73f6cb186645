//! wasm-opt and wasm-merge, from the npm package `binaryen`: distributions ship versions too old for what rustc emits.

use anyhow::Result;

use crate::project::Project;

const VERSION: &str = "132.0.0";
/// How `wasm-opt --version` names the same release.
const REPORTED: &str = "132";

pub(super) fn check(project: &Project) -> (String, bool) {
    (
        format!("wasm-opt {REPORTED}"),
        super::reports_version(project, "wasm-opt", REPORTED),
    )
}

pub(super) fn install(project: &Project) -> Result<()> {
    super::npm_install(project, &format!("binaryen@{VERSION}"))
}
