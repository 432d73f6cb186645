//! Runs the fuzzers of `backend/fuzz`, one after the other.
//!
//! libFuzzer only needs to see which code runs, so they are built here with the compiler that builds everything else: no
//! nightly and no tool. `cargo +nightly fuzz run <parser> --fuzz-dir backend/fuzz` works as well.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::build;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds for each parser
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only these parsers, between commas; see backend/fuzz/fuzz_targets
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// What `cargo fuzz --sanitizer none` sets. Our code has no `unsafe`, so the sanitizers would find nothing in it.
const FLAGS: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// One input that takes longer is a finding.
const TIMEOUT_S: u64 = 10;
/// Of the whole fuzzer; more is a finding.
const MEMORY_MIB: u64 = 1_024;
/// Of what a fuzzer says before it ends.
const LAST_LINES: usize = 25;

/// What came of one fuzzer.
struct Run {
    name: String,
    inputs: u64,
    /// Places in the code that were reached.
    reached: u64,
    peak_mib: u64,
    finding: Option<PathBuf>,
}

pub(crate) fn fuzz(project: &Project, arguments: &Arguments) -> Result<()> {
    let folder = project.path("backend/fuzz");
    let names = names(&folder, &arguments.only)?;
    let programs = built(project, &folder, &names)?;
    let mut runs = Vec::new();
    for name in &names {
        println!("fuzz: {name} for {} s", arguments.seconds);
        let run = run(project, &folder, &programs.join(name), name, arguments.seconds)?;
        println!("fuzz: {}", told(&run));
        runs.push(run);
    }
    if arguments.only.is_empty() {
        keep(project, &runs, arguments.seconds)?;
    }
    let found: Vec<&str> = runs
        .iter()
        .filter(|run| run.finding.is_some())
        .map(|run| run.name.as_str())
        .collect();
    ensure!(
        found.is_empty(),
        "findings in {}; what is mended goes to backend/fuzz/seeds, where every test run tries it",
        found.join(", ")
    );
    Ok(())
}

fn names(folder: &Path, only: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder.join("fuzz_targets"))? {
        let file = file?.path();
        let name = file.file_stem().and_then(|name| name.to_str());
        names.extend(name.map(str::to_owned));
    }
    names.sort();
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        bail!("there is no parser {unknown}; there are {}", names.join(", "));
    }
    names.retain(|name| only.is_empty() || only.contains(name));
    Ok(names)
}

