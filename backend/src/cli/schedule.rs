//! `esteira schedule`

use std::{
    io::{self, BufRead, Write as _},
    process::ExitCode,
};

use clap::Subcommand;
use esteira_shared::language::Language;
use serde_json::json;

use crate::schedules;

#[derive(Subcommand)]
pub(super) enum Schedule {
    /// Say what schedules would do: one request of JSON on each line of the input, one answer on each line of the output
    ///
    /// A request is what `POST /api/v1/schedules/preview` takes. Its calendars are the built-in ones. A request that cannot
    /// be answered gives `{"problems": […]}`.
    Preview {
        /// Of descriptions and reasons: pt-BR or en
        #[arg(long, default_value_t)]
        language: Language,
    },
}

/// A longer line is no request.
const LINE_BYTES: usize = 1024 * 1024;

impl Schedule {
    pub(super) fn run(self) -> ExitCode {
        let Self::Preview { language } = self;
        match preview(language) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads has enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("esteira: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Answers each line before it reads the next.
fn preview(language: Language) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut line = Vec::new();
    while read_line(&mut input, &mut line)? {
        let answer = if line.len() > LINE_BYTES {
            json!({ "problems": [{ "text": format!("a request has at most {LINE_BYTES} bytes") }] })
        } else if line.trim_ascii().is_empty() {
            continue;
        } else {
            schedules::answer(&line, language)
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// Reads a line, of one that is too long no more than shows it. False at the end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let some = input.fill_buf()?;
        if some.is_empty() {
            return Ok(!line.is_empty());
        }
        let end = some.iter().position(|byte| *byte == b'\n');
        let (taken, used) = match end {
            Some(end) => (some.get(..end), end + 1),
            None => (Some(some), some.len()),
        };
        let room = (LINE_BYTES + 1).saturating_sub(line.len());
        line.extend(taken.unwrap_or_default().iter().take(room));
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_long_ones_are_cut() {
        let long = "x".repeat(LINE_BYTES + 9);
        let text = format!("a\n\n{long}\nb");
        let (mut input, mut line, mut lengths) = (text.as_bytes(), Vec::new(), Vec::new());
        while read_line(&mut input, &mut line).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [1, 0, LINE_BYTES + 1, 1]);
    }
}
