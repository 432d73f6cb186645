//! Reads and writes where elements are.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, Selection};

use super::{
    super::window::{self, ROW, Slice},
    Layout, Sight,
};

/// A new estimate of the rows' height counts when it is off by more than this share.
const OFF: f64 = 0.1;

/// Another size shows other rows, and wraps them elsewhere.
pub(super) fn watch_size(sight: Sight) {
    Effect::new(move |_| {
        let Some(scroller) = sight.scroller.get() else { return };
        let changed = Closure::<dyn Fn()>::new(move || sight.ask());
        if let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            observer.observe(&scroller);
            let kept = SendWrapper::new((observer, changed));
            on_cleanup(move || kept.0.disconnect());
        }
    });
}

impl Sight {
    /// Position and scroll bar belong to one moment, so they are written here and not by signals.
    pub(super) fn put(self, place: Layout) {
        set_style(self.space, "height", place.height);
        set_style(self.hold, "top", place.anchor_y);
    }

    /// The first row in sight of rows that wrap, and how many pixels of it are above the view. `None` when it is not in
    /// the page.
    pub(super) fn measured_top(self, slice: Slice) -> Option<(usize, f64)> {
        let scroller = self.scroller.get_untracked()?;
        let edge = box_of(&scroller).0;
        let above = self.above.get_untracked()?.children();
        let below = self.below.get_untracked()?.children();
        let drawn = above.length() + below.length();
        // The rows may be about to be drawn.
        if index(slice.anchor - slice.first) != above.length() || index(slice.last - slice.first) != drawn {
            return None;
        }
        let row = |place: u32| match place.checked_sub(above.length()) {
            None => above.item(place),
            Some(place) => below.item(place),
        };
        // Rows follow one another, so the first one that ends below the edge is found by halving.
        let (mut from, mut to) = (0, drawn);
        while from < to {
            let middle = from + (to - from) / 2;
            if box_of(&row(middle)?).1 > edge {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        let within = edge - box_of(&row(from)?).0;
        let found = slice.first + usize::try_from(from).ok()?;
        // Above the first row that is drawn there is another one, or the log's beginning.
        if within < -1.0 && from == 0 && slice.first > 0 {
            return None;
        }
        Some((found, within.max(0.0)))
    }

    /// The rows' real heights are known now: the ends of the log must be the ends of the scroll bar. False while the rows
    /// are about to be drawn.
    pub(super) fn mend(self) -> bool {
        let Some((mut place, slice, start, end)) = self.measured() else {
            return false;
        };
        let squeezed = self.scale(place, place.rows).squeezed();
        let wrap = self.wrap.get_untracked();
        let mut shift = 0.0;
        if slice.first == 0 {
            shift = -start;
        } else if slice.last == place.rows && squeezed && !wrap {
            shift = place.height - end;
        }
        if wrap && slice.last == place.rows {
            place.height = end + shift;
        }
        if !wrap {
            place.wide = self.widen(place.wide);
        }
        self.move_all(place, shift);
        if self.follow.get_untracked()
            && let Some(scroller) = self.scroller.get_untracked()
        {
            scroller.set_scroll_top(scroller.scroll_height());
            self.note_scroll(&scroller);
        }
        self.reveal();
        true
    }

    /// Makes room for the longest line so far.
    fn widen(self, before: f64) -> f64 {
        let (Some(hold), Some(scroller)) = (self.hold.get_untracked(), self.scroller.get_untracked()) else {
            return before;
        };
        let wide = hold.get_bounding_client_rect().width();
        if wide <= before || wide <= f64::from(scroller.client_width()) {
            return before;
        }
        set_style(self.space, "min-width", wide);
        wide
    }

    /// Nothing has moved for a while: the scroll bar is brought to where it belongs, with everything in sight staying put.
    pub(super) fn settle(self) {
        let Some((mut place, slice, start, end)) = self.measured() else {
            return;
        };
        let wrap = self.wrap.get_untracked();
        let squeezed = self.scale(place, place.rows).squeezed();
        if self.follow.get_untracked() || !(wrap || squeezed) {
            return;
        }
        if wrap {
            let mean = (end - start) / window::pixels(slice.last - slice.first).max(1.0);
            if (mean - place.estimate).abs() > place.estimate * OFF {
                place.estimate = mean.max(ROW);
            }
        }
        if slice.first == 0 || slice.last == place.rows {
            // Mended by the rows themselves.
            self.place.set_value(place);
            return;
        }
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let scroll = f64::from(scroller.scroll_top());
        let found = if wrap {
            self.measured_top(slice)
        } else {
            slice.row_at(place.anchor_y, scroll)
        };
        let Some((row, within)) = found else { return };
        let scale = self.scale(place, place.rows);
        let wanted = scale.scroll_of(window::pixels(row) * scale.row_height + within);
        place.height = scale.height();
        self.move_all(place, (wanted - scroll).round());
    }

    /// Rows, anchor and scroll bar by so many pixels: nothing moves on the screen.
    fn move_all(self, mut place: Layout, shift: f64) {
        let before = self.place.get_value();
        let shift = if shift.abs() < 1.0 { 0.0 } else { shift };
        place.anchor_y += shift;
        if shift != 0.0 || (place.height - before.height).abs() >= 1.0 {
            self.put(place);
        }
        self.place.set_value(place);
        if shift != 0.0
            && let Some(scroller) = self.scroller.get_untracked()
        {
            scroller.scroll_by_with_x_and_y(0.0, shift);
            self.note_scroll(&scroller);
        }
    }

    fn note_scroll(self, scroller: &HtmlElement) {
        let scroll = f64::from(scroller.scroll_top());
        self.place.update_value(|place| place.scroll = scroll);
    }

    /// The place, the rows drawn, and where the first of them begins and the last one ends; `None` while they are about
    /// to be drawn.
    fn measured(self) -> Option<(Layout, Slice, f64, f64)> {
        let place = self.place.try_get_value()?;
        let slice = self.drawn.try_get_untracked()?.slice;
        let (above, below) = (self.above.get_untracked()?, self.below.get_untracked()?);
        let whole = above.child_element_count() == index(slice.anchor - slice.first)
            && below.child_element_count() == index(slice.last - slice.anchor);
        let tall = |node: &Element| node.get_bounding_client_rect().height();
        whole.then(|| {
            (
                place,
                slice,
                place.anchor_y - tall(&above),
                place.anchor_y + tall(&below),
            )
        })
    }

    /// Brings a match that lies beyond the edge of a long line into sight.
    fn reveal(self) {
        let asked = self
            .place
            .try_update_value(|place| std::mem::replace(&mut place.reveal, false));
        let Some(scroller) = self.scroller.get_untracked().filter(|_| asked == Some(true)) else {
            return;
        };
        let found = scroller.query_selector(".log__row.is-current mark").ok().flatten();
        let Some(mark) = found.map(|mark| mark.get_bounding_client_rect()) else {
            return;
        };
        let frame = scroller.get_bounding_client_rect();
        let third = frame.width() / 3.0;
        if mark.left() < frame.left() + third.min(120.0) || mark.right() > frame.right() {
            scroller.scroll_by_with_x_and_y(mark.left() - frame.left() - third, 0.0);
        }
    }

    /// Text of the log that somebody has selected.
    pub(in crate::components::log_view) fn selected(self) -> Option<Selection> {
        let scroller = self.scroller.get_untracked()?;
        let selection = window().get_selection().ok().flatten()?;
        let inside = !selection.is_collapsed() && scroller.contains(selection.anchor_node().as_ref());
        inside.then_some(selection)
    }

    pub(super) fn unselect(self) {
        if let Some(selection) = self.selected() {
            let _ = selection.remove_all_ranges();
        }
    }
}

/// Top and bottom on the screen.
fn box_of(element: &Element) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.top(), rect.bottom())
}

fn set_style(node: NodeRef<html::Div>, name: &str, pixels: f64) {
    if let Some(element) = node.get_untracked() {
        let style = HtmlElement::style(&element);
        let _ = style.set_property(name, &format!("{pixels}px"));
    }
}

fn index(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
