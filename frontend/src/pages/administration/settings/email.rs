//! Whether this server sends e-mails, and trying it.

use esteira_shared::{
    dto::{
        administration::{EmailDto, EmailTestDto},
        emails::SentEmailDetailDto,
    },
    event::Topic,
    status::{EmailStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    api,
    components::{AsyncView, Button, Card, ErrorCard, IconName, LinkButton, Notice},
    hooks::{use_mutation, use_query},
    i18n::tr,
    routes::paths,
    text::reasons::told,
};

#[component]
pub(super) fn EmailCard() -> impl IntoView {
    let email = use_query(&[], || async { api::administration::get_email().await });
    view! {
        <Card title=tr!(settings.email)>
            <AsyncView query=email let:data>
                {move || {
                    let EmailDto { from, reply_to } = data.get();
                    match from {
                        Some(from) => view! { <EmailTest from reply_to/> }.into_any(),
                        None => view! { <Notice tone=Tone::Waiting title=tr!(settings.email_off) text=tr!(settings.email_off_hint)/> }.into_any(),
                    }
                }}
            </AsyncView>
        </Card>
    }
}

#[component]
fn EmailTest(from: String, reply_to: Option<String>) -> impl IntoView {
    let test = use_mutation();
    let sent = RwSignal::new(None::<EmailTestDto>);
    let start = move |()| {
        sent.set(None);
        test.run_quietly(async { api::administration::test_email().await }, move |answer| {
            let _ = sent.try_set(Some(answer));
        });
    };
    view! {
        <div class="stack stack--tight">
            <p>{tr!(settings.email_from, from = from)}</p>
            {reply_to.map(|to| view! { <p>{tr!(settings.email_reply_to, to = to)}</p> })}
            <div class="line">
                <Button icon=IconName::Send busy=test.busy on_click=start>{tr!(settings.email_test)}</Button>
                <LinkButton href=paths::EMAILS>{tr!(settings.emails)}</LinkButton>
                <span class="small faint">{tr!(settings.email_hint)}</span>
            </div>
            <div class="stack stack--tight" role="status">
                {move || sent.get().map(|sent| view! { <Outcome sent/> })}
                {move || test.error.get().map(|error| view! { <ErrorCard error/> })}
            </div>
        </div>
    }
}

/// What became of the test message, as it becomes known.
#[component]
fn Outcome(sent: EmailTestDto) -> impl IntoView {
    let id = sent.email_id;
    let query = use_query(
        &[Topic::Emails],
        move || async move { api::emails::get_email(id).await },
    );
    view! {
        <AsyncView query let:data>{move || data.with(outcome)}</AsyncView>
        <div class="line">
            <LinkButton href=paths::email(id) small=true>{tr!(settings.email_message)}</LinkButton>
            <LinkButton href=paths::job(sent.job_id) small=true>{tr!(settings.email_job)}</LinkButton>
        </div>
    }
}

fn outcome(detail: &SentEmailDetailDto) -> AnyView {
    let email = &detail.email;
    let to = email.to.clone();
    let answer = detail
        .last_answer
        .clone()
        .map(|answer| tr!(settings.email_answer, answer = answer));
    let why = email.last_error_coded.as_ref().map(told);
    match email.status {
        EmailStatus::Pending => {
            let text = why.unwrap_or_else(|| tr!(settings.email_sent_hint).to_owned());
            view! { <Notice tone=Tone::Waiting title=tr!(settings.email_sent, to = to) text/> }.into_any()
        }
        EmailStatus::Sent => {
            let text = answer.unwrap_or_default();
            view! { <Notice tone=Tone::Done title=tr!(settings.email_taken, to = to) text/> }.into_any()
        }
        EmailStatus::Refused | EmailStatus::Failed => {
            let text = why.or(answer).unwrap_or_default();
            view! { <Notice tone=Tone::Failed title=tr!(settings.email_refused, to = to) text/> }.into_any()
        }
    }
}
