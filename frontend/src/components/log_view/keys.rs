//! The viewer's keys, for as long as it is on screen.

use super::viewer::Viewer;
use crate::{
    i18n::tr,
    state::keys::{Key, use_keys},
};

pub(super) fn register(viewer: Viewer) {
    let start = move || {
        let first = viewer.rows.seq(0).unwrap_or(1);
        viewer.sight.show(first, 0.0);
    };
    use_keys(
        tr!(log.title),
        vec![
            Key::new("f", tr!(log.key_follow), move || viewer.toggle_follow()),
            Key::new("/", tr!(log.key_search), move || viewer.focus_search()),
            Key::new("n", tr!(log.next), move || viewer.step(true)),
            Key::new("shift+n", tr!(log.previous), move || viewer.step(false)),
            Key::new("e", tr!(log.first_error), move || viewer.first_error()),
            Key::new("w", tr!(log.wrap), move || viewer.toggle_wrap()),
            // Twice, because the first `g` alone begins the ways to other pages.
            Key::new("g g", tr!(log.key_start), start),
            Key::new("shift+g", tr!(log.to_end), move || viewer.sight.to_end()),
            Key::new("escape", tr!(log.key_leave), move || viewer.leave()),
        ],
    );
}
