//! One line of the trail, which opens to what changed.

use esteira_shared::{dto::administration::AuditEventDto, webhook::WebhookEvent};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{actions, diff::Diff};
use crate::{
    components::{CopyText, Icon, IconName},
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, tasks, webhooks},
};

#[component]
pub(super) fn AuditRow(event: AuditEventDto) -> impl IntoView {
    let open = RwSignal::new(false);
    let at = event.at;
    let words = actions::words(&event.action).map_or_else(|| event.action.clone(), str::to_owned);
    let panel = format!("audit-{}", event.id);
    let (actor, code) = (actor(&event.actor), event.action.clone());
    let subject = subject(&event);
    let detail = StoredValue::new(event);
    let controls = panel.clone();
    view! {
        <li class="audit__item" class:is-open=move || open.get()>
            <div class="audit__line">
                <button
                    type="button"
                    class="audit__open"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    aria-controls=controls
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {move || view! { <Icon name=if open.get() { IconName::Down } else { IconName::Right }/> }}
                    <time datetime=at.to_rfc3339()>{format::date_time_seconds(*at)}</time>
                    <span class="audit__actor truncate">{actor}</span>
                    <span class="audit__what"><b>{words}</b><code class="faint">{code}</code></span>
                </button>
                <span class="audit__subject" translate="no">{subject}</span>
            </div>
            <div id=panel hidden=move || !open.get()>
                <Show when=move || open.get()>{move || body(&detail.get_value())}</Show>
            </div>
        </li>
    }
    .into_any()
}

/// What was acted on, as a link where it has a page.
fn subject(event: &AuditEventDto) -> AnyView {
    let name = match event.subject_kind.as_str() {
        "job" => tasks::title(&event.subject_name),
        "webhook_delivery" => match event.subject_name.parse::<WebhookEvent>() {
            Ok(kind) => webhooks::event(kind).to_owned(),
            Err(_) => event.subject_name.clone(),
        },
        "job_limit" if event.subject_name.is_empty() => tr!(monitor.whole_organization).to_owned(),
        _ => event.subject_name.clone(),
    };
    let address = match (event.subject_kind.as_str(), event.subject_id) {
        ("process", Some(id)) => paths::process(id),
        ("execution", Some(id)) => paths::execution(id),
        ("schedule", Some(id)) => paths::schedule(id),
        ("client", Some(id)) => paths::client(id),
        ("operator", Some(_)) => paths::operator_named(&name),
        ("calendar", Some(_)) => paths::calendar_named(&name),
        ("token", _) => paths::TOKENS.to_string(),
        ("webhook", Some(id)) => paths::webhook(id),
        ("email", Some(id)) => paths::email(id),
        ("job", Some(id)) => paths::job(id),
        ("worker", _) => paths::MONITOR_WORKERS.to_string(),
        ("maintenance", _) => paths::MAINTENANCE.to_string(),
        ("queue" | "job_limit", _) => paths::MONITOR_QUEUES.to_string(),
        ("organization", _) => paths::SETTINGS.to_string(),
        ("robot_settings", _) => paths::CONNECTIONS.to_string(),
        ("backup", _) => paths::BACKUPS.to_string(),
        ("user", Some(_)) => paths::user_named(&name),
        _ => return view! { <span>{name}</span> }.into_any(),
    };
    view! { <A href=address attr:class="link">{name}</A> }.into_any()
}

fn body(event: &AuditEventDto) -> AnyView {
    let only = event.subject_id.map(paths::audit_of);
    let request = event.request_id.clone();
    view! {
        <div class="audit__body">
            <Diff before=event.before.clone() after=event.after.clone()/>
            <div class="line small faint">
                {request.map(|id| view! { <span>{tr!(audit.request)}": "</span><CopyText text=id mono=true/> })}
                {only.map(|address| view! { <A href=address attr:class="link">{tr!(audit.all_of_this)}</A> })}
            </div>
        </div>
    }
    .into_any()
}
