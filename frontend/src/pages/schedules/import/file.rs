//! Dropping or choosing a file whose text is read here.

use esteira_shared::status::Tone;
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::{
    components::{Icon, IconName, Notice},
    i18n::tr,
    text::format,
};

/// As much as the server takes.
const LIMIT: f64 = 1_048_576.0;

#[component]
pub(super) fn FilePick(on_text: Callback<String>) -> impl IntoView {
    let over = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let input = NodeRef::<html::Input>::new();
    let take = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else {
            return;
        };
        if file.size() > LIMIT {
            #[expect(clippy::cast_possible_truncation, reason = "file sizes are far below 2^53")]
            let size = format::bytes(file.size() as i64);
            refused.set(Some(tr!(schedules.import_too_large, size = size)));
            return;
        }
        refused.set(None);
        spawn_local(async move {
            let read = JsFuture::from(file.text()).await.ok();
            match read.and_then(|text| text.as_string()) {
                Some(text) => on_text.run(text),
                // The dialog may be closed by now.
                None => drop(refused.try_set(Some(tr!(schedules.import_unreadable).to_owned()))),
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
            <p>
                {tr!(schedules.import_drop)}" "
                <button type="button" class="btn btn--small" on:click=move |_| if let Some(input) = input.get_untracked() { input.click() }>
                    <Icon name=IconName::Upload/>
                    {tr!(parts.drop_choose)}
                </button>
            </p>
            <input node_ref=input type="file" accept=".json,.txt,.crontab,application/json,text/plain" hidden tabindex="-1" aria-label=tr!(schedules.import_drop) on:change=move |event| {
                let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
                take(input.files());
                input.set_value("");
            }/>
        </div>
        {move || refused.get().map(|why| view! { <div role="alert"><Notice tone=Tone::Failed title=tr!(schedules.import_refused) text=why/></div> })}
    }
}
