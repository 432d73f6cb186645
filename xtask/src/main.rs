//! `cargo xtask`: the project's commands. Continuous integration runs `cargo xtask test` and nothing else.

mod background;
mod bench;
mod build;
mod chaos;
mod checks;
mod counts;
mod deny;
mod e2e;
mod fuzz;
mod generate;
mod hostile;
mod model;
mod mutants;
mod pg;
mod postgres;
mod process;
mod project;
mod run;
mod s3;
mod sbom;
mod screenshots;
mod summary;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Project commands of Esteira"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing into .tools/ (trunk, wasm-bindgen, wasm-split, wasm-opt, nextest, cargo-deny, the
    /// wasm target)
    Tools,
    /// Builds the page into dist/ and the server that embeds it
    Build(build::Arguments),
    /// Builds everything and serves it with demonstration data
    Run(run::Arguments),
    /// Runs every check and test, the same steps as continuous integration
    Test(test::Arguments),
    /// Format and clippy checks only
    Lint,
    /// Browser tests against the release binary
    E2e(e2e::Arguments),
    /// Starts a throw-away PostgreSQL and prints its address until Ctrl+C
    Pg,
    /// Starts an S3 server over a folder, for development
    S3(s3::Arguments),
    /// Photographs every page into docs/screenshots/
    Screenshots,
    /// Measures, and keeps the numbers in docs/benchmarks/
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Works at a steady rate for an hour on each database, and keeps the numbers in docs/benchmarks/
    Soak(bench::Soak),
    /// Fills the configured database with very many processes
    Generate(generate::Arguments),
    /// Plays random histories of the queue on both databases and checks what must be true of each
    Model(model::Arguments),
    /// Takes the queue's guards away one by one, and sees that its tests notice
    Mutants(mutants::Arguments),
    /// Kills the server again and again while it works, and lays siege to it, on both databases
    Chaos(chaos::Arguments),
    /// Runs the fuzzer of each parser for a while
    Fuzz(fuzz::Arguments),
    /// Sends hostile inputs to the real server, twenty at a time, and fails when it takes too much memory or keeps others waiting
    Hostile(hostile::Arguments),
    /// Checks licences, sources and known faults of the dependencies
    Deny,
    /// Writes the list of what is in the shipped program (CycloneDX)
    Sbom(sbom::Arguments),
    /// Cuts the page that trunk has just built into parts; trunk calls it
    #[command(hide = true)]
    PageParts,
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            if process::interrupted() {
                ExitCode::from(130)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn start() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let project = Project::locate()?;
    process::catch_interrupts()?;
    match arguments.command {
        Command::Tools => tools::ensure(&project, &tools::ALL)?,
        Command::Build(arguments) => {
            build::build(&project, &arguments)?;
        }
        Command::Run(arguments) => run::run(&project, &arguments)?,
        Command::Test(arguments) => return test::test(&project, &arguments),
        Command::Lint => return test::lint(&project),
        Command::E2e(arguments) => e2e::command(&project, &arguments)?,
        Command::Pg => pg::pg(&project)?,
        Command::S3(arguments) => s3::s3(&project, &arguments)?,
        Command::Screenshots => screenshots::screenshots(&project)?,
        Command::Deny => drop(deny::deny(&project)?),
        Command::Sbom(arguments) => sbom::sbom(&project, &arguments)?,
        Command::PageParts => build::page_parts(&project)?,
        Command::Bench(bench) => bench::bench(&project, &bench)?,
        Command::Soak(arguments) => bench::soak(&project, &arguments)?,
        Command::Generate(arguments) => generate::generate(&project, &arguments)?,
        Command::Model(arguments) => model::model(&project, &arguments)?,
        Command::Mutants(arguments) => mutants::mutants(&project, &arguments)?,
        Command::Chaos(arguments) => chaos::chaos(&project, &arguments)?,
        Command::Fuzz(arguments) => fuzz::fuzz(&project, &arguments)?,
        Command::Hostile(arguments) => hostile::hostile(&project, &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn every_command_can_be_parsed() {
        super::Arguments::command().debug_assert();
    }
}
