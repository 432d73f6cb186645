//! What a robot prints, line by line. Nothing of it is kept here: a line is made when it is due.

use std::time::Duration;

use esteira_shared::instant::Instant;

use super::{
    job::Job,
    line::{Level, Line, Text},
    scenes,
};

const PATHS: [&str; 6] = [
    "minha-conta",
    "minha-conta/faturas",
    "api/faturas?pagina=1",
    "api/faturas/detalhe",
    "api/sessao",
    "assets/portal.js",
];

pub(super) struct Story {
    /// The lines that tell something; details fill what is wanted beyond them.
    told: Vec<(Level, Text)>,
    count: usize,
    duration: Duration,
    portal: String,
    whim: u64,
}

/// The level that a scripted line begins with.
fn level_of(line: &str) -> Level {
    let word = line
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    match word {
        "ERROR" => Level::Error,
        "WARN" => Level::Warn,
        "DEBUG" => Level::Debug,
        _ => Level::Info,
    }
}

impl Story {
    pub(super) fn of(job: &Job) -> Self {
        let script = job.plan.script.as_deref();
        let scripted = script.and_then(|script| script.logs.as_ref());
        let mut told: Vec<(Level, Text)> = match scripted {
            Some(lines) => lines
                .iter()
                .map(|line| (level_of(line), Text::from(line.clone())))
                .collect(),
            None => scenes::of(job)
                .into_iter()
                .map(|(level, line)| (level, Text::from(line)))
                .collect(),
        };
        let mut count = if scripted.is_some() { told.len() } else { job.plan.lines };
        if let Some(bytes) = script.and_then(|script| script.log_bytes.clone()) {
            told.push((Level::Info, Text::Raw(bytes.into_boxed_slice())));
            count += 1;
        }
        Self {
            told,
            count,
            duration: job.plan.duration,
            portal: scenes::portal(&job.order.operator),
            whim: job.plan.whim,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// When a line is printed, from the begin of the work.
    pub(super) fn due(&self, index: usize) -> Duration {
        let part = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.duration * part(index) / part(self.count.max(1))
    }

    /// The line at `index`, of a robot that began to work at this instant.
    pub(super) fn line(&self, index: usize, began: Instant) -> Line {
        let told = self.told_at(index).and_then(|at| self.told.get(at)).cloned();
        let (level, text) = told.unwrap_or_else(|| self.detail(index));
        Line {
            at: began + self.due(index),
            level,
            text,
        }
    }

    /// Which of the told lines stands at `index`: they are spread over all lines, first and last at the ends; when fewer
    /// lines are wanted, some are left out, but never the last.
    fn told_at(&self, index: usize) -> Option<usize> {
        let (last, last_told) = (self.count.saturating_sub(1), self.told.len().saturating_sub(1));
        if last == 0 || last_told == 0 {
            return Some(last_told);
        }
        if last <= last_told {
            return Some(index * last_told / last);
        }
        let at = (index * last_told).div_ceil(last);
        (at * last / last_told == index).then_some(at)
    }

    fn detail(&self, index: usize) -> (Level, Text) {
        // Multiplying by the golden ratio spreads neighbours.
        let number = (self.whim.wrapping_add(index as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let (ms, portal) = (40 + number % 900, &self.portal);
        let (level, text) = match number % 13 {
            0 => (
                Level::Warn,
                format!("Resposta lenta de {portal} ({} ms), aguardando", ms * 9),
            ),
            1 => (Level::Debug, "Sessão ainda válida, cookie renovado".to_owned()),
            2 => (Level::Info, format!("Página carregada em {ms} ms")),
            other => {
                let path = usize::try_from(other).ok().and_then(|at| PATHS.get(at % PATHS.len()));
                let path = path.copied().unwrap_or_default();
                (
                    Level::Debug,
                    format!("\x1b[90mGET https://{portal}/{path}\x1b[0m 200 ({ms} ms)"),
                )
            }
        };
        (level, Text::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(told: usize, count: usize) -> Story {
        Story {
            told: (0..told).map(|n| (Level::Info, Text::from(n.to_string()))).collect(),
            count,
            duration: Duration::from_secs(60),
            portal: "portal.vivo.example".to_owned(),
            whim: 3,
        }
    }

    #[test]
    fn told_lines_come_once_each_and_in_order() {
        for told in 2..20 {
            for count in told..60 {
                let story = story(told, count);
                let places: Vec<_> = (0..count).filter_map(|index| story.told_at(index)).collect();
                assert_eq!(places, (0..told).collect::<Vec<_>>(), "{told} of {count}");
            }
        }
    }

    #[test]
    fn of_fewer_lines_the_last_stays() {
        for told in 1..20 {
            for count in 1..=told {
                let story = story(told, count);
                assert_eq!(story.told_at(count - 1), Some(told - 1), "{told} of {count}");
                assert!((0..count).all(|index| story.told_at(index).is_some()));
            }
        }
    }

    #[test]
    fn lines_are_spread_evenly() {
        let story = story(4, 120);
        assert_eq!(story.due(0), Duration::ZERO);
        assert_eq!(story.due(60), Duration::from_secs(30));
        assert!(story.due(119) < Duration::from_secs(60));
    }
}
