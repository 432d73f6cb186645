//! One line of a log. Whatever it holds is text: no part of it becomes markup, an address or a style.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use esteira_shared::{dto::logs::LogLineDto, instant::Instant, status::LogLevel};
use leptos::prelude::*;

use super::{
    ansi, clock,
    marks::{self, Needle, Piece},
    permalink::Marked,
    store::Body,
};
use crate::{
    components::{Icon, IconName},
    i18n::tr,
    state::prefs::LogTime,
    text::format,
};

/// Characters of a line that are shown at once.
const SHOWN: usize = 2_000;
/// Characters shown of a line when all of it is asked for: more than a line may have.
const WHOLE: usize = 64 * 1024;

/// What all rows have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    pub(super) needle: Option<Needle>,
    pub(super) time: LogTime,
    pub(super) began: Option<Instant>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) body: Body,
    /// Of several that could not be read, the one that says so.
    pub(super) first_failed: bool,
    pub(super) marked: bool,
    pub(super) pointed: bool,
    /// To its end, however long.
    pub(super) whole: bool,
    pub(super) epoch: u32,
}

/// Two rows with the same key are drawn alike.
pub(super) type RowKey = (i64, u8, [bool; 4], u32);

impl Row {
    pub(super) fn key(&self) -> RowKey {
        let kind = match self.body {
            Body::Line(_) => 0,
            Body::Waiting => 1,
            Body::Failed => 2,
        };
        let flags = [self.first_failed, self.marked, self.pointed, self.whole];
        (self.seq, kind, flags, self.epoch)
    }

    fn class(&self, level: &str) -> String {
        let mut class = format!("log__row {level}");
        for (on, name) in [(self.marked, " is-marked"), (self.pointed, " is-current")] {
            if on {
                class.push_str(name);
            }
        }
        class
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

pub(super) fn row_view(row: Row, look: &Look) -> AnyView {
    let seq = row.seq;
    // By keyboard a line is reached through the search and the address, not through two hundred links.
    let number = view! { <a class="log__no" href=Marked::line(seq).hash() tabindex="-1">{format::count(seq)}</a> };
    match &row.body {
        Body::Line(line) => line_view(&row, line, number.into_any(), look),
        Body::Waiting => {
            // Uneven lengths read as text; the same every time, so that nothing flickers.
            let share = [0.42, 0.3, 0.55, 0.24, 0.36]
                .into_iter()
                .cycle()
                .nth(usize::try_from(seq % 5).unwrap_or(0))
                .unwrap_or(0.4);
            view! {
                <div class=row.class("is-waiting") data-seq=seq.to_string()>
                    {number}
                    <span class="skeleton" aria-hidden="true" style:--share=share.to_string()></span>
                </div>
            }
            .into_any()
        }
        Body::Failed => {
            let note = row.first_failed.then(|| {
                view! {
                    <span class="log__note">
                        {tr!(log.unread)}" "
                        <button type="button" class="log__link" data-act="retry">{tr!(parts.retry)}</button>
                    </span>
                }
            });
            view! { <div class=row.class("is-failed") data-seq=seq.to_string()>{number}{note}</div> }.into_any()
        }
    }
}

fn line_view(row: &Row, line: &Arc<LogLineDto>, number: AnyView, look: &Look) -> AnyView {
    let (class, icon, word) = match line.level {
        LogLevel::Debug => ("is-debug", None, tr!(log.level_debug)),
        LogLevel::Info => ("is-info", None, tr!(log.level_info)),
        LogLevel::Warn => ("is-warn", Some(IconName::Needs), tr!(log.level_warn)),
        LogLevel::Error => ("is-error", Some(IconName::Failed), tr!(log.level_error)),
    };
    let parsed = ansi::parse(&line.message, if row.whole { WHOLE } else { SHOWN });
    let text = marks::pieces(&parsed.spans, look.needle.as_ref())
        .into_iter()
        .map(piece_view)
        .collect_view();
    let more = parsed.cut.then(|| {
        let size = format::bytes(i64::try_from(line.message.len()).unwrap_or(i64::MAX));
        view! { <button type="button" class="log__link" data-act="whole">{tr!(log.show_all, size = size)}</button> }
    });
    view! {
        <div class=row.class(class) data-seq=row.seq.to_string()>
            {number}
            {time(*line.at, look).map(|(time, title)| view! { <time class="log__at" title=title>{time}</time> })}
            <span class="log__level">{icon.map(|name| view! { <Icon name/> })}<span>{word}</span></span>
            <span class="log__text">{text}{more}</span>
        </div>
    }
    .into_any()
}

/// What stands beside the line, and the exact moment.
fn time(at: DateTime<Utc>, look: &Look) -> Option<(String, String)> {
    let title = format::date_time_seconds(at);
    match look.time {
        LogTime::Hidden => None,
        LogTime::Clock => Some((clock::time_of_day(at), title)),
        LogTime::Elapsed => {
            let words = look.began.map(|began| clock::elapsed(at - *began));
            Some((words.unwrap_or_default(), title))
        }
    }
}

fn piece_view(piece: Piece) -> AnyView {
    let Piece { classes, text, found } = piece;
    match (found, classes.is_empty()) {
        (true, _) => view! { <mark class=classes>{text}</mark> }.into_any(),
        (false, true) => text.into_any(),
        (false, false) => view! { <span class=classes>{text}</span> }.into_any(),
    }
}
