//! Trying the connection to SAT with what is saved.

use esteira_shared::{dto::administration::ConnectionTestDto, status::Tone};
use leptos::prelude::*;

use crate::{
    api,
    components::{Button, ErrorCard, IconName, Notice},
    hooks::use_mutation,
    i18n::tr,
    text::format,
};

#[component]
pub(super) fn SatTest(
    /// Something typed and not saved: the test would try something else than what stands on the screen.
    dirty: Signal<bool>,
    configured: Signal<bool>,
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
        test.run_quietly(
            async { api::administration::test_sat_connection().await },
            move |answer| {
                let _ = result.try_set(Some(answer));
            },
        );
    };
    let hint = move || match (dirty.get(), configured.get()) {
        (true, _) => tr!(settings.test_save_first),
        (false, false) => tr!(settings.test_no_url),
        (false, true) => tr!(settings.test_hint),
    };
    let answer = |answer: ConnectionTestDto| {
        let took = format::duration(answer.elapsed_ms);
        let (tone, title) = if answer.ok {
            (Tone::Done, tr!(settings.test_ok, took = took))
        } else {
            (Tone::Failed, tr!(settings.test_failed, took = took))
        };
        view! { <Notice tone title text=answer.message/> }
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
}
