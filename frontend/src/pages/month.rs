//! Mês: the matrix client × operator of one month.

mod board;
mod cards;
mod cell;
mod grid;
mod opening;
mod report;
mod rows;
mod summary;
mod window;

use esteira_shared::month::Month;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    api,
    components::{AsyncView, PageHead, Skeleton},
    hooks::use_query,
    i18n::tr,
    pages::frame::NotFound,
    routes::paths,
    text::format,
};
use board::Board;

/// `/mes`: the newest month that was opened, or this month when none was.
#[component]
pub fn NewestMonthPage() -> impl IntoView {
    let months = use_query(&[], api::processes::list_months);
    let navigate = use_navigate();
    Effect::new(move |_| {
        let Some(all) = months.data.get() else { return };
        let month = all.first().copied().unwrap_or_else(|| Month::of(format::today()));
        navigate(
            &paths::month(month),
            NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            },
        );
    });
    view! {
        <PageHead title=tr!(month.title)/>
        <AsyncView query=months let:_all><Skeleton rows=8/></AsyncView>
    }
}

/// `/mes/2026-10`
#[component]
pub fn MonthPage() -> impl IntoView {
    let params = use_params_map();
    let month = Memo::new(move |_| params.read().get("month").and_then(|text| text.parse::<Month>().ok()));
    // A board of its own per month: filters are read from its own address.
    move || match month.get() {
        Some(month) => view! { <Board month/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}
