//! Início: what needs people now, and how the month goes.

mod burn_up;
pub mod counts;
mod damaged;
mod first_steps;
mod kpis;
mod missed;
mod operators;
mod robots;
mod running;
mod token;

use chrono::{Datelike, Weekday};
use esteira_shared::{dto::home::HomeDto, event::Topic, month::Month};
use leptos::prelude::*;

use crate::{
    api,
    components::{AsyncView, PageHead, Skeleton},
    hooks::{use_now, use_query},
    i18n::tr,
    state::session::use_session,
    text::format,
};
use burn_up::BurnUp;
use damaged::Damaged;
use first_steps::FirstSteps;
use kpis::Kpis;
use missed::Missed;
use operators::ByOperator;
use robots::Robots;
use running::SatNow;
use token::TokenRefused;

const TOPICS: &[Topic] = &[Topic::Processes, Topic::Executions, Topic::Jobs, Topic::Schedules];

#[component]
pub fn HomePage() -> impl IntoView {
    let query = use_query(TOPICS, api::home::get_home);
    let loading = || {
        view! {
            <div class="grid grid--4">{(0..4).map(|_| view! { <div class="card"><Skeleton rows=3/></div> }).collect_view()}</div>
        }
    };
    view! {
        <PageHead title=Signal::derive(greeting) note=Signal::derive(day_words)/>
        <TokenRefused/>
        <AsyncView query loading let:data>
            <div class="stack">
                <Missed data/>
                {move || match data.with(|home| home.month) {
                    Some(month) => view! { <MonthAtWork data month/> }.into_any(),
                    None => view! { <FirstSteps/> }.into_any(),
                }}
            </div>
        </AsyncView>
    }
}

#[component]
fn MonthAtWork(data: Signal<HomeDto>, month: Month) -> impl IntoView {
    view! {
        <div class="stack">
            <Damaged data/>
            <Kpis data month/>
            <div class="home__two">
                <BurnUp data month/>
                <div class="stack home__now">
                    <Robots data/>
                    <SatNow data/>
                </div>
            </div>
            <ByOperator data month/>
        </div>
    }
}

/// By the hour where the organisation is.
fn greeting() -> String {
    let hour: u32 = format::time(use_now().get())
        .get(..2)
        .and_then(|hour| hour.parse().ok())
        .unwrap_or(12);
    let name = use_session()
        .get()
        .map(|session| {
            let name = session.user.name;
            name.split(' ').next().unwrap_or(&name).to_owned()
        })
        .unwrap_or_default();
    match hour {
        5..12 => tr!(home.good_morning, name = name),
        12..18 => tr!(home.good_afternoon, name = name),
        _ => tr!(home.good_evening, name = name),
    }
}

/// `sexta, 20 de novembro`
fn day_words() -> String {
    let today = format::today();
    let weekday = match today.weekday() {
        Weekday::Mon => tr!(home.monday),
        Weekday::Tue => tr!(home.tuesday),
        Weekday::Wed => tr!(home.wednesday),
        Weekday::Thu => tr!(home.thursday),
        Weekday::Fri => tr!(home.friday),
        Weekday::Sat => tr!(home.saturday),
        Weekday::Sun => tr!(home.sunday),
    };
    tr!(
        home.day,
        weekday = weekday,
        day = today.day(),
        month = format::month_name(today.month())
    )
}
