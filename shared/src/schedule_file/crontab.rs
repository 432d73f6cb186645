//! Crontabs as `crontab -l` prints them.

use std::collections::HashSet;

use super::{FileRow, FileRows, Unsaid, kind_of, plain};
use crate::{dto::schedules::ScheduleCreate, reason::Reason, status::ScheduleKind};

/// Leaves room for the number of a name that comes again.
const NAME_CHARS: usize = 90;

pub(super) fn read(text: &str, unsaid: Unsaid<'_>) -> FileRows {
    let mut rows = FileRows::default();
    let mut names = HashSet::new();
    let mut zone = unsaid.timezone.to_owned();
    for (text, line) in text.lines().zip(1..) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = setting(text) {
            match name {
                "CRON_TZ" | "TZ" if value.is_empty() => unsaid.timezone.clone_into(&mut zone),
                "CRON_TZ" | "TZ" => value.clone_into(&mut zone),
                _ => rows
                    .notes
                    .push((line, Reason::CrontabSetting { name: name.to_owned() })),
            }
            continue;
        }
        let entry = Entry::of(text);
        if entry.as_ref().is_ok_and(|entry| entry.input) {
            rows.notes.push((line, Reason::CrontabInput {}));
        }
        let name = entry.as_ref().map_or_else(|_| shown(text), |entry| shown(entry.name()));
        let name = unused(&mut names, name);
        let read = entry.and_then(|entry| entry.schedule(name.clone(), zone.clone(), unsaid.kind));
        rows.schedules.push(FileRow { line, name, read });
    }
    rows
}

/// `NAME = value`, with quotes or without.
fn setting(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let quoted = |mark| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    named.then(|| (name, quoted('"').or_else(|| quoted('\'')).unwrap_or(value)))
}

struct Entry {
    expression: String,
    /// Without its comment and its input.
    command: String,
    comment: String,
    /// It had an input, after a `%`.
    input: bool,
}

impl Entry {
    fn of(text: &str) -> Result<Self, Reason> {
        let (expression, rest) = if text.starts_with('@') {
            let (name, rest) = word(text);
            let expression = expression_of(name).ok_or_else(|| Reason::CrontabMacro { name: name.to_owned() })?;
            (expression.to_owned(), rest)
        } else {
            let (mut fields, mut rest) = (Vec::new(), text);
            while fields.len() < 5 && !rest.is_empty() {
                let (field, after) = word(rest);
                fields.push(field);
                rest = after;
            }
            (fields.join(" "), rest)
        };
        if rest.is_empty() || rest.starts_with('#') {
            return Err(Reason::CrontabNoCommand {});
        }
        if is_field(word(rest).0) {
            return Err(Reason::CrontabSeconds {});
        }
        let (written, comment) = match rest.split_once(" #") {
            Some((command, comment)) => (command.trim(), comment.trim()),
            None => (rest, ""),
        };
        let (command, input) = command_of(written);
        Ok(Self {
            expression,
            command,
            comment: comment.to_owned(),
            input,
        })
    }

    fn name(&self) -> &str {
        if self.comment.is_empty() {
            &self.command
        } else {
            &self.comment
        }
    }

    fn schedule(self, name: String, zone: String, otherwise: Option<ScheduleKind>) -> Result<ScheduleCreate, Reason> {
        let mut words = self.command.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let kind = words.find_map(kind_of).or(otherwise);
        let kind = kind.ok_or(Reason::KindNotNamed {})?;
        Ok(plain(name, kind, self.expression, zone))
    }
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

fn expression_of(name: &str) -> Option<&'static str> {
    match name {
        "@yearly" | "@annually" => Some("0 0 1 1 *"),
        "@monthly" => Some("0 0 1 * *"),
        "@weekly" => Some("0 0 * * 0"),
        "@daily" | "@midnight" => Some("0 0 * * *"),
        "@hourly" => Some("0 * * * *"),
        _ => None,
    }
}

/// No command is called like this, so it is a sixth field.
fn is_field(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || "*/-,?".contains(c))
        && word.contains(|c: char| c.is_ascii_digit() || c == '*')
}

/// The command without its input, and whether it had one: cron hands on what follows `%`, unless a backslash stands before.
fn command_of(written: &str) -> (String, bool) {
    let mut command = String::with_capacity(written.len());
    for c in written.chars() {
        if c != '%' {
            command.push(c);
        } else if command.ends_with('\\') {
            command.pop();
            command.push('%');
        } else {
            return (command.trim_end().to_owned(), true);
        }
    }
    (command, false)
}

/// A text as a name: one line, not too long.
fn shown(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(NAME_CHARS).collect();
    name.trim_end().to_owned()
}

/// One command at two times is two schedules.
fn unused(names: &mut HashSet<String>, name: String) -> String {
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let free = std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| names.insert(name.to_lowercase()));
    free.unwrap_or(name)
}
