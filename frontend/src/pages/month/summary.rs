//! How far the month is, and what is missing for its closing. Each number narrows the matrix to what it counts.

use esteira_shared::{
    dto::processes::MonthMatrixDto,
    status::{ProcessStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::{Icon, IconName, Mark, StackBar},
    hooks::ListQuery,
    i18n::tr,
    pages::home::counts::{DONE, FAILED, MISSING, TO_APPROVE, TO_SEND, parts, sum},
    text::format,
};

#[component]
pub(super) fn Summary(data: Signal<MonthMatrixDto>, list: ListQuery) -> impl IntoView {
    let counts = Memo::new(move |_| data.with(|matrix| matrix.counts.clone()));
    let total = Signal::derive(move || counts.with(|counts| counts.iter().map(|one| one.count).sum::<i64>()));
    let done = move || counts.with(|counts| sum(counts, DONE));
    let missing = move || {
        counts.with(|counts| {
            [
                (MISSING, Tone::Waiting, IconName::Waiting, tr!(month.wait_invoice)),
                (FAILED, Tone::Failed, IconName::Failed, tr!(month.failed)),
                (TO_APPROVE, Tone::NeedsYou, IconName::Needs, tr!(month.to_approve)),
                (TO_SEND, Tone::Running, IconName::Send, tr!(month.to_send)),
            ]
            .into_iter()
            .map(|(statuses, tone, icon, word)| (sum(counts, statuses), statuses, tone, icon, word))
            .filter(|(count, ..)| *count > 0)
            .map(|(count, statuses, tone, icon, word)| {
                pill(
                    list,
                    statuses,
                    view! { <Mark tone pill=true icon word=format!("{} {word}", format::count(count))/> },
                )
            })
            .collect_view()
        })
    };
    let late = move || data.with(|matrix| matrix.late);
    let late_on = Memo::new(move |_| list.get("late").as_deref() == Some("true"));
    view! {
        <section class="card month-sum">
            <h2 class="sr-only">{tr!(month.summary)}</h2>
            <div class="month-sum__done"><b class="num">{move || format::count(done())}</b><span class="muted num">{move || tr!(month.of_done, total = format::count(total.get()))}</span></div>
            <StackBar parts=Signal::derive(move || counts.with(|counts| parts(counts))) total tall=true/>
            <div class="month-sum__miss" role="group" aria-label=tr!(month.missing)>
                <Show when=move || done() < total.get() fallback=|| view! { <Mark tone=Tone::Done pill=true word=tr!(month.closed)/> }>
                    <span class="small faint">{tr!(month.missing_word)}</span>
                    {missing}
                </Show>
                <Show when=move || late().is_positive()>
                    <button
                        type="button"
                        class="pick st st--pill st--fail"
                        aria-pressed=move || if late_on.get() { "true" } else { "false" }
                        on:click=move |_| list.set("late", (!late_on.get_untracked()).then(|| "true".to_owned()))
                    ><Icon name=IconName::Clock/>{move || tr!(month.late, count = format::count(late()))}</button>
                </Show>
            </div>
        </section>
    }
}

fn pill(list: ListQuery, statuses: &'static [ProcessStatus], face: impl IntoView) -> impl IntoView {
    let words = statuses.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(",");
    let mine = words.clone();
    let on = Memo::new(move |_| list.get("status").as_deref() == Some(mine.as_str()));
    let toggle = move |_| list.set("status", (!on.get_untracked()).then(|| words.clone()));
    view! {
        <button type="button" class="pick" aria-pressed=move || if on.get() { "true" } else { "false" } on:click=toggle>{face}</button>
    }
}
