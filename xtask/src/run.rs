//! From a fresh checkout to a page in the browser with one command.

use anyhow::Result;

use crate::build;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Start without demonstration data and without simulators
    #[arg(long)]
    empty: bool,
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[command(flatten)]
    build: build::Arguments,
}

pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let binary = build::build(project, &arguments.build)?;
    let mut command = project.command(binary);
    command
        .arg("serve")
        .env("ESTEIRA_LISTEN", format!("127.0.0.1:{}", arguments.port));
    if std::env::var_os("ESTEIRA_DATA_DIR").is_none() {
        command.env("ESTEIRA_DATA_DIR", project.path("data"));
    }
    if !arguments.empty {
        command.arg("--demo");
    }
    println!("run: http://127.0.0.1:{} (Ctrl+C stops it)", arguments.port);
    match process::run(&mut command) {
        Err(_) if process::interrupted() => Ok(()),
        other => other,
    }
}
