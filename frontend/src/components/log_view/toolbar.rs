//! What a person can do with a log: search, choose lines, wrap, times, copy, download.

use leptos::prelude::*;

use super::{rows::ALL, viewer::Viewer};
use crate::{
    components::{Button, Choice, IconButton, IconName, Kind, Menu, MenuDownload, MenuItem, Segments, TextInput},
    i18n::tr,
    state::prefs::LogTime,
};

#[component]
pub(super) fn Toolbar(viewer: Viewer) -> impl IntoView {
    let levels = Choice::list([
        (ALL, tr!(log.level_all)),
        ("warn", tr!(log.level_worse)),
        ("error", tr!(log.level_errors)),
    ]);
    let no_error = Signal::derive(move || viewer.store.first_error.get().is_none());
    let copy = Signal::derive(move || match viewer.marked.get() {
        Some(marked) if marked.from == marked.to => tr!(log.copy_line, line = marked.from),
        Some(marked) => tr!(log.copy_lines, first = marked.from, last = marked.to),
        None => tr!(log.copy_seen).to_owned(),
    });
    let address = move |escapes: bool| viewer.store.source().and_then(|source| source.address(escapes));
    view! {
        <div class="log__tools" role="toolbar" aria-label=tr!(log.tools)>
            <Search viewer/>
            <Segments label=tr!(log.level) value=viewer.rows.level options=levels/>
            <Button small=true kind=Kind::Ghost icon=IconName::Failed disabled=no_error on_click=move |()| viewer.first_error()>{tr!(log.first_error)}</Button>
            <div class="log__acts">
                <IconButton icon=IconName::Wrap label=tr!(log.wrap) pressed=viewer.prefs.log_wrap on_click=move |()| viewer.toggle_wrap()/>
                <Menu label=tr!(log.time) icon=IconName::Clock>
                    {[(LogTime::Hidden, tr!(log.time_hidden)), (LogTime::Elapsed, tr!(log.time_elapsed)), (LogTime::Clock, tr!(log.time_clock))]
                        .into_iter()
                        .map(|(time, word)| view! {
                            <MenuItem checked=Signal::derive(move || viewer.prefs.log_time.get() == time) on_click=move |()| viewer.prefs.set_log_time(time)>{word}</MenuItem>
                        })
                        .collect_view()}
                </Menu>
                <IconButton icon=IconName::Copy label=copy on_click=move |()| viewer.copy()/>
                {address(false).zip(address(true)).map(|(plain, escapes)| view! {
                    <Menu label=tr!(log.download) icon=IconName::Download>
                        <MenuDownload href=plain.clone()>{tr!(log.download_plain)}</MenuDownload>
                        <MenuDownload href=escapes.clone()>{tr!(log.download_escapes)}</MenuDownload>
                    </Menu>
                })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Search(viewer: Viewer) -> impl IntoView {
    let finder = viewer.finder;
    let on_key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            viewer.step(!event.shift_key());
        }
        "Escape" => {
            event.prevent_default();
            viewer.leave();
        }
        _ => {}
    };
    let none = Signal::derive(move || finder.hits.seqs.with(Vec::is_empty));
    view! {
        <div class="log__search" role="search" node_ref=viewer.search>
            <div class="log__find" on:keydown=on_key>
                <TextInput value=finder.typed search=true label=tr!(log.search) placeholder=tr!(log.search)/>
                // The status line says it aloud.
                <span class="log__place num" aria-hidden="true">{move || finder.place()}</span>
            </div>
            <IconButton icon=IconName::Up label=tr!(log.previous) disabled=none on_click=move |()| viewer.step(false)/>
            <IconButton icon=IconName::Down label=tr!(log.next) disabled=none on_click=move |()| viewer.step(true)/>
        </div>
    }
    .into_any()
}
