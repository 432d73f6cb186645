//! Where rows lie and which of them are in the page: arithmetic only, so that it can be tested without a browser.

/// Height of a row that does not wrap, and least height of one that does, in CSS pixels; as in the style.
pub(super) const ROW: f64 = 20.0;
/// Browsers cut off what is taller than 17 (Firefox) to 33 million CSS pixels (Chromium). A log that would be is squeezed.
const TALLEST: f64 = 10_000_000.0;
/// So much at either end is never squeezed, so that the ends are reached and followed pixel by pixel.
const EDGE: f64 = 1_000_000.0;
/// Rows in the page at once, at most.
const MOST_ROWS: usize = 200;
/// Rows drawn above and below those in sight.
const MARGIN: usize = 40;
/// When fewer than this are left in the direction one scrolls, more are drawn.
const NEAR: usize = 10;

/// How rows lie along the scroll bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) rows: usize,
    /// Exact when rows do not wrap, else an estimate.
    pub(super) row_height: f64,
}

impl Scale {
    fn tall(self) -> f64 {
        pixels(self.rows) * self.row_height
    }

    /// What the scroll bar is made for.
    pub(super) fn height(self) -> f64 {
        self.tall().min(TALLEST)
    }

    /// True when a pixel of the scroll bar is more than a pixel of rows.
    pub(super) fn squeezed(self) -> bool {
        self.tall() > TALLEST
    }

    /// Rows per scroll bar between the two edges; at most 1.
    fn squeeze(self) -> f64 {
        (TALLEST - 2.0 * EDGE) / (self.tall() - 2.0 * EDGE)
    }

    /// From pixels of all rows to pixels of the scroll bar.
    pub(super) fn scroll_of(self, y: f64) -> f64 {
        let tall = self.tall();
        let y = y.clamp(0.0, tall);
        if !self.squeezed() || y <= EDGE {
            y
        } else if y >= tall - EDGE {
            TALLEST - (tall - y)
        } else {
            EDGE + (y - EDGE) * self.squeeze()
        }
    }

    /// From pixels of the scroll bar to pixels of all rows.
    fn y_of(self, scroll: f64) -> f64 {
        let scroll = scroll.clamp(0.0, self.height());
        if !self.squeezed() || scroll <= EDGE {
            scroll
        } else if scroll >= TALLEST - EDGE {
            self.tall() - (TALLEST - scroll)
        } else {
            EDGE + (scroll - EDGE) / self.squeeze()
        }
    }

    /// Where on the scroll bar a row begins.
    pub(super) fn top_of(self, row: usize) -> f64 {
        self.scroll_of(pixels(row) * self.row_height)
    }

    /// The row at a place of the scroll bar, and how many pixels of it lie before that place.
    pub(super) fn row_at(self, scroll: f64) -> (usize, f64) {
        let y = self.y_of(scroll);
        let row = whole(y / self.row_height).min(self.rows.saturating_sub(1));
        (row, y - pixels(row) * self.row_height)
    }
}

/// The rows that are in the page: `first..last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Slice {
    pub(super) first: usize,
    /// Rows before it flow upwards from where it stands, it and those after it downwards: so nothing moves at the anchor
    /// when rows around it come, go or change their height.
    pub(super) anchor: usize,
    pub(super) last: usize,
}

impl Slice {
    /// `seen` rows from `top` on, and some more on either side.
    pub(super) fn around(top: usize, seen: usize, rows: usize) -> Self {
        let margin = margin(seen);
        let last = (top + seen + margin).min(rows);
        let first = top.saturating_sub(margin).min(last.saturating_sub(seen + margin));
        Self {
            first,
            anchor: top.min(last),
            last,
        }
    }

    /// The end of the log, held at its end.
    pub(super) fn at_end(seen: usize, rows: usize) -> Self {
        Self {
            first: rows.saturating_sub(seen + margin(seen)),
            anchor: rows,
            last: rows,
        }
    }

    /// Whether everything in sight is in the page, and a little more.
    pub(super) fn covers(self, top: usize, seen: usize, rows: usize) -> bool {
        self.last <= rows && self.first <= top.saturating_sub(NEAR) && self.last >= (top + seen + NEAR).min(rows)
    }

    /// Holds it at another row.
    pub(super) fn held_at(self, anchor: usize) -> Self {
        Self {
            anchor: anchor.clamp(self.first, self.last),
            ..self
        }
    }

    /// The row at a place of the scroll bar, of rows of one height, when it is in the page.
    pub(super) fn row_at(self, anchor_y: f64, scroll: f64) -> Option<(usize, f64)> {
        let steps = ((scroll - anchor_y) / ROW).floor();
        let row = pixels(self.anchor) + steps;
        let inside = row >= pixels(self.first) && row < pixels(self.last);
        inside.then(|| (whole(row), scroll - (anchor_y + steps * ROW)))
    }
}

fn margin(seen: usize) -> usize {
    (MOST_ROWS.saturating_sub(seen) / 2).min(MARGIN)
}

