//! `<KeyHelp/>` once, in the frame: `?` shows the keys valid here, as pages registered them with `use_keys`.

use leptos::prelude::*;

use super::Dialog;
use crate::{
    i18n::tr,
    state::{Keys, keys::KeyGroup},
};

/// Whether the dialog is open; in the context, so that the account menu can open it.
#[derive(Clone, Copy)]
pub struct KeyHelpOpen(pub RwSignal<bool>);

#[component]
pub fn KeyHelp(open: RwSignal<bool>) -> impl IntoView {
    let groups = move || use_context::<Keys>().map(|keys| keys.groups.get()).unwrap_or_default();
    view! {
        <Dialog open title=tr!(parts.keys_title)>
            <div class="keys">
                // The page's own keys first.
                {move || grouped(groups()).into_iter().map(|group| view! {
                    <section>
                        <h3>{group.title}</h3>
                        <dl>
                            {group.keys.into_iter().map(|key| view! {
                                <dt>{key.keys.split(' ').map(|one| view! { <kbd>{show(one)}</kbd> }).collect_view()}</dt>
                                <dd>{key.label}</dd>
                            }).collect_view()}
                        </dl>
                    </section>
                }).collect_view()}
                <section>
                    <dl><dt><kbd>"Ctrl"</kbd><kbd>"K"</kbd></dt><dd>{tr!(frame.key_palette)}</dd></dl>
                </section>
            </div>
        </Dialog>
    }
    .into_any()
}

/// The page's own first, and those of one title as one section: a page and the list on it both register some.
fn grouped(groups: Vec<KeyGroup>) -> Vec<KeyGroup> {
    let mut merged: Vec<KeyGroup> = Vec::new();
    for group in groups.into_iter().rev() {
        match merged.iter_mut().find(|other| other.title == group.title) {
            Some(other) => other.keys.extend(group.keys),
            None => merged.push(group),
        }
    }
    merged
}

/// As it stands on the keyboard.
fn show(key: &str) -> String {
    match key {
        "escape" => "Esc".to_owned(),
        "enter" => "Enter".to_owned(),
        "arrowup" => "↑".to_owned(),
        "arrowdown" => "↓".to_owned(),
        "arrowleft" => "←".to_owned(),
        "arrowright" => "→".to_owned(),
        "pagedown" => "Page ↓".to_owned(),
        "pageup" => "Page ↑".to_owned(),
        " " => "␣".to_owned(),
        other => match other.strip_prefix("shift+") {
            Some(key) => format!("Shift {}", show(key)),
            None => other.to_uppercase(),
        },
    }
}
