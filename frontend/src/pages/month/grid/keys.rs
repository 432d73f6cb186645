//! Where the keyboard is in the matrix, and what clicks and keys do there.

use esteira_shared::ids::ProcessId;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use super::{super::rows::Rows, hit};
use crate::{components::Selection, routes::paths};

/// Rows that Page Up and Page Down pass.
const PAGE: usize = 10;

pub(super) fn cell_id(row: usize, column: usize) -> String {
    format!("mx-{row}-{column}")
}

pub(super) fn cell_of(id: &str) -> Option<(usize, usize)> {
    let (row, column) = id.strip_prefix("mx-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

type Go = Box<dyn Fn(&str)>;

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    /// Row and column of the cell that takes part in tabbing.
    pub(super) at: RwSignal<(usize, usize)>,
    /// Where a range began.
    anchor: StoredValue<(usize, usize)>,
    rows: Memo<Rows>,
    operators: Memo<Vec<String>>,
    selection: Selection,
    scroller: NodeRef<html::Div>,
    row_height: Memo<f64>,
    go: StoredValue<Go, LocalStorage>,
}

impl Cursor {
    pub(super) fn new(
        rows: Memo<Rows>,
        operators: Memo<Vec<String>>,
        selection: Selection,
        scroller: NodeRef<html::Div>,
        row_height: Memo<f64>,
    ) -> Self {
        let navigate = use_navigate();
        let go: Go = Box::new(move |address| navigate(address, Default::default()));
        let cursor = Self {
            at: RwSignal::new((0, 0)),
            anchor: StoredValue::new((0, 0)),
            rows,
            operators,
            selection,
            scroller,
            row_height,
            go: StoredValue::new_local(go),
        };
        // A row drawn anew by a change loses the focus: it is given back. Fewer rows pull the cursor in.
        Effect::new(move |_| {
            let count = rows.with(Vec::len);
            let (row, column) = cursor.at.get_untracked();
            if row >= count && count > 0 {
                cursor.at.set((count - 1, column));
            }
            // Runs before the rows are drawn: the focus is still where it was.
            if focused_cell().is_some() {
                request_animation_frame(move || {
                    if focused_cell().is_none()
                        && document().active_element().is_some_and(|one| one.tag_name() == "BODY")
                    {
                        focus(cursor.at.get_untracked());
                    }
                });
            }
        });
        cursor
    }

    fn process(self, (row, column): (usize, usize)) -> Option<ProcessId> {
        self.rows
            .with_untracked(|rows| rows.get(row)?.cells.get(column)?.as_ref().map(|cell| cell.process_id))
    }

    fn toggle(self, at: (usize, usize)) {
        if let Some(id) = self.process(at) {
            let id = id.to_string();
            let on = !untrack(|| self.selection.has(&id));
            self.selection.set(&id, on);
        }
    }

    /// Everything between the anchor and `to`.
    fn select_range(self, to: (usize, usize)) {
        let from = self.anchor.get_value();
        let ids: Vec<String> = (from.0.min(to.0)..=from.0.max(to.0))
            .flat_map(|row| (from.1.min(to.1)..=from.1.max(to.1)).map(move |column| (row, column)))
            .filter_map(|at| self.process(at))
            .map(|id| id.to_string())
            .collect();
        self.selection.set_many(ids, true);
    }

    fn open(self, at: (usize, usize)) {
        if let Some(id) = self.process(at) {
            self.go.with_value(|go| go(&paths::process(id)));
        }
    }

    pub(super) fn on_click(self, event: &web_sys::MouseEvent) {
        let Some((row, column, false)) = hit(event) else { return };
        self.at.set((row, column));
        if event.shift_key() {
            self.select_range((row, column));
        } else {
            self.anchor.set_value((row, column));
            self.toggle((row, column));
        }
    }

    pub(super) fn on_open(self, event: &web_sys::MouseEvent) {
        if let Some((row, column, false)) = hit(event) {
            self.open((row, column));
        }
    }

    pub(super) fn on_key(self, event: &web_sys::KeyboardEvent) {
        if hit(event).is_none() || event.alt_key() {
            return;
        }
        let (row, column) = self.at.get_untracked();
        let last_row = self.rows.with_untracked(Vec::len).saturating_sub(1);
        let last_column = self.operators.with_untracked(Vec::len).saturating_sub(1);
        let far = event.ctrl_key() || event.meta_key();
        let to = match event.key().as_str() {
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowDown" => ((row + 1).min(last_row), column),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowRight" => (row, (column + 1).min(last_column)),
            "PageUp" => (row.saturating_sub(PAGE), column),
            "PageDown" => ((row + PAGE).min(last_row), column),
            "Home" => (if far { 0 } else { row }, 0),
            "End" => (if far { last_row } else { row }, last_column),
            " " => {
                self.anchor.set_value((row, column));
                self.toggle((row, column));
                return event.prevent_default();
            }
            "Enter" => {
                self.open((row, column));
                return event.prevent_default();
            }
            "a" if far => {
                self.selection.all_matching.set(true);
                return event.prevent_default();
            }
            "Escape" => return self.selection.clear(),
            _ => return,
        };
        event.prevent_default();
        if event.shift_key() {
            self.select_range(to);
        } else {
            self.anchor.set_value(to);
        }
        self.move_to(to);
    }

    /// Brings the row into sight, then gives its cell the focus.
    fn move_to(self, (row, column): (usize, usize)) {
        self.at.set((row, column));
        if let Some(scroller) = self.scroller.get_untracked() {
            let height = self.row_height.get_untracked();
            #[expect(clippy::cast_precision_loss, reason = "rows on a screen")]
            let top = row as f64 * height;
            // The head lies over the first row's worth of height.
            let (above, seen) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
            #[expect(clippy::cast_possible_truncation, reason = "CSS pixels of a page")]
            if top < above {
                scroller.set_scroll_top(top as i32);
            } else if top + 2.0 * height > above + seen {
                scroller.set_scroll_top((top + 2.0 * height - seen).ceil() as i32);
            }
        }
        request_animation_frame(move || focus((row, column)));
    }
}

fn focused_cell() -> Option<(usize, usize)> {
    cell_of(&document().active_element()?.id())
}

fn focus((row, column): (usize, usize)) {
    let cell = document().get_element_by_id(&cell_id(row, column));
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}
