//! Licences, sources and known faults of the dependencies, as `deny.toml` wants them.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::summary::Outcome;
use crate::tools::{self, Tool};

/// What is known about faults is kept by others, and asked for each time. Where it is out of reach, that is said, and all that
/// needs nobody is checked all the same.
pub(crate) fn deny(project: &Project) -> Result<Outcome> {
    tools::ensure(project, &[Tool::CargoDeny])?;
    check(project, &["licenses", "bans", "sources"])?;
    let mut fetch = project.cargo();
    fetch
        .args(["deny", "fetch", "db"])
        // A network that swallows everything is out of reach too.
        .envs([
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_HTTP_LOW_SPEED_LIMIT", "1000"),
            ("GIT_HTTP_LOW_SPEED_TIME", "30"),
        ]);
    let fetched = process::output(&mut fetch)?;
    if !fetched.status.success() {
        eprint!("{}", String::from_utf8_lossy(&fetched.stderr));
        let missing = "NOT CHECKED for known faults: their database is out of reach";
        println!("deny: {missing}");
        return Ok(Outcome::Partly(missing));
    }
    check(project, &["advisories"])?;
    Ok(Outcome::Done)
}

fn check(project: &Project, what: &[&str]) -> Result<()> {
    process::run(
        project
            .cargo()
            .args(["deny", "--locked", "--workspace", "check"])
            .args(what),
    )
}
