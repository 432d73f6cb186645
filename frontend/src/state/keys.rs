//! Keyboard shortcuts. A page registers its keys while it is on screen; one listener runs them, one dialog shows them.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// One shortcut, run by [`use_keys`].
#[derive(Clone)]
pub struct Key {
    /// As `KeyboardEvent.key` says it, lower case: `"a"`, `"?"`, `"escape"`, with the shift key `"shift+n"`, or two in a
    /// row: `"g m"`.
    pub keys: &'static str,
    pub label: String,
    pub run: Callback<()>,
}

impl Key {
    /// `Key::new("a", "Aprovar e ver próxima", move || approve())`
    pub fn new(keys: &'static str, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            keys,
            label: label.into(),
            run: Callback::new(move |()| run()),
        }
    }
}

#[derive(Clone)]
pub struct KeyGroup {
    pub id: u32,
    pub title: String,
    pub keys: Vec<Key>,
}

#[derive(Clone, Copy)]
pub struct Keys {
    pub groups: RwSignal<Vec<KeyGroup>>,
    next: StoredValue<u32>,
    /// The first half of a shortcut of two, and when it was pressed (ms).
    begun: StoredValue<Option<(String, f64)>>,
}

/// How long the second key of a pair is waited for, in ms.
const PAIR_MS: f64 = 1_200.0;

impl Keys {
    pub fn provide() -> Self {
        let keys = Self {
            groups: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            begun: StoredValue::new(None),
        };
        provide_context(keys);
        let handle = window_event_listener(ev::keydown, move |event| keys.on_key(&event));
        on_cleanup(move || handle.remove());
        keys
    }

    fn on_key(self, event: &web_sys::KeyboardEvent) {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing()
        {
            return;
        }
        if is_typing(event) || dialog_is_open() {
            return;
        }
        let pressed = event.key().to_lowercase();
        let now = js_sys::Date::now();
        let begun = self.begun.get_value().filter(|(_, at)| now - at < PAIR_MS);
        self.begun.set_value(None);
        let pair = begun.map(|(first, _)| format!("{first} {pressed}"));
        let shifted = event.shift_key().then(|| format!("shift+{pressed}"));
        // The page's own keys, registered last, come before the frame's.
        let groups = self.groups.get_untracked();
        let all: Vec<&Key> = groups.iter().rev().flat_map(|group| &group.keys).collect();
        let found = pair
            .and_then(|pair| all.iter().find(|key| key.keys == pair))
            .or_else(|| all.iter().find(|key| shifted.as_deref() == Some(key.keys)))
            .or_else(|| all.iter().find(|key| key.keys == pressed));
        if let Some(key) = found {
            event.prevent_default();
            key.run.run(());
        } else if all
            .iter()
            .any(|key| key.keys.split_once(' ').is_some_and(|(first, _)| first == pressed))
        {
            self.begun.set_value(Some((pressed, now)));
        }
    }
}

fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let Some(element) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return false;
    };
    let text_input = element.dyn_ref::<web_sys::HtmlInputElement>().is_some_and(|input| {
        !matches!(
            input.type_().as_str(),
            "checkbox" | "radio" | "button" | "submit" | "file"
        )
    });
    text_input || matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
}

fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Registers the keys of a page for as long as it is on screen:
/// `use_keys("Revisão", vec![Key::new("j", "Próxima", move || next())]);`
pub fn use_keys(title: impl Into<String>, keys: Vec<Key>) {
    let Some(all) = use_context::<Keys>() else { return };
    let id = all.next.get_value();
    all.next.set_value(id + 1);
    all.groups.update(|groups| {
        groups.push(KeyGroup {
            id,
            title: title.into(),
            keys,
        })
    });
    on_cleanup(move || {
        // At the end of the tab the list may be gone before the page.
        let _ = all.groups.try_update(|groups| groups.retain(|group| group.id != id));
    });
}
