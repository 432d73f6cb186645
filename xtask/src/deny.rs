//! cargo-deny over the dependency tree. Its own command, because installing it compiles for minutes.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::tools::{self, Effort};

pub(crate) fn deny(project: &Project) -> Result<()> {
    if project.find("cargo-deny").is_none() {
        println!("deny: installing cargo-deny");
        tools::cargo_install(project, Effort::Waits, &["--locked", "cargo-deny"])?;
    }
    process::run(project.cargo().args(["deny", "--workspace", "check"]))
}
