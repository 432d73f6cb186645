//! A log that is no stream.

use std::{io, mem, sync::Arc, thread};

use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{
    RpaLogLine,
    log_lines::{self, Written},
};

/// More lines than this are read as they are taken: held together they take many times their size.
const FEW: usize = 4_000;
/// What is handed over at once: so many lines, or so many bytes of their messages.
const BATCH_LINES: usize = 500;
const BATCH_BYTES: usize = 256 * 1024;
/// Batches that wait to be taken.
const AHEAD: usize = 2;

/// All the lines that there are so far. They can be gone through more than once.
pub struct RpaLogList(Lines);

enum Lines {
    Few(Vec<RpaLogLine>),
    Many(Arc<Answer>),
}

struct Answer {
    body: Vec<u8>,
    written: Written,
    /// Of a long one: the next is read when this is dropped.
    _place: Option<OwnedSemaphorePermit>,
}

impl From<Vec<RpaLogLine>> for RpaLogList {
    fn from(lines: Vec<RpaLogLine>) -> Self {
        Self(Lines::Few(lines))
    }
}

impl RpaLogList {
    /// Reads a whole answer, or nothing when it has too many lines. `place` is the one that a long answer takes.
    pub(super) fn read(
        body: Vec<u8>,
        may_be_text: bool,
        place: Option<OwnedSemaphorePermit>,
    ) -> anyhow::Result<Option<Self>> {
        let Some((written, lines)) = log_lines::count(&body, may_be_text)? else {
            return Ok(None);
        };
        if lines > FEW || place.is_some() {
            return Ok(Some(Self(Lines::Many(Arc::new(Answer {
                body,
                written,
                _place: place,
            })))));
        }
        let mut few = Vec::with_capacity(lines);
        log_lines::read(&body, written, &mut |line| {
            few.push(line);
            true
        });
        Ok(Some(few.into()))
    }

    /// From the first line to the last.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn lines(&self) -> io::Result<BoxStream<'_, RpaLogLine>> {
        let answer = match &self.0 {
            Lines::Few(lines) => return Ok(stream::iter(lines.iter().cloned()).boxed()),
            Lines::Many(answer) => Arc::clone(answer),
        };
        let (give, taken) = mpsc::channel(AHEAD);
        // It waits for whoever keeps the lines, for longer than a thread of the pool may.
        thread::Builder::new()
            .name("robot-log".to_owned())
            .spawn(move || answer.hand_over(&give))?;
        let batches = stream::unfold(taken, |mut taken| async move {
            let batch: Vec<RpaLogLine> = taken.recv().await?;
            Some((stream::iter(batch), taken))
        });
        Ok(batches.flatten().boxed())
    }
}

impl Answer {
    /// Ends early when nobody takes the lines any more.
    fn hand_over(&self, give: &mpsc::Sender<Vec<RpaLogLine>>) {
        let mut batch = Vec::new();
        let mut bytes = 0;
        log_lines::read(&self.body, self.written, &mut |line| {
            bytes += line.message.len();
            batch.push(line);
            if batch.len() < BATCH_LINES && bytes < BATCH_BYTES {
                return true;
            }
            bytes = 0;
            give.blocking_send(mem::take(&mut batch)).is_ok()
        });
        // Nobody takes the rest when nobody took what came before.
        drop(give.blocking_send(batch));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::time::Duration;

    use tokio::{sync::Semaphore, time::timeout};

    use super::*;

    fn body(lines: usize) -> Vec<u8> {
        let lines: Vec<String> = (1..=lines).map(|number| format!("\"linha {number}\"")).collect();
        format!("{{\"logs\":[{}]}}", lines.join(",")).into_bytes()
    }

    async fn messages(list: &RpaLogList) -> Vec<String> {
        list.lines().unwrap().map(|line| line.message).collect().await
    }

    #[tokio::test]
    async fn any_number_of_lines_can_be_gone_through_twice() {
        for lines in [0, 1, FEW, FEW + 1, 3 * FEW] {
            let expected: Vec<String> = (1..=lines).map(|number| format!("linha {number}")).collect();
            let list = RpaLogList::read(body(lines), false, None).unwrap().unwrap();
            for _ in 0..2 {
                assert!(messages(&list).await == expected, "{lines}");
            }
        }
    }

    #[tokio::test]
    async fn a_place_is_given_back_when_nobody_reads_on() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let list = RpaLogList::read(body(50 * FEW), false, Some(place)).unwrap().unwrap();
        let mut lines = list.lines().unwrap();
        assert_eq!(lines.next().await.unwrap().number, 1);
        drop(lines);
        assert!(places.try_acquire().is_err(), "the list can be gone through again");
        drop(list);
        let free = timeout(Duration::from_secs(30), places.acquire()).await;
        assert!(free.is_ok(), "the thread reads on for nobody");
    }
}
