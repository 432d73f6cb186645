//! Lines into the clipboard.

use std::sync::Arc;

use esteira_shared::dto::logs::LogLineDto;
use leptos::{prelude::*, task::spawn_local};

use super::{ansi, finder, permalink::Marked, viewer::Viewer};
use crate::{
    components::copy_text::write_clipboard,
    i18n::{counted, tr},
    state::toasts::use_toasts,
};

/// Marked lines that are copied at most; for more there is the file.
const MOST: i64 = 10_000;

impl Viewer {
    /// What is marked; else what is selected; else what is in sight.
    pub(super) fn copy(self) {
        let marked = self.marked.get_untracked();
        if marked.is_some_and(|marked| marked.count() > MOST) {
            let most = finder::number(usize::try_from(MOST).unwrap_or(0));
            use_toasts().fail_text(tr!(log.copy_too_many, count = most));
            return;
        }
        let selected = self
            .sight
            .selected()
            .map(|selection| String::from(selection.to_string()));
        spawn_local(async move {
            let text = match (marked, selected) {
                (Some(marked), _) => match self.marked_text(marked).await {
                    Some(text) => text,
                    None => return,
                },
                (None, Some(selected)) => selected,
                (None, None) => self.seen_text(),
            };
            let count = i64::try_from(text.lines().count()).unwrap_or(0);
            if write_clipboard(&text).await {
                use_toasts().done(counted!(log.copied_single, log.copied_many, count));
            } else {
                use_toasts().fail_text(tr!(parts.copy_failed));
            }
        });
    }

    async fn marked_text(self, marked: Marked) -> Option<String> {
        match self.store.all(marked.from, marked.to).await {
            Ok(lines) => Some(joined(&lines)),
            Err(error) => {
                use_toasts().fail(&error);
                None
            }
        }
    }

    fn seen_text(self) -> String {
        let seen = self.sight.seqs().into_iter();
        let lines: Vec<_> = seen.filter_map(|seq| self.store.lines(seq, seq)).flatten().collect();
        joined(&lines)
    }
}

fn joined(lines: &[Arc<LogLineDto>]) -> String {
    let texts: Vec<String> = lines.iter().map(|line| ansi::plain(&line.message)).collect();
    texts.join("\n")
}
