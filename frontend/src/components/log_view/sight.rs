//! What of the log is in sight, and which rows are therefore in the page.
//!
//! Everything that may move rows (scrolling, new lines, another width) asks for a frame; a frame reads where things are,
//! decides once, and writes. Rows hang on an anchor: those before it flow upwards from it, it and the others downwards, so
//! rows may come, go and change their height without moving what is read.

mod elements;
mod frame;

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{
    rows::Rows,
    store::LogStore,
    window::{ROW, Slice},
};

/// After so long without scrolling the scroll bar is brought to where it belongs.
const REST: Duration = Duration::from_millis(150);

/// The rows that are in the page; `turn` moves when the same rows are to be drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Drawn {
    pub(super) slice: Slice,
    pub(super) turn: u32,
}

/// Where things stand, in CSS pixels of the scroll bar.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layout {
    anchor_y: f64,
    /// Of the space that the scroll bar is made for.
    height: f64,
    /// As the last frame left it.
    scroll: f64,
    /// Mean height of rows that wrap.
    estimate: f64,
    /// Width of the longest line that was drawn: the scroll bar at the foot does not jump from screen to screen.
    wide: f64,
    rows: usize,
    version: u64,
    wrap: bool,
    /// The first row in sight and its line.
    top: usize,
    top_seq: i64,
    /// Rows that fit.
    seen: usize,
    /// The match one has just gone to must be in sight sideways too.
    reveal: bool,
}

/// Where somebody wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Aim {
    /// A line at a share of the view's height.
    Line(i64, f64),
    End,
}

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Sight {
    pub(super) drawn: RwSignal<Drawn>,
    /// New lines are followed.
    pub(super) follow: RwSignal<bool>,
    /// Lines there were when following was paused.
    pub(super) paused_at: RwSignal<i64>,
    pub(super) scroller: NodeRef<html::Div>,
    /// As tall as all rows.
    pub(super) space: NodeRef<html::Div>,
    /// Stands at the anchor.
    pub(super) hold: NodeRef<html::Div>,
    pub(super) above: NodeRef<html::Div>,
    pub(super) below: NodeRef<html::Div>,
    place: StoredValue<Layout>,
    aim: StoredValue<Option<Aim>>,
    asked: StoredValue<bool>,
    rest: StoredValue<Option<TimeoutHandle>>,
    rows: Rows,
    store: LogStore,
    wrap: Signal<bool>,
}

impl Sight {
    pub(super) fn new(store: LogStore, rows: Rows, wrap: Signal<bool>) -> Self {
        let sight = Self {
            drawn: RwSignal::new(Drawn::default()),
            follow: RwSignal::new(false),
            paused_at: RwSignal::new(0),
            scroller: NodeRef::new(),
            space: NodeRef::new(),
            hold: NodeRef::new(),
            above: NodeRef::new(),
            below: NodeRef::new(),
            place: StoredValue::new(Layout {
                anchor_y: 0.0,
                height: 0.0,
                scroll: 0.0,
                estimate: ROW,
                wide: 0.0,
                rows: 0,
                version: 0,
                wrap: false,
                top: 0,
                top_seq: 1,
                seen: 0,
                reveal: false,
            }),
            aim: StoredValue::new(None),
            asked: StoredValue::new(false),
            rest: StoredValue::new(None),
            rows,
            store,
            wrap,
        };
        elements::watch_size(sight);
        // Whatever changes which rows there are, or what is in them.
        Effect::new(move |_| {
            store.version.track();
            let _ = rows.count();
            wrap.track();
            sight.scroller.track();
            sight.ask();
        });
        Effect::new(move |_| {
            // The last lines come with the end, and no frame has shown them yet.
            if store.ended.get() && sight.follow.get_untracked() {
                sight.to_end();
            }
        });
        sight
    }

    /// A frame, as soon as the browser draws one.
    pub(super) fn ask(self) {
        if self.asked.try_get_value() == Some(false) {
            self.asked.set_value(true);
            request_animation_frame(move || self.frame());
        }
    }

    /// Called when something scrolls.
    pub(super) fn scrolled(self) {
        self.ask();
        if let Some(handle) = self.rest.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        self.rest
            .set_value(set_timeout_with_handle(move || self.settle(), REST).ok());
    }

    /// Brings a line to a share of the view's height: 0 to its top, 0.5 to its middle.
    pub(super) fn show(self, seq: i64, share: f64) {
        self.pause();
        self.aim.set_value(Some(Aim::Line(seq, share)));
        self.place.update_value(|place| place.reveal = share > 0.0);
        self.ask();
    }

    /// To the end, and on with it while lines are written.
    pub(super) fn to_end(self) {
        self.unselect();
        let running = !self.store.ended.get_untracked();
        self.follow.set(running);
        self.aim.set_value(Some(Aim::End));
        self.ask();
    }

    pub(super) fn pause(self) {
        if self.follow.try_get_untracked() == Some(true) {
            self.paused_at.set(self.store.total.get_untracked());
            self.follow.set(false);
        }
    }

    /// What stands at the top stays there, though the rows are about to become others.
    pub(super) fn stay(self) {
        let aimed = self.aim.with_value(Option::is_some);
        if !aimed && !self.follow.get_untracked() {
            let seq = self.top_seq();
            self.aim.set_value(Some(Aim::Line(seq, 0.0)));
        }
        self.ask();
    }

    /// Number of the first line in sight.
    pub(super) fn top_seq(self) -> i64 {
        self.place.with_value(|place| place.top_seq)
    }

    /// Numbers of the lines in sight.
    pub(super) fn seqs(self) -> Vec<i64> {
        let (top, seen) = self.place.with_value(|place| (place.top, place.seen));
        (top..top + seen).filter_map(|row| self.rows.seq(row)).collect()
    }
}