/// Builds them; gives the folder of the programs.
fn built(project: &Project, folder: &Path, names: &[String]) -> Result<PathBuf> {
    build::ensure_page_folder(project)?;
    // What is fuzzed is what is served, to the version of each library. What only the fuzzers need is added by cargo.
    let (ours, theirs) = (project.path("Cargo.lock"), folder.join("Cargo.lock"));
    let changed = |file: &Path| file.metadata().and_then(|file| file.modified()).ok();
    if changed(&ours) > changed(&theirs) {
        fs::copy(&ours, &theirs)?;
    }
    let host = host(project)?;
    let target = project.target().join("fuzz");
    let mut command = project.cargo();
    command
        .args(["build", "--release", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        // With a target that is named, the flags are not for build scripts.
        .args(["--target", &host, "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", FLAGS.join(" "));
    for name in names {
        command.args(["--bin", name]);
    }
    process::run(&mut command)?;
    Ok(target.join(host).join("release"))
}

fn host(project: &Project) -> Result<String> {
    let told = process::output(project.command("rustc").arg("-vV"))?;
    let text = String::from_utf8_lossy(&told.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .context("rustc does not say for which machine it is")
}

fn run(project: &Project, folder: &Path, program: &Path, name: &str, seconds: u64) -> Result<Run> {
    let [corpus, artifacts] = ["corpus", "artifacts"].map(|kind| folder.join(kind).join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let log = artifacts.join("fuzzer.log");
    let output = File::create(&log)?;
    let mut command = project.command(program);
    command
        .arg(&corpus)
        .arg(folder.join("seeds").join(name))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={TIMEOUT_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg("-print_final_stats=1")
        .stdout(output.try_clone()?)
        .stderr(output);
    let ended = process::run(&mut command);
    if process::interrupted() {
        bail!("interrupted");
    }
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if ended.is_err() {
        let lines: Vec<&str> = text.lines().collect();
        println!(
            "{}",
            lines
                .get(lines.len().saturating_sub(LAST_LINES)..)
                .unwrap_or_default()
                .join("\n")
        );
    }
    Ok(Run {
        name: name.to_owned(),
        inputs: number_after(&text, "stat::number_of_executed_units:"),
        reached: number_after(&text, " cov: "),
        peak_mib: number_after(&text, "stat::peak_rss_mb:"),
        finding: ended.err().map(|_| finding(&text).unwrap_or(log)),
    })
}

/// The number behind the last place at which these words stand.
fn number_after(text: &str, words: &str) -> u64 {
    let after = text.rsplit_once(words).map(|(_, after)| after.trim_start());
    let digits = after.and_then(|after| after.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// Where the fuzzer left the input that it failed with.
fn finding(text: &str) -> Option<PathBuf> {
    let (_, after) = text.rsplit_once("Test unit written to ")?;
    after.lines().next().map(PathBuf::from)
}

fn told(run: &Run) -> String {
    let found = run.finding.as_ref();
    let found = found.map_or_else(
        || "nothing found".to_owned(),
        |file| format!("FOUND {}", file.display()),
    );
    format!(
        "{}: {} inputs, {} places reached, {} MiB at most, {found}",
        run.name, run.inputs, run.reached, run.peak_mib
    )
}

/// Keeps the numbers in `docs/benchmarks/`.
fn keep(project: &Project, runs: &[Run], seconds: u64) -> Result<()> {
    let mut page = format!(
        "# Fuzzers\n\n`cargo xtask fuzz --seconds {seconds}`: each parser for {seconds} s under libFuzzer, from its seeds and what \
         earlier runs found worth keeping.\n\n| parser | inputs | places in the code reached | peak MiB | findings |\n|---|---|---|---|---|\n"
    );
    let mut rows = Vec::new();
    for run in runs {
        let found = usize::from(run.finding.is_some());
        page += &format!(
            "| {} | {} | {} | {} | {found} |\n",
            run.name, run.inputs, run.reached, run.peak_mib
        );
        rows.push(json!({
            "parser": run.name, "inputs": run.inputs, "places_reached": run.reached, "peak_mib": run.peak_mib, "findings": found,
        }));
    }
    let report = json!({ "what": "each parser under libFuzzer", "seconds_each": seconds, "parsers": rows });
    let benchmarks = project.path("docs/benchmarks");
    fs::write(
        benchmarks.join("fuzz.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    fs::write(benchmarks.join("fuzz.md"), page)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{finding, number_after};

    const SAID: &str = "#2\tINITED cov: 12 ft: 13\n#99\tDONE   cov: 512 ft: 900 corp: 7/88b\nstat::number_of_executed_units: 4242\n\
                        stat::peak_rss_mb:              61\n\
                        artifact_prefix='x/'; Test unit written to x/crash-0a1b\nBase64: AA==\n";

    #[test]
    fn what_a_fuzzer_says_is_read() {
        assert_eq!(number_after(SAID, "stat::number_of_executed_units:"), 4_242);
        assert_eq!(number_after(SAID, " cov: "), 512);
        assert_eq!(number_after(SAID, "stat::peak_rss_mb:"), 61);
        assert_eq!(number_after("", " cov: "), 0);
        assert_eq!(finding(SAID).as_deref(), Some(Path::new("x/crash-0a1b")));
        assert_eq!(finding("killed"), None);
    }
}
