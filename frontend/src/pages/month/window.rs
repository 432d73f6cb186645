//! Which rows are in sight. Only these are in the page, so that thousands of cells stay smooth.

use leptos::{ev, html, prelude::*};

/// Drawn above and below what is seen, in CSS pixels.
const MARGIN: f64 = 400.0;

/// Rows of known heights in a body, and the part of them that is seen.
#[derive(Clone, Copy)]
pub(super) struct RowWindow {
    /// Where each row begins, in CSS pixels; one more entry for the end.
    pub(super) tops: Memo<Vec<f64>>,
    pub(super) seen: RwSignal<(usize, usize)>,
    body: NodeRef<html::Div>,
}

impl RowWindow {
    pub(super) fn new(body: NodeRef<html::Div>, tops: Memo<Vec<f64>>) -> Self {
        let window = Self {
            tops,
            seen: RwSignal::new((0, 40)),
            body,
        };
        Effect::new(move |_| {
            tops.track();
            body.track();
            request_animation_frame(move || window.look());
        });
        let scrolled = window_event_listener(ev::scroll, move |_| window.look());
        let resized = window_event_listener(ev::resize, move |_| window.look());
        on_cleanup(move || {
            scrolled.remove();
            resized.remove();
        });
        window
    }

    /// Called when something scrolls.
    pub(super) fn look(self) {
        let Some(Some(body)) = self.body.try_get_untracked() else {
            return;
        };
        let above = body.get_bounding_client_rect().top();
        let tall = leptos::prelude::window()
            .inner_height()
            .ok()
            .and_then(|height| height.as_f64())
            .unwrap_or(900.0);
        let seen = self.tops.with_untracked(|tops| {
            let rows = tops.len().saturating_sub(1);
            let first = tops.partition_point(|top| *top <= -above - MARGIN).saturating_sub(1);
            let last = tops.partition_point(|top| *top < tall - above + MARGIN);
            (first.min(rows), last.min(rows))
        });
        if self.seen.try_get_untracked().is_some_and(|old| old != seen) {
            self.seen.set(seen);
        }
    }

    /// Height of all rows, in CSS pixels.
    pub(super) fn height(self) -> String {
        format!("{}px", self.tops.with(|tops| tops.last().copied().unwrap_or(0.0)))
    }

    pub(super) fn top(self, row: usize) -> String {
        format!("{}px", self.tops.with(|tops| tops.get(row).copied().unwrap_or(0.0)))
    }
}
