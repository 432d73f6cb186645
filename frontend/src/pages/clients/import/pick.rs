//! Dropping or choosing the CSV.

use esteira_shared::status::Tone;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::LIMIT;
use crate::{
    components::{Icon, IconName, Notice},
    i18n::tr,
    text::format,
};

#[component]
pub(super) fn FilePick(on_file: Callback<web_sys::File>) -> impl IntoView {
    let over = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let input = NodeRef::<html::Input>::new();
    let take = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else {
            return;
        };
        match unfit(&file) {
            Some(why) => refused.set(Some(why)),
            None => on_file.run(file),
        }
    };
    view! {
        <div
            class="drop drop--tall"
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
                {tr!(import.drop)}" "
                <button type="button" class="btn btn--small" on:click=move |_| if let Some(input) = input.get_untracked() { input.click() }>
                    {tr!(parts.drop_choose)}
                </button>
            </p>
            <input node_ref=input type="file" accept=".csv,text/csv,text/plain" hidden tabindex="-1" aria-label=tr!(import.drop) on:change=move |event| {
                let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
                take(input.files());
                input.set_value("");
            }/>
            <small class="faint">{tr!(import.drop_hint)}</small>
        </div>
        {move || refused.get().map(|why| view! { <div role="alert"><Notice tone=Tone::Failed title=tr!(import.refused) text=why/></div> })}
    }
}

/// What is plain to see before sending.
fn unfit(file: &web_sys::File) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "file sizes are far below 2^53")]
    let size = file.size() as i64;
    let name = file.name().to_lowercase();
    if [".xls", ".xlsx", ".ods"].iter().any(|end| name.ends_with(end)) {
        Some(tr!(import.is_spreadsheet).to_owned())
    } else if size == 0 {
        Some(tr!(import.is_empty).to_owned())
    } else if size > LIMIT {
        Some(tr!(import.is_too_large, size = format::bytes(size)))
    } else {
        None
    }
}
