//! `<CommandPalette open/>` once, in the frame: Ctrl+K finds pages, actions, processes, clients and operators.

mod entries;

use std::time::Duration;

use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{Icon, IconName};
use crate::{
    i18n::tr,
    state::{prefs::use_prefs, session::use_session},
};
use entries::{Act, Entry};

/// A pause in typing after which the server is asked.
const PAUSE: Duration = Duration::from_millis(150);

#[component]
pub fn CommandPalette(open: RwSignal<bool>) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Entry>::new());
    let asking = RwSignal::new(Asking::Idle);
    let active = RwSignal::new(0_usize);
    let (session, prefs) = (use_session(), use_prefs());
    let navigate = StoredValue::new_local(use_navigate());

    let handle = window_event_listener(ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open.update(|open| *open = !*open);
        }
    });
    on_cleanup(move || handle.remove());

    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                text.set(String::new());
                found.set(Vec::new());
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let shown = Memo::new(move |_| {
        // Also drawn anew each time it opens: what was opened last has changed.
        open.track();
        let wanted = text.get();
        let mut all = entries::fixed(session, &wanted);
        let known: Vec<Act> = all.iter().map(|entry| entry.act.clone()).collect();
        all.extend(found.get().into_iter().filter(|entry| !known.contains(&entry.act)));
        all
    });
    search_as_typed(text, found, asking);
    Effect::new(move |_| {
        text.track();
        active.set(0);
    });
    let run = move |index: usize| {
        let Some(entry) = shown.with_untracked(|shown| shown.get(index).cloned()) else {
            return;
        };
        open.set(false);
        entries::remember(&entry);
        match entry.act {
            Act::Go(address) => {
                navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()))
            }
            Act::Theme(theme) => prefs.set_theme(theme),
            Act::Density(density) => prefs.set_density(density),
            Act::Language(locale) => prefs.set_locale(locale),
            Act::SignOut => session.sign_out(),
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count = shown.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" => active.update(|active| *active = if *active + 1 >= count { 0 } else { *active + 1 }),
            "ArrowUp" => active.update(|active| *active = active.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Enter" => run(active.get_untracked()),
            _ => return,
        }
        event.prevent_default();
        scroll_to(active.get_untracked());
    };
    view! {
        <dialog node_ref=node class="palette" aria-label=tr!(parts.palette_title) on:close=move |_| open.set(false) on:mousedown=move |event| {
            let outside = node.get_untracked().is_some_and(|dialog| event.target().is_some_and(|target| &target == dialog.as_ref() as &web_sys::EventTarget));
            if outside { open.set(false); }
        }>
            <Show when=move || open.get()>
                <div class="palette__field">
                    <Icon name=IconName::Find/>
                    <input
                        type="text"
                        role="combobox"
                        autofocus
                        autocomplete="off"
                        spellcheck="false"
                        aria-label=tr!(parts.palette_place)
                        aria-expanded="true"
                        aria-controls="palette-list"
                        aria-autocomplete="list"
                        aria-activedescendant=move || shown.with(|shown| (!shown.is_empty()).then(|| format!("palette-{}", active.get())))
                        placeholder=tr!(parts.palette_place)
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                        on:keydown=on_key
                    />
                </div>
                <div class="palette__list" id="palette-list" role="listbox" aria-label=tr!(parts.palette_results)>
                    {move || list(&shown.get(), text, asking, active, Callback::new(run))}
                </div>
                <p class="palette__news" role="status">{move || match asking.get() {
                    Asking::Failed => tr!(parts.palette_failed),
                    Asking::Under => tr!(parts.palette_searching),
                    Asking::Idle => "",
                }}</p>
                <div class="palette__foot" aria-hidden="true">
                    <span><kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" "{tr!(parts.palette_move)}</span>
                    <span><kbd>"Enter"</kbd>" "{tr!(parts.palette_open)}</span>
                    <span><kbd>"Esc"</kbd>" "{tr!(parts.palette_close)}</span>
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}

/// Where the question to the server stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Idle,
    Under,
    Failed,
}

fn list(
    shown: &[Entry],
    text: RwSignal<String>,
    asking: RwSignal<Asking>,
    active: RwSignal<usize>,
    run: Callback<usize>,
) -> AnyView {
    if shown.is_empty() {
        // "Nothing" is only true once the server has said so.
        if asking.get() != Asking::Idle {
            return ().into_any();
        }
        return view! { <p class="combo__empty" role="status">{tr!(parts.palette_empty, text = text.get_untracked())}</p> }.into_any();
    }
    let mut group = "";
    shown
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            let heading = (entry.group != group).then_some(entry.group);
            group = entry.group;
            view! {
                {heading.map(|heading| view! { <div class="palette__group" role="presentation">{heading}</div> })}
                <div
                    class="palette__item"
                    role="option"
                    id=format!("palette-{index}")
                    aria-selected=move || if active.get() == index { "true" } else { "false" }
                    on:mousemove=move |_| active.set(index)
                    on:click=move |_| run.run(index)
                >
                    <Icon name=entry.icon/>
                    <span class="truncate">{entry.label.clone()}</span>
                    <small>{entry.note.clone()}</small>
                </div>
            }
        })
        .collect_view()
        .into_any()
}

/// Asks the server after a pause; an answer to an older text is dropped.
fn search_as_typed(text: RwSignal<String>, found: RwSignal<Vec<Entry>>, asking: RwSignal<Asking>) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let wanted = text.get().trim().to_owned();
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if wanted.chars().count() < 2 {
            found.set(Vec::new());
            asking.set(Asking::Idle);
            return;
        }
        asking.set(Asking::Under);
        let ask = move || {
            spawn_local(async move {
                let answer = entries::search(&wanted).await;
                if text.try_get_untracked().is_some_and(|now| now.trim() == wanted) {
                    let _ = asking.try_set(if answer.is_ok() { Asking::Idle } else { Asking::Failed });
                    let _ = found.try_set(answer.unwrap_or_default());
                }
            });
        };
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });
}

fn scroll_to(index: usize) {
    if let Some(item) = document().get_element_by_id(&format!("palette-{index}")) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        item.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
