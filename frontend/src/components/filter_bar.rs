//! `<FilterBar list search="q" total><FilterChip list key="status" label="Status" options multi=true/><ToggleChip list key="late" label="Em atraso"/></FilterBar>`
//!
//! Every filter lives in the address; the server does the filtering.

use std::time::Duration;

use esteira_shared::page::Total;
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsCast;

use super::{Button, Checkbox, Choice, Icon, IconName, Kind, Popover, TextInput, menu::PopoverClose};
use crate::{
    hooks::ListQuery,
    i18n::{counted, tr},
    state::keys::{Key, use_keys},
    text::{format, tasks},
};

/// A pause in typing after which the list is read again.
const PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn FilterBar(
    list: ListQuery,
    /// Key of the text search, with its placeholder in `search_label`.
    #[prop(optional, into)]
    search: Option<&'static str>,
    #[prop(optional, into)] search_label: Option<String>,
    /// How many rows match, when the list tells.
    #[prop(optional, into)]
    total: Signal<Option<Total>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let bar = NodeRef::<html::Div>::new();
    if search.is_some() {
        // A page holds one list, so the first search box is the one meant.
        let focus = move || {
            let found = bar
                .get_untracked()
                .and_then(|bar| bar.query_selector("input[type='search']").ok().flatten());
            if let Some(input) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = input.focus();
            }
        };
        use_keys(tr!(parts.keys_here), vec![Key::new("/", tr!(parts.search_list), focus)]);
    }
    let label = search_label.unwrap_or_else(|| tr!(parts.search).to_owned());
    // Only the first page tells the total: while paging, the number stays.
    let known = Memo::new(move |old: Option<&Option<Total>>| total.get().or_else(|| old.copied().flatten()));
    view! {
        <div node_ref=bar class="filters" role="search" aria-label=tr!(parts.filters)>
            {search.map(|key| view! { <div class="filters__search"><SearchBox list key label/></div> })}
            {children.map(|children| children())}
            <Show when=move || list.is_filtered()>
                <Button small=true kind=Kind::Ghost on_click=move |()| list.clear()>{tr!(parts.clear_filters)}</Button>
            </Show>
            <span class="filters__count" role="status">{move || known.get().map(total_words)}</span>
        </div>
    }
    .into_any()
}

fn total_words(total: Total) -> String {
    match (total.count, total.capped) {
        (count, true) => tr!(parts.total_capped, count = format::count(count)),
        (0, _) => tr!(parts.total_none).to_owned(),
        (count, _) => counted!(parts.total_single, parts.total_many, count),
    }
}

#[component]
fn SearchBox(list: ListQuery, key: &'static str, label: String) -> impl IntoView {
    let text = RwSignal::new(untrack(|| list.get(key)).unwrap_or_default());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    // "Back" or "clear" changed the address: the box follows, unless it is the box that is ahead.
    Effect::new(move |_| {
        let there = list.get(key).unwrap_or_default();
        if timer.with_value(Option::is_none) && text.get_untracked() != there {
            text.set(there);
        }
    });
    Effect::new(move |first: Option<()>| {
        let typed = text.get();
        if first.is_none() || typed == untrack(|| list.get(key)).unwrap_or_default() {
            return;
        }
        stop();
        let handle = set_timeout_with_handle(
            move || {
                timer.set_value(None);
                list.set(key, Some(text.get_untracked().trim().to_owned()));
            },
            PAUSE,
        );
        timer.set_value(handle.ok());
    });
    on_cleanup(stop);
    view! { <TextInput value=text search=true placeholder=label.clone() label/> }
}

