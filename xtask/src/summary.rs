//! The table at the end of a test run.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::counts::Counts;

/// How a step ended.
pub(crate) enum Outcome {
    /// A step that checks or builds.
    Done,
    /// A step that ran tests; a count above zero under `failed` is a failed step.
    Tests(Counts),
    /// The same, with what to say about each test that failed.
    Failures(Counts, Vec<String>),
    /// A step that did all it could, and what it could not.
    Partly(&'static str),
    /// A step with nothing to do, and why.
    Skipped(&'static str),
}

struct Row {
    name: &'static str,
    result: String,
    time: Duration,
}

#[derive(Default)]
pub(crate) struct Summary {
    rows: Vec<Row>,
    counts: Counts,
    failure: Option<String>,
    failures: Vec<String>,
    notes: Vec<String>,
}

impl Summary {
    /// Runs a step unless an earlier one failed.
    pub(crate) fn step(&mut self, name: &'static str, step: impl FnOnce() -> Result<Outcome>) {
        if self.failure.is_some() {
            self.rows.push(Row {
                name,
                result: "not run".to_owned(),
                time: Duration::ZERO,
            });
            return;
        }
        println!("\n==> {name}");
        let started = Instant::now();
        let result = match step() {
            Ok(Outcome::Done) => "ok".to_owned(),
            Ok(Outcome::Partly(missing)) => {
                self.notes.push(format!("step `{name}`: {missing}"));
                format!("ok, but {missing}")
            }
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Ok(Outcome::Tests(counts)) => self.tests(name, counts),
            Ok(Outcome::Failures(counts, failures)) => {
                self.failures.extend(failures);
                self.tests(name, counts)
            }
            Err(error) => {
                // A step that broke before it could count is one failure, so that the closing line never looks clean.
                self.counts.failed += 1;
                self.failure = Some(format!("step `{name}`: {error:#}"));
                "FAILED".to_owned()
            }
        };
        self.rows.push(Row {
            name,
            result,
            time: started.elapsed(),
        });
    }

    fn tests(&mut self, name: &str, counts: Counts) -> String {
        self.counts += counts;
        let Counts { passed, failed } = counts;
        if failed > 0 {
            self.failure = Some(format!("step `{name}`: {failed} of {} tests failed", passed + failed));
        }
        counts.to_string()
    }

    /// Prints the table, the failure if there was one, and the closing line. True when everything passed.
    pub(crate) fn close(self) -> bool {
        println!("\n{:<14} {:>8}  result", "step", "seconds");
        for row in &self.rows {
            println!("{:<14} {:>8.1}  {}", row.name, row.time.as_secs_f64(), row.result);
        }
        let total: f64 = self.rows.iter().map(|row| row.time.as_secs_f64()).sum();
        println!("{:<14} {total:>8.1}  {}", "total", self.counts);
        if let Some(failure) = &self.failure {
            println!("FAILED at {failure}");
        }
        // Once more at the end, where somebody who sees only the last lines finds them.
        for failed in &self.failures {
            println!("  {failed}");
        }
        for note in &self.notes {
            println!("{note}");
        }
        println!("{}", self.counts);
        self.failure.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Summary};
    use crate::counts::Counts;

    #[test]
    fn a_failed_test_stops_what_follows() {
        let mut summary = Summary::default();
        summary.step("unit", || Ok(Outcome::Tests(Counts { passed: 3, failed: 1 })));
        summary.step("later", || panic!("must not run"));
        assert_eq!(summary.counts, Counts { passed: 3, failed: 1 });
        assert!(!summary.close());
    }

    #[test]
    fn a_broken_step_counts_as_one_failure() {
        let mut summary = Summary::default();
        summary.step("fmt", || anyhow::bail!("differs"));
        assert_eq!(summary.counts.failed, 1);
        assert!(!summary.close());
    }

    #[test]
    fn skipped_and_done_steps_pass() {
        let mut summary = Summary::default();
        summary.step("doc", || Ok(Outcome::Skipped("no examples")));
        summary.step("clippy", || Ok(Outcome::Done));
        assert!(summary.close());
    }

    #[test]
    fn what_could_not_be_done_is_told_and_fails_nothing() {
        let mut summary = Summary::default();
        summary.step("deny", || Ok(Outcome::Partly("NOT CHECKED")));
        assert_eq!(summary.notes, ["step `deny`: NOT CHECKED"]);
        assert!(summary.close());
    }
}
