//! What the robot was given, and where it was asked.

use esteira_shared::dto::executions::ExecutionDetailDto;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::super::words;
use crate::{
    components::{Card, CodeBlock, CopyText},
    i18n::tr,
};

#[component]
pub(super) fn Parameters(data: Signal<ExecutionDetailDto>) -> impl IntoView {
    let sent = Memo::new(move |_| data.with(|detail| words::pretty(&detail.parametros_entrada)));
    let unsent = Memo::new(move |_| data.with(|detail| is_nothing(&detail.parametros_entrada)));
    let added = Memo::new(move |_| {
        data.with(|detail| {
            let any = !detail.parametros.is_empty();
            any.then(|| words::pretty(&Value::Object(detail.parametros.clone())))
        })
    });
    let has_added = Memo::new(move |_| added.with(Option::is_some));
    let endpoint = Memo::new(move |_| data.with(|detail| detail.endpoint.clone()));
    view! {
        <div class="stack">
            {move || endpoint.get().map(|text| view! {
                <Card title=tr!(executions.endpoint)><CopyText text mono=true/></Card>
            })}
            <Show
                when=move || !unsent.get()
                fallback=|| view! { <div class="card card__body muted">{tr!(executions.unsent)}</div> }
            >
                <CodeBlock title=tr!(executions.sent) text=sent/>
            </Show>
            <p class="small muted">{tr!(executions.sent_note)}</p>
            <Show when=move || has_added.get()>
                <CodeBlock title=tr!(executions.added) text=Signal::derive(move || added.get().unwrap_or_default())/>
            </Show>
        </div>
    }
}

/// The robot has not been asked yet.
fn is_nothing(sent: &Value) -> bool {
    sent.is_null() || sent.as_object().is_some_and(Map::is_empty)
}
