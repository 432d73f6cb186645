//! `<ConnectionTest call=try_it ok=words failed=words dirty configured/>`: trying a connection with what is saved.

use std::{future::Future, pin::Pin};

use esteira_shared::{dto::administration::ConnectionTestDto, status::Tone};
use leptos::prelude::*;

use crate::{
    api::ApiResult,
    components::{Button, ErrorCard, IconName, Notice},
    hooks::use_mutation,
    i18n::tr,
    text::{format, reasons::told},
};

/// A try on its way.
pub(super) type Try = Pin<Box<dyn Future<Output = ApiResult<ConnectionTestDto>>>>;

#[component]
pub(super) fn ConnectionTest(
    call: fn() -> Try,
    /// What answered, with how long it took.
    ok: fn(String) -> String,
    /// What did not, with how long that took.
    failed: fn(String) -> String,
    /// Something typed and not saved: the test would try something else than what stands on the screen.
    dirty: Signal<bool>,
    configured: Signal<bool>,
    /// The page may have to read again what the test has taught the server.
    #[prop(optional, into)]
    on_over: Option<Callback<()>>,
) -> impl IntoView {
    let test = use_mutation();
    let result = RwSignal::new(None::<ConnectionTestDto>);
    Effect::new(move |_| {
        if dirty.get() {
            result.set(None);
            test.clear();
        }
    });
    let start = move |()| {
        result.set(None);
        test.run_quietly(call(), move |answer| {
            if result.try_set(Some(answer)).is_none()
                && let Some(on_over) = on_over
            {
                on_over.run(());
            }
        });
    };
    let hint = move || match (dirty.get(), configured.get()) {
        (true, _) => tr!(settings.test_save_first),
        (false, false) => tr!(settings.test_no_url),
        (false, true) => tr!(settings.test_hint),
    };
    let answer = move |answer: ConnectionTestDto| {
        let took = format::duration(answer.elapsed_ms);
        let (tone, title) = if answer.ok {
            (Tone::Done, ok(took))
        } else {
            (Tone::Failed, failed(took))
        };
        view! { <Notice tone title text=told(&answer.message_coded)/> }
    };
    view! {
        <div class="stack stack--tight">
            <div class="line">
                <Button icon=IconName::Link busy=test.busy disabled=Signal::derive(move || dirty.get() || !configured.get()) on_click=start>{tr!(settings.test)}</Button>
                <span class="small faint">{hint}</span>
            </div>
            <div role="status">
                {move || result.get().map(answer)}
                {move || test.error.get().map(|error| view! { <ErrorCard error/> })}
            </div>
        </div>
    }
    .into_any()
}
