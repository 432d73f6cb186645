//! Nothing is there yet: the way to the first month.

use esteira_shared::{dto::clients::ClientQuery, event::Topic, permission::Permission};
use leptos::prelude::*;

use crate::{
    api,
    base::Address,
    components::{Icon, IconName, LinkButton},
    hooks::use_query,
    i18n::tr,
    routes::paths,
    state::session::use_session,
};

#[component]
pub(super) fn FirstSteps() -> impl IntoView {
    let session = use_session();
    let operators = use_query(&[Topic::Operators], api::operators::all_operators);
    let clients = use_query(&[Topic::Clients], || async {
        let first = ClientQuery {
            limit: Some(1),
            ..ClientQuery::default()
        };
        api::clients::list_clients(&first).await
    });
    let has_operators = Memo::new(move |_| {
        operators
            .data
            .with(|all| all.as_ref().is_some_and(|all| !all.is_empty()))
    });
    let has_clients = Memo::new(move |_| {
        clients
            .data
            .with(|page| page.as_ref().is_some_and(|page| !page.items.is_empty()))
    });
    // Only those who may connect the robots are told whether they are.
    let may_connect = untrack(|| session.may(Permission::ManageOrganization));
    let robots = may_connect.then(|| use_query(&[Topic::Organization], api::executions::get_robot_settings));
    let has_robots = Memo::new(move |_| {
        robots.is_some_and(|robots| {
            robots
                .data
                .with(|settings| settings.as_ref().is_some_and(|settings| settings.url.is_some()))
        })
    });
    let may_write = untrack(|| session.may(Permission::WriteRegistry));
    let may_open = untrack(|| session.may(Permission::OpenMonth));
    view! {
        <section class="card steps" aria-label=tr!(home.first_steps)>
            <h2>{tr!(home.first_steps)}</h2>
            <p class="muted">{tr!(home.first_steps_text)}</p>
            <ol>
                {step(1, has_operators.into(), tr!(home.step_operators), tr!(home.step_operators_text), may_write.then_some((paths::OPERATORS, tr!(home.step_operators_go))))}
                {step(2, has_clients.into(), tr!(home.step_clients), tr!(home.step_clients_text), may_write.then_some((paths::CLIENTS, tr!(home.step_clients_go))))}
                {step(3, has_robots.into(), tr!(home.step_robots), tr!(home.step_robots_text), may_connect.then_some((paths::CONNECTIONS, tr!(home.step_robots_go))))}
                {step(4, Signal::stored(false), tr!(home.step_month), tr!(home.step_month_text), may_open.then_some((paths::MONTH, tr!(home.step_month_go))))}
            </ol>
            {(!may_open).then(|| view! { <p class="small muted">{tr!(home.step_ask)}</p> })}
        </section>
    }
}

fn step(
    number: u32,
    done: Signal<bool>,
    title: &'static str,
    text: &'static str,
    go: Option<(Address, &'static str)>,
) -> impl IntoView {
    view! {
        <li class="steps__step" class:is-done=move || done.get()>
            <span class="steps__mark" aria-hidden="true">
                {move || if done.get() { view! { <Icon name=IconName::Check/> }.into_any() } else { number.into_any() }}
            </span>
            <div><h3>{title}</h3><p class="muted small">{text}</p></div>
            {go.map(|(href, word)| view! { <LinkButton href small=true>{word}</LinkButton> })}
        </li>
    }
}