/// One filter among known values; `multi` keeps several as words between commas.
#[component]
pub fn FilterChip(
    list: ListQuery,
    key: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] options: Signal<Vec<Choice>>,
    #[prop(optional)] multi: bool,
) -> impl IntoView {
    let chosen = Memo::new(move |_| -> Vec<String> {
        list.get(key)
            .map(|value| value.split(',').map(str::to_owned).collect())
            .unwrap_or_default()
    });
    let on = move || chosen.with(|chosen| !chosen.is_empty());
    let summary = move || {
        chosen.with(|chosen| match chosen.as_slice() {
            [] => None,
            [one] => Some(options.with(|options| {
                options
                    .iter()
                    .find(|choice| choice.value == *one)
                    .map_or_else(|| one.clone(), |choice| choice.label.clone())
            })),
            many => Some(tr!(parts.chosen, count = many.len())),
        })
    };
    let set = move |value: String, wanted: bool| {
        let mut values = if multi { chosen.get_untracked() } else { Vec::new() };
        values.retain(|other| *other != value);
        if wanted {
            values.push(value);
        }
        list.set(key, Some(values.join(",")));
    };
    let name = StoredValue::new(label.clone());
    let face_label = label.clone();
    let face = move || {
        let label = face_label.clone();
        view! {
            {move || (!on()).then(|| view! { <Icon name=IconName::Plus/> })}
            <span>{label}{move || on().then_some(":")}</span>
            {move || summary().map(|text| view! { <b>{text}</b> })}
        }
    };
    view! {
        <span class="chip__wrap">
            <Popover
                label=tr!(parts.filter_by, name = label.clone())
                class=Signal::derive(move || if on() { "chip is-on" } else { "chip" }.to_owned())
                start=true
                face
            >
                <ChipOptions options chosen multi set=Callback::new(move |(value, wanted)| set(value, wanted))/>
            </Popover>
            <Show when=on>
                <button type="button" class="chip__clear" aria-label=tr!(parts.clear_filter, name = name.get_value()) on:click=move |_| list.set(key, None)>
                    <Icon name=IconName::Close/>
                </button>
            </Show>
        </span>
    }
    .into_any()
}

/// More options than this are searched, not read.
const SEARCH_FROM: usize = 9;

#[component]
fn ChipOptions(
    options: Signal<Vec<Choice>>,
    chosen: Memo<Vec<String>>,
    multi: bool,
    set: Callback<(String, bool)>,
) -> impl IntoView {
    let find = RwSignal::new(String::new());
    let close = use_context::<PopoverClose>();
    let shown = move || {
        let wanted = find.get().to_lowercase();
        options
            .get()
            .into_iter()
            .filter(move |choice| choice.label.to_lowercase().contains(&wanted))
            .collect::<Vec<_>>()
    };
    view! {
        <Show when=move || { options.with(Vec::len) >= SEARCH_FROM }>
            <TextInput value=find search=true label=tr!(parts.search) placeholder=tr!(parts.search)/>
        </Show>
        {move || {
            let shown = shown();
            if shown.is_empty() {
                return view! { <span class="small faint">{tr!(parts.no_options)}</span> }.into_any();
            }
            shown.into_iter().map(|choice| {
                let (mine, value) = (choice.value.clone(), choice.value);
                view! {
                    <Checkbox
                        label=choice.label
                        checked=Signal::derive(move || chosen.with(|chosen| chosen.contains(&mine)))
                        on_change=move |on| {
                            set.run((value.clone(), on));
                            if !multi && let Some(close) = close { close.0.run(()); }
                        }
                    />
                }
            }).collect_view().into_any()
        }}
    }
    .into_any()
}

/// A filter that is on or off (`key=true`).
#[component]
pub fn ToggleChip(
    list: ListQuery,
    key: &'static str,
    #[prop(into)] label: String,
    /// What stands in the address while on.
    #[prop(default = "true")]
    value: &'static str,
) -> impl IntoView {
    let on = Memo::new(move |_| list.get(key).as_deref() == Some(value));
    view! {
        <button
            type="button"
            class="chip"
            class:is-on=move || on.get()
            aria-pressed=move || if on.get() { "true" } else { "false" }
            on:click=move |_| list.set(key, (!on.get_untracked()).then(|| value.to_owned()))
        >
            {move || view! { <Icon name=if on.get() { IconName::Check } else { IconName::Plus }/> }}
            {label}
        </button>
    }
    .into_any()
}

/// A filter that only links set; here it can be seen and taken away.
#[component]
pub fn OnlyChip(list: ListQuery, key: &'static str, label: &'static str) -> impl IntoView {
    let value = Memo::new(move |_| list.get(key));
    move || {
        value.get().map(|value| {
            view! {
                <span class="chip__wrap">
                    <span class="chip is-on"><span>{label}":"</span><b class="mono">{tasks::short_id(value)}</b></span>
                    <button type="button" class="chip__clear" aria-label=tr!(parts.clear_filter, name = label) on:click=move |_| list.set(key, None)>
                        <Icon name=IconName::Close/>
                    </button>
                </span>
            }
        })
    }
}
