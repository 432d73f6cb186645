//! How many tests passed and failed, read from the reports the runners write.

use std::fmt;
use std::ops::AddAssign;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Reads nextest's JUnit report.
pub(crate) fn from_junit(path: &Path) -> Result<Counts> {
    let text = read(path)?;
    junit(&text).with_context(|| format!("{} is not a JUnit report", path.display()))
}

/// Reads Playwright's JSON report.
pub(crate) fn from_playwright(path: &Path) -> Result<Counts> {
    let report = serde_json::from_str(&read(path)?).with_context(|| format!("{} is not JSON", path.display()))?;
    playwright(&report).with_context(|| format!("{} is not a Playwright report", path.display()))
}

/// Sums the `test result:` lines of `cargo test`.
pub(crate) fn from_libtest(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines().filter(|line| line.starts_with("test result:")) {
        sum += Counts {
            passed: number_before(line, " passed"),
            failed: number_before(line, " failed"),
        };
    }
    sum
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("the tests left no report at {}", path.display()))
}

fn junit(text: &str) -> Option<Counts> {
    let start = text.find("<testsuites ")?;
    let element = text.get(start..)?.split('>').next()?;
    let failed = attribute(element, "failures")? + attribute(element, "errors")?;
    Some(Counts {
        passed: attribute(element, "tests")?.checked_sub(failed)?,
        failed,
    })
}

fn attribute(element: &str, name: &str) -> Option<u64> {
    let (_, value) = element.split_once(&format!(" {name}=\""))?;
    value.split('"').next()?.parse().ok()
}

/// A flaky test passed on a later try; a report-level error (a file that does not load) is a failure too.
fn playwright(report: &Value) -> Option<Counts> {
    let stats = report.get("stats")?;
    let count = |name: &str| stats.get(name).and_then(Value::as_u64);
    let errors = report.get("errors").and_then(Value::as_array).map_or(0, Vec::len);
    Some(Counts {
        passed: count("expected")? + count("flaky")?,
        failed: count("unexpected")? + u64::try_from(errors).ok()?,
    })
}

/// What failed in Playwright's JSON report: the title of each test and the beginning of its error.
pub(crate) fn failures(path: &Path) -> Vec<String> {
    let report: Value = read(path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let mut found = Vec::new();
    suites(&report, &mut found);
    found
}

fn suites(parent: &Value, found: &mut Vec<String>) {
    let list = |of: &Value, name: &str| of.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for spec in list(parent, "specs") {
        let title = spec.get("title").and_then(Value::as_str).unwrap_or("?");
        let results = list(&spec, "tests").into_iter().flat_map(|test| list(&test, "results"));
        for error in results.flat_map(|result| list(&result, "errors")) {
            let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
            let beginning: Vec<&str> = message
                .lines()
                .filter(|line| !line.trim().is_empty())
                .take(12)
                .collect();
            found.push(format!("{title}: {}", beginning.join("\n    ")));
        }
    }
    for suite in list(parent, "suites") {
        suites(&suite, found);
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    line.split_once(word)
        .and_then(|(before, _)| before.rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Counts, from_libtest, junit, playwright, suites};

    #[test]
    fn junit_counts_errors_as_failures() {
        let text = "<?xml version=\"1.0\"?>\n<testsuites name=\"nextest-run\" tests=\"7\" failures=\"2\" errors=\"1\" \
                    uuid=\"x\">\n<testsuite name=\"a\" tests=\"7\" failures=\"0\" errors=\"0\">";
        assert_eq!(junit(text), Some(Counts { passed: 4, failed: 3 }));
        assert_eq!(junit("<html>"), None);
    }

    #[test]
    fn playwright_counts_flaky_as_passed_and_load_errors_as_failed() {
        let report = serde_json::json!({
            "errors": [{"message": "cannot find module"}],
            "stats": {"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 3}
        });
        assert_eq!(playwright(&report), Some(Counts { passed: 6, failed: 2 }));
        assert_eq!(playwright(&serde_json::json!({})), None);
    }

    #[test]
    fn failures_are_named_with_the_beginning_of_their_error() {
        let report = serde_json::json!({"suites": [{"specs": [], "suites": [{"specs": [
            {"title": "passes", "tests": [{"results": [{"errors": []}]}]},
            {"title": "approves", "tests": [{"results": [{"errors": [{"message": "expected 1\n\nreceived 2"}]}]}]}
        ]}]}]});
        let mut found = Vec::new();
        suites(&report, &mut found);
        assert_eq!(found, ["approves: expected 1\n    received 2"]);
    }

    #[test]
    fn libtest_lines_are_summed() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored\nnoise\ntest result: FAILED. 1 passed; 2 failed;";
        assert_eq!(from_libtest(output), Counts { passed: 4, failed: 2 });
    }
}
