//! Lines of a log as they are written.

use std::{collections::VecDeque, time::Duration};

use esteira_shared::{reason::Reason, status::LogLevel};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use reqwest::Response;
use tokio::time::timeout;

use super::{
    RpaError,
    log_line::{self, Draft, RpaLogLine},
    log_lines::Numbering,
    log_text::TextLines,
    sse::{Event, Parser},
};

/// Events that say only that somebody is there.
const SIGNS_OF_LIFE: [&str; 8] = [
    "ping",
    "pong",
    "heartbeat",
    "keepalive",
    "keep-alive",
    "keep_alive",
    "open",
    "connected",
];

enum Form {
    Events(Parser),
    Text(TextLines),
}

struct Reading {
    response: Response,
    silence: Duration,
    form: Form,
    numbering: Numbering,
    ready: VecDeque<RpaLogLine>,
    over: bool,
}

/// The lines of server-sent events, in the answer's order. A stream that says nothing for `silence` ends in an error.
pub(super) fn events(response: Response, silence: Duration) -> BoxStream<'static, Result<RpaLogLine, RpaError>> {
    Reading::new(response, silence, Form::Events(Parser::default())).lines()
}

/// As [`events`], of text; `begun` is what was read of it already.
pub(super) fn text(
    response: Response,
    begun: &[u8],
    text: TextLines,
    silence: Duration,
) -> BoxStream<'static, Result<RpaLogLine, RpaError>> {
    let mut reading = Reading::new(response, silence, Form::Text(text));
    reading.take(begun);
    reading.lines()
}

impl Reading {
    fn new(response: Response, silence: Duration, form: Form) -> Self {
        Self {
            response,
            silence,
            form,
            numbering: Numbering::default(),
            ready: VecDeque::new(),
            over: false,
        }
    }

    fn lines(self) -> BoxStream<'static, Result<RpaLogLine, RpaError>> {
        stream::try_unfold(self, |mut reading| async move {
            let line = reading.next().await?;
            Ok::<_, RpaError>(line.map(|line| (line, reading)))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<Option<RpaLogLine>, RpaError> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Ok(Some(line));
            }
            if self.over {
                return Ok(None);
            }
            let chunk = timeout(self.silence, self.response.chunk())
                .await
                .map_err(|_| {
                    RpaError::technical(Reason::RobotLogSilent {
                        after: self.silence.into(),
                    })
                })?
                .map_err(|error| RpaError::caused(Reason::RobotLogBrokenOff {}, error.without_url()))?;
            match chunk {
                Some(chunk) => self.take(&chunk),
                None => self.end(),
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        let events = match &mut self.form {
            Form::Events(parser) => parser.push(chunk),
            Form::Text(text) => {
                for draft in text.push(chunk) {
                    self.ready.push_back(self.numbering.line(None, draft));
                }
                return;
            }
        };
        for Event { name, id, data } in events {
            if name == "end" {
                self.over = true;
                return;
            }
            self.hear(&name, id, data);
        }
    }

    /// An event of whatever name, unless it brings nothing that could be a line.
    fn hear(&mut self, name: &str, id: Option<String>, data: String) {
        let known = matches!(name, "" | "message" | "log");
        if !known && (data.trim().is_empty() || SIGNS_OF_LIFE.contains(&name.to_lowercase().as_str())) {
            return;
        }
        let named = if known { None } else { log_line::level(name) };
        let mut drafts = Draft::all(data);
        let last = drafts.pop();
        for draft in drafts {
            self.ready.push_back(self.numbering.line(None, raised(draft, named)));
        }
        // Going on after this event means going on after its last line.
        self.ready
            .extend(last.map(|draft| self.numbering.line(id, raised(draft, named))));
    }

    fn end(&mut self) {
        self.over = true;
        if let Form::Text(text) = &mut self.form {
            let rest = text.finish();
            self.ready.extend(rest.map(|draft| self.numbering.line(None, draft)));
        }
    }
}

/// An event's name may say how bad its line is.
fn raised(draft: Draft, named: Option<LogLevel>) -> Draft {
    match named {
        Some(level) if draft.level == LogLevel::Info => Draft { level, ..draft },
        _ => draft,
    }
}
