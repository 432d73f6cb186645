//! One e-mail: what was written, what the mail server answered, and sending it again.

use esteira_shared::{
    dto::emails::{SentEmailDetailDto, SentEmailDto},
    event::Topic,
    ids::EmailId,
    instant::Instant,
    status::{EmailStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Card, Choice, CodeBlock, CopyText, Icon, IconName, Kind, Notice, PageHead, RelativeTime,
        Segments,
    },
    hooks::{Query, use_mutation, use_query},
    i18n::{counted, tr},
    pages::frame::{Crumb, NotFound, use_crumbs},
    routes::paths,
    state::toasts::use_toasts,
    text::{format, reasons::told},
};

#[component]
pub fn EmailPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<EmailId>().ok()));
    move || match id.get() {
        Some(id) => view! { <OneEmail id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneEmail(id: EmailId) -> impl IntoView {
    let query = use_query(
        &[Topic::Emails],
        move || async move { api::emails::get_email(id).await },
    );
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.emails), paths::EMAILS)];
        way.extend(
            query
                .data
                .with(|detail| detail.as_ref().map(|detail| Crumb::here(detail.email.to.clone()))),
        );
        way
    });
    view! {
        <AsyncView query let:data>
            <Head data query/>
            <Body data/>
        </AsyncView>
    }
}

#[component]
fn Head(data: Signal<SentEmailDetailDto>, query: Query<SentEmailDetailDto>) -> impl IntoView {
    let email = Memo::new(move |_| data.with(|detail| detail.email.clone()));
    let change = use_mutation();
    // Refused because it stands differently by now: what is on the screen is old.
    Effect::new(move |_| {
        if change
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            query.refetch();
        }
    });
    let resend = move |()| {
        let id = email.with_untracked(|email| email.id);
        change.run(api::emails::resend_email(id), move |detail| {
            query.set(detail);
            use_toasts().done(tr!(emails.resent));
        });
    };
    let pending = Signal::derive(move || email.with(|email| email.status == EmailStatus::Pending));
    // What arrived is sent again only by who means it.
    let kind = Memo::new(move |_| email.with(|email| email.status == EmailStatus::Sent));
    view! {
        <PageHead title=Signal::derive(move || email.with(|email| tr!(emails.title, to = email.to.clone())))>
            {move || {
                let kind = if kind.get() { Kind::Plain } else { Kind::Primary };
                view! { <Button kind icon=IconName::Retry busy=change.busy disabled=pending on_click=resend>{tr!(emails.resend)}</Button> }
            }}
        </PageHead>
        <p class="email-subject" translate="no">{move || email.with(|email| email.subject.clone())}</p>
        <div class="process__line">{move || email.with(line)}</div>
    }
}

fn line(email: &SentEmailDto) -> impl IntoView + use<> {
    let tries = (email.tries > 0).then(|| {
        let words = counted!(emails.tried_once, emails.tried_times, email.tries);
        view! { <span class="num">{words}</span> }
    });
    view! {
        {words::mark(email, true)}
        <CopyText text=email.to.clone()/>
        {tries}
    }
}

#[component]
fn Body(data: Signal<SentEmailDetailDto>) -> impl IntoView {
    let email = Memo::new(move |_| data.with(|detail| detail.email.clone()));
    let error = Memo::new(move |_| email.with(|email| email.last_error_coded.as_ref().map(told)));
    let answer = Memo::new(move |_| data.with(|detail| detail.last_answer.clone()));
    let has_error = Memo::new(move |_| error.with(Option::is_some));
    let has_answer = Memo::new(move |_| answer.with(Option::is_some));
    let text = Signal::derive(move || data.with(|detail| detail.text.clone()));
    let html = data.with_untracked(|detail| detail.has_html.then_some(detail.email.id));
    let notice = move || {
        email.with(|email| match (email.status, email.uncertain) {
            (EmailStatus::Pending, _) => {
                Some(view! { <Notice title=tr!(emails.pending_title) text=tr!(emails.pending_text)/> }.into_any())
            }
            (_, true) => Some(
                view! { <Notice tone=Tone::NeedsYou title=tr!(emails.uncertain_title) text=tr!(emails.uncertain_text)/> }
                    .into_any(),
            ),
            _ => None,
        })
    };
    view! {
        <div class="job">
            <div class="stack">
                {notice}
                <Show when=move || has_error.get()>
                    <CodeBlock title=tr!(emails.last_error) text=Signal::derive(move || error.get().unwrap_or_default()) failed=true/>
                </Show>
                {match html {
                    Some(id) => view! { <Written id text/> }.into_any(),
                    None => view! { <CodeBlock title=tr!(emails.body) text/> }.into_any(),
                }}
                <Show when=move || has_answer.get()>
                    <CodeBlock title=tr!(emails.last_answer) text=Signal::derive(move || answer.get().unwrap_or_default())/>
                </Show>
            </div>
            <Card title=tr!(emails.facts)>
                <dl class="facts">{move || data.with(facts)}</dl>
            </Card>
        </div>
    }
}

/// The message as mail programs show it, or its text.
#[component]
fn Written(id: EmailId, text: Signal<String>) -> impl IntoView {
    let look = RwSignal::new("html".to_owned());
    let as_text = Memo::new(move |_| look.with(|look| look == "text"));
    let choice = move || {
        let looks = Choice::list([("html", tr!(emails.as_html)), ("text", tr!(emails.as_text))]);
        view! { <Segments value=look options=looks label=tr!(emails.look)/> }
    };
    view! {
        <div class="stack stack--tight">
            {choice()}
            <Show
                when=move || as_text.get()
                fallback=move || view! {
                    <iframe class="letter" src=api::emails::html_address(id) title=tr!(emails.body)></iframe>
                }
            >
                <CodeBlock title=tr!(emails.body) text/>
            </Show>
        </div>
    }
}

fn facts(detail: &SentEmailDetailDto) -> impl IntoView + use<> {
    let email = &detail.email;
    let id = email.id;
    let attachment = detail.attachment.as_ref().map(|file| {
        let (name, size) = (file.filename.clone(), format::bytes(file.size_bytes));
        let download = name.clone();
        view! {
            <dt>{tr!(emails.attachment)}</dt>
            <dd>
                <a class="link" href=api::emails::attachment_address(id) download=download rel="external"><Icon name=IconName::Download/>{name}</a>
                <small class="faint">{size}</small>
            </dd>
        }
    });
    let (job, run) = (
        paths::job(email.job_id),
        email.schedule_run_id.map(paths::emails_of_run),
    );
    view! {
        {row(tr!(emails.created_at), email.created_at)}
        {email.tried_at.map(|at| row(tr!(emails.tried_at), at))}
        {email.sent_at.map(|at| row(tr!(emails.sent_at), at))}
        {attachment}
        {detail.message_id.clone().map(|id| view! { <dt>"Message-ID"</dt><dd class="break"><CopyText text=id mono=true/></dd> })}
        <dt>{tr!(emails.job)}</dt>
        <dd><A href=job attr:class="link">{tr!(emails.see_job)}</A></dd>
        {run.map(|address| view! { <dt>{tr!(emails.run)}</dt><dd><A href=address attr:class="link">{tr!(emails.see_run)}</A></dd> })}
    }
}

fn row(name: &'static str, at: Instant) -> AnyView {
    view! { <dt>{name}</dt><dd>{format::date_time_seconds(*at)}<small class="faint job__ago"><RelativeTime at/></small></dd> }
        .into_any()
}
