//! Whether this server sends e-mails, and trying it.

use esteira_shared::{dto::administration::EmailTestDto, status::Tone};
use leptos::prelude::*;

use crate::{
    api,
    components::{AsyncView, Button, Card, ErrorCard, IconName, LinkButton, Notice},
    hooks::{use_mutation, use_query},
    i18n::tr,
    routes::paths,
};

#[component]
pub(super) fn EmailCard() -> impl IntoView {
    let email = use_query(&[], || async { api::administration::get_email().await });
    view! {
        <Card title=tr!(settings.email)>
            <AsyncView query=email let:data>
                {move || match data.get().from {
                    Some(from) => view! { <EmailTest from/> }.into_any(),
                    None => view! { <Notice tone=Tone::Waiting title=tr!(settings.email_off) text=tr!(settings.email_off_hint)/> }.into_any(),
                }}
            </AsyncView>
        </Card>
    }
}

#[component]
fn EmailTest(from: String) -> impl IntoView {
    let test = use_mutation();
    let sent = RwSignal::new(None::<EmailTestDto>);
    let start = move |()| {
        sent.set(None);
        test.run_quietly(async { api::administration::test_email().await }, move |answer| {
            let _ = sent.try_set(Some(answer));
        });
    };
    let on_its_way = |sent: EmailTestDto| {
        view! {
            <Notice tone=Tone::Done title=tr!(settings.email_sent, to = sent.to) text=tr!(settings.email_sent_hint)/>
            <LinkButton href=paths::job(sent.job_id) small=true>{tr!(settings.email_job)}</LinkButton>
        }
    };
    view! {
        <div class="stack stack--tight">
            <p>{tr!(settings.email_from, from = from)}</p>
            <div class="line">
                <Button icon=IconName::Send busy=test.busy on_click=start>{tr!(settings.email_test)}</Button>
                <span class="small faint">{tr!(settings.email_hint)}</span>
            </div>
            <div class="stack stack--tight" role="status">
                {move || sent.get().map(on_its_way)}
                {move || test.error.get().map(|error| view! { <ErrorCard error/> })}
            </div>
        </div>
    }
}