/// Rows that may be in sight at once.
pub(super) fn seen(view: f64) -> usize {
    (whole((view / ROW).ceil()) + 1).min(MOST_ROWS - 2 * NEAR)
}

#[expect(clippy::cast_precision_loss, reason = "far fewer rows than 2^52")]
pub(super) fn pixels(rows: usize) -> f64 {
    rows as f64
}

/// Without its fraction; 0 for what is below 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number of rows"
)]
pub(super) fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Scale = Scale {
        rows: 12_408,
        row_height: ROW,
    };
    const MILLION: Scale = Scale {
        rows: 1_000_000,
        row_height: ROW,
    };

    #[test]
    fn a_log_that_fits_is_not_squeezed() {
        assert!(!SMALL.squeezed());
        assert_eq!(SMALL.height(), 248_160.0);
        for row in [0, 1, 6_000, 12_407] {
            assert_eq!(SMALL.top_of(row), pixels(row) * ROW);
            assert_eq!(SMALL.row_at(SMALL.top_of(row) + 7.0), (row, 7.0));
        }
    }

    #[test]
    fn a_million_rows_fit_into_the_tallest_element() {
        assert!(MILLION.squeezed());
        assert_eq!(MILLION.height(), TALLEST);
        for row in [0, 1, 40, 49_999, 50_001, 123_456, 500_000, 949_999, 950_001, 999_999] {
            let (found, within) = MILLION.row_at(MILLION.top_of(row));
            let off = pixels(found) * ROW + within - pixels(row) * ROW;
            assert!(off.abs() < 0.01, "row {row} is {off} px away");
        }
    }

    #[test]
    fn its_ends_are_scrolled_pixel_by_pixel() {
        assert_eq!(MILLION.row_at(60.0), (3, 0.0));
        let end = MILLION.height();
        assert_eq!(MILLION.row_at(end - 800.0), (999_960, 0.0));
        assert_eq!(MILLION.top_of(999_960), end - 800.0);
        // No place is skipped where the squeezed part begins and ends.
        for edge in [EDGE, TALLEST - EDGE] {
            assert!((MILLION.y_of(edge + 0.001) - MILLION.y_of(edge - 0.001)).abs() < 0.1);
        }
    }

    #[test]
    fn places_outside_are_the_ends() {
        assert_eq!(MILLION.row_at(-5.0), (0, 0.0));
        assert_eq!(MILLION.row_at(99e9).0, 999_999);
        let none = Scale {
            rows: 0,
            row_height: ROW,
        };
        assert_eq!(none.row_at(10.0), (0, 0.0));
        assert_eq!(none.height(), 0.0);
    }

    #[test]
    fn no_slice_has_more_rows_than_the_page_may_hold() {
        for view in [0.0, 100.0, 800.0, 1_600.0, 2_160.0, 9_000.0] {
            let seen = seen(view);
            for (top, rows) in [
                (0, 0),
                (0, 10),
                (0, 1_000_000),
                (500_000, 1_000_000),
                (999_990, 1_000_000),
            ] {
                for slice in [Slice::around(top, seen, rows), Slice::at_end(seen, rows)] {
                    assert!(slice.last - slice.first <= MOST_ROWS, "{slice:?}");
                    assert!(
                        slice.last <= rows && slice.first <= slice.anchor && slice.anchor <= slice.last,
                        "{slice:?}"
                    );
                }
                assert!(
                    Slice::around(top, seen, rows).covers(top, seen, rows),
                    "view {view}, top {top} of {rows}"
                );
            }
        }
    }

    #[test]
    fn a_slice_covers_what_is_seen_with_something_to_spare() {
        let slice = Slice::around(1_000, 42, 5_000);
        assert!(slice.covers(1_000, 42, 5_000));
        assert!(slice.covers(1_020, 42, 5_000));
        assert!(!slice.covers(1_035, 42, 5_000), "too near to its end");
        assert!(!slice.covers(965, 42, 5_000), "too near to its beginning");
        assert!(!slice.covers(1_000, 42, 900), "the rows are gone");
        assert!(Slice::at_end(42, 5_000).covers(4_960, 42, 5_000));
        assert!(!Slice::at_end(42, 5_000).covers(4_960, 42, 5_001), "a new row came");
    }

    #[test]
    fn rows_of_one_height_are_found_from_the_anchor() {
        let slice = Slice::around(1_000, 42, 5_000);
        assert_eq!(slice.row_at(20_000.0, 20_000.0), Some((1_000, 0.0)));
        assert_eq!(slice.row_at(20_000.0, 20_045.0), Some((1_002, 5.0)));
        assert_eq!(slice.row_at(20_000.0, 19_990.0), Some((999, 10.0)));
        assert_eq!(slice.row_at(20_000.0, 0.0), None);
        assert_eq!(slice.row_at(20_000.0, 90_000.0), None);
        assert_eq!(slice.held_at(1_030).row_at(20_600.0, 20_000.0), Some((1_000, 0.0)));
    }
}
