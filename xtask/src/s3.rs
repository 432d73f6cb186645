//! The S3 server of the tests: the real protocol over a folder (see `backend/examples/s3_server.rs`).

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::build;
use crate::process;
use crate::project::Project;
use crate::test::SERVER;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder with one sub-folder per bucket
    #[arg(long, default_value = "data/s3")]
    root: PathBuf,
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 9000)]
    port: u16,
}

pub(crate) fn s3(project: &Project, arguments: &Arguments) -> Result<()> {
    let mut command = project.command(build(project)?);
    command
        .arg("--root")
        .arg(&arguments.root)
        .args(["--port", &arguments.port.to_string()]);
    match process::run(&mut command) {
        Err(_) if process::interrupted() => Ok(()),
        other => other,
    }
}

/// Builds the server and returns its path. The development profile: the unit tests have compiled it already.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    build::ensure_page_folder(project)?;
    let started = Instant::now();
    // The same choice of packages as the tests': another one has other features, and compiles everything below anew.
    process::run(
        project
            .cargo()
            .arg("build")
            .args(SERVER)
            .args(["--example", "s3_server"]),
    )?;
    println!("s3: server built in {:.1} s", started.elapsed().as_secs_f64());
    Ok(project.target().join("debug/examples/s3_server"))
}
