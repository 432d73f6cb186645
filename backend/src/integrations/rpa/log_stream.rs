//! Lines of a log as they are written.

use std::{collections::VecDeque, time::Duration};

use esteira_shared::reason::Reason;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use reqwest::Response;
use tokio::time::timeout;

use super::{
    RpaError,
    log_line::{Draft, RpaLogLine, place},
    log_lines::Numbering,
    sse::{Event, Parser},
};

struct Reading {
    response: Response,
    silence: Duration,
    parser: Parser,
    numbering: Numbering,
    ready: VecDeque<RpaLogLine>,
    over: bool,
}

/// Lines after the first `after`, also from an API that begins with the first. A stream that says nothing for `silence`
/// ends in an error.
pub(super) fn lines(
    response: Response,
    after: u64,
    silence: Duration,
) -> BoxStream<'static, Result<RpaLogLine, RpaError>> {
    let reading = Reading {
        response,
        silence,
        parser: Parser::default(),
        numbering: Numbering::new(after),
        ready: VecDeque::new(),
        over: false,
    };
    stream::try_unfold(reading, |mut reading| async move {
        let line = reading.next().await?;
        Ok::<_, RpaError>(line.map(|line| (line, reading)))
    })
    .boxed()
}

impl Reading {
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
                None => self.over = true,
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        for Event { name, id, data } in self.parser.push(chunk) {
            match name.as_str() {
                "end" => {
                    self.over = true;
                    return;
                }
                "" | "message" | "log" => {
                    let number = id.and_then(|id| place(&id));
                    self.ready.extend(self.numbering.line(number, Draft::data(data)));
                }
                _ => {}
            }
        }
    }
}
