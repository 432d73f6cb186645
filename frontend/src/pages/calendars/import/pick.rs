//! Dropping or choosing a file, and reading it here.

use esteira_shared::{calendar_file::FILE_BYTES, status::Tone};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::Picked;
use crate::{
    components::{Icon, IconName, Notice},
    i18n::tr,
    text::format,
};

#[component]
pub(super) fn FilePick(on_file: Callback<Picked>) -> impl IntoView {
    let over = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let input = NodeRef::<html::Input>::new();
    let take = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else {
            return;
        };
        if let Some(why) = unfit(&file) {
            refused.set(Some(why));
            return;
        }
        refused.set(None);
        spawn_local(async move {
            let name = file.name();
            match JsFuture::from(file.array_buffer()).await {
                Ok(bytes) => on_file.run(Picked::of(name, &js_sys::Uint8Array::new(&bytes).to_vec())),
                // The dialog may be closed by now.
                Err(_) => drop(refused.try_set(Some(tr!(calendars.file_unreadable).to_owned()))),
            }
        });
    };
    view! {
        <div
            class="drop"
            class:is-over=move || over.get()
            on:dragenter=move |event| { event.prevent_default(); over.set(true); }
            on:dragover=move |event| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                take(event.data_transfer().and_then(|data| data.files()));
            }
        >
            <Icon name=IconName::Upload/>
            <p>
                {tr!(calendars.file_drop)}" "
                <button type="button" class="btn btn--small" on:click=move |_| if let Some(input) = input.get_untracked() { input.click() }>
                    {tr!(parts.drop_choose)}
                </button>
            </p>
            <input node_ref=input type="file" accept=".csv,.ics,.txt,text/csv,text/calendar,text/plain" hidden tabindex="-1" aria-label=tr!(calendars.file_drop) on:change=move |event| {
                let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
                take(input.files());
                input.set_value("");
            }/>
        </div>
        {move || refused.get().map(|why| view! { <div role="alert"><Notice tone=Tone::Failed title=tr!(import.refused) text=why/></div> })}
        <ul class="bullets small muted">
            <li>{tr!(calendars.file_csv)}</li>
            <li>{tr!(calendars.file_ics)}</li>
            <li>{tr!(calendars.file_merge)}</li>
        </ul>
    }
}

/// What is plain to see before reading.
fn unfit(file: &web_sys::File) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "file sizes are far below 2^53")]
    let size = file.size() as i64;
    let name = file.name().to_lowercase();
    if [".xls", ".xlsx", ".ods"].iter().any(|end| name.ends_with(end)) {
        Some(tr!(import.is_spreadsheet).to_owned())
    } else if size == 0 {
        Some(tr!(import.is_empty).to_owned())
    } else if usize::try_from(size).is_ok_and(|size| size > FILE_BYTES) {
        Some(tr!(calendars.file_too_large, size = format::bytes(size)))
    } else {
        None
    }
}
