//! One frame: where things are, what is to be drawn, where it goes.

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::{
    super::window::{self, ROW, Scale, Slice},
    Aim, Drawn, Layout, Sight,
};

/// Still counts as the end, in CSS pixels.
const AT_END: f64 = 4.0;

/// What a frame decides.
struct Plan {
    slice: Slice,
    anchor_y: f64,
    height: f64,
    /// Where to scroll to; `None` stays.
    scroll: Option<f64>,
    /// First row in sight.
    top: usize,
}

impl Sight {
    pub(super) fn frame(self) {
        let Some(Some(scroller)) = self.scroller.try_get_untracked() else {
            let _ = self.asked.try_set_value(false);
            return;
        };
        self.asked.set_value(false);
        let view = f64::from(scroller.client_height());
        let rows = untrack(|| self.rows.count());
        let before = self.place.get_value();
        if view < 1.0 {
            return;
        }
        let scroll = f64::from(scroller.scroll_top());
        self.judge(&scroller, before, scroll, view);
        let version = self.store.version.get_untracked();
        let old = self.drawn.get_untracked();
        let seen = window::seen(view);
        let scale = self.scale(before, rows);
        let plan = self.plan(before, old.slice, scale, scroll, view);
        let wrap = self.wrap.get_untracked();
        let same = plan.slice == old.slice && version == before.version && rows == before.rows && wrap == before.wrap;
        let mut place = Layout {
            anchor_y: plan.anchor_y,
            height: plan.height,
            rows,
            version,
            wrap,
            top: plan.top,
            top_seq: self.rows.seq(plan.top).unwrap_or(before.top_seq),
            seen,
            ..before
        };
        if (place.anchor_y, place.height) != (before.anchor_y, before.height) {
            self.put(place);
        }
        place.scroll = scroll;
        if let Some(to) = plan.scroll {
            scroll_to(&scroller, to);
            place.scroll = f64::from(scroller.scroll_top());
        }
        self.place.set_value(place);
        let wanted = (plan.slice.first..plan.slice.last).filter_map(|row| self.rows.seq(row));
        self.store.want(wanted.collect(), self.rows.is_whole());
        if !same {
            let turn = old.turn.wrapping_add(1);
            self.drawn.set(Drawn {
                slice: plan.slice,
                turn,
            });
        }
        if !same || wrap || place.reveal {
            // The rows are drawn by then, and not yet painted.
            queue_microtask(move || {
                if !self.mend() {
                    request_animation_frame(move || {
                        self.mend();
                    });
                }
            });
        }
    }

    pub(super) fn scale(self, place: Layout, rows: usize) -> Scale {
        Scale {
            rows,
            row_height: if self.wrap.get_untracked() { place.estimate } else { ROW },
        }
    }

    /// Scrolling up pauses, reaching the end goes on.
    fn judge(self, scroller: &HtmlElement, place: Layout, scroll: f64, view: f64) {
        let moved = scroll - place.scroll;
        let at_end = scroll + view + AT_END >= f64::from(scroller.scroll_height());
        if self.follow.get_untracked() {
            // What somebody selects must not run away.
            if (moved <= -1.0 && !at_end) || self.selected().is_some() {
                self.pause();
            }
        } else if moved >= 1.0 && at_end && !self.store.ended.get_untracked() {
            self.follow.set(true);
        }
    }

    fn plan(self, place: Layout, old: Slice, scale: Scale, scroll: f64, view: f64) -> Plan {
        let aim = self.aim.get_value();
        if scale.rows == 0 {
            return Plan {
                slice: Slice::default(),
                anchor_y: 0.0,
                height: 0.0,
                scroll: None,
                top: 0,
            };
        }
        match aim {
            Some(Aim::Line(seq, share)) => {
                // Until the filter has come so far, the line's row is not known for sure.
                if self.rows.knows(seq) {
                    self.aim.set_value(None);
                }
                to_line(scale, self.rows.near(seq), share, view)
            }
            Some(Aim::End) => {
                self.aim.set_value(None);
                to_end(scale, view)
            }
            None if self.follow.get_untracked() => to_end(scale, view),
            None => self.staying(place, old, scale, scroll, view),
        }
    }

    /// What stands at the top stays there.
    fn staying(self, place: Layout, old: Slice, scale: Scale, scroll: f64, view: f64) -> Plan {
        let wrap = self.wrap.get_untracked();
        let seen = window::seen(view);
        let found = if wrap {
            self.measured_top(old)
        } else {
            old.row_at(place.anchor_y, scroll)
        };
        let found = found.filter(|(row, _)| *row < scale.rows);
        let (top, within) = found.unwrap_or_else(|| scale.row_at(scroll));
        let changed = scale.rows != place.rows || self.store.version.get_untracked() != place.version;
        let mut height = scale.height();
        if wrap && found.is_some() {
            // New rows are added below; the rest of the estimate waits until nothing moves.
            let more = window::pixels(scale.rows) - window::pixels(place.rows);
            height = place.height + more * place.estimate;
        }
        let covers = found.is_some() && old.covers(top, seen, scale.rows);
        // Rows that wrap may change their height when their lines come: then nothing in sight may move.
        if covers && !(wrap && changed) {
            return Plan {
                slice: old,
                anchor_y: place.anchor_y,
                height,
                scroll: None,
                top,
            };
        }
        let slice = if covers {
            old
        } else {
            Slice::around(top, seen, scale.rows)
        };
        let kept = found.is_some() && !wrap && (slice.first..=slice.last).contains(&old.anchor);
        let (anchor, anchor_y) = if kept {
            (old.anchor, place.anchor_y)
        } else {
            (top, scroll - within)
        };
        Plan {
            slice: slice.held_at(anchor),
            anchor_y,
            height,
            scroll: None,
            top,
        }
    }
}

fn to_line(scale: Scale, row: usize, share: f64, view: f64) -> Plan {
    let row = row.min(scale.rows.saturating_sub(1));
    let seen = window::seen(view);
    let anchor_y = scale.top_of(row);
    let most = (scale.height() - view).max(0.0);
    let scroll = (anchor_y - (view - ROW) * share).clamp(0.0, most);
    let before = window::whole(((anchor_y - scroll) / scale.row_height).ceil());
    let top = row.saturating_sub(before);
    Plan {
        slice: Slice::around(top, seen, scale.rows).held_at(row),
        anchor_y,
        height: scale.height(),
        scroll: Some(scroll),
        top,
    }
}

fn to_end(scale: Scale, view: f64) -> Plan {
    let seen = window::seen(view);
    let height = scale.height();
    Plan {
        slice: Slice::at_end(seen, scale.rows),
        anchor_y: height,
        height,
        scroll: Some((height - view).max(0.0)),
        top: scale.rows.saturating_sub(seen),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "CSS pixels of an element")]
fn scroll_to(scroller: &HtmlElement, to: f64) {
    scroller.set_scroll_top(to.round() as i32);
}
