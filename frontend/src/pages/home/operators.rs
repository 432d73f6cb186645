//! The month by operator.

use esteira_shared::{
    dto::{
        home::{HomeDto, OperatorProgress},
        processes::{MatrixQuery, StatusList},
    },
    month::Month,
    status::ProcessStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::counts::{DONE, FAILED, TO_APPROVE, parts, sum};
use crate::{
    components::{Card, StackBar},
    i18n::tr,
    routes::paths,
    text::format,
};

#[component]
pub(super) fn ByOperator(data: Signal<HomeDto>, month: Month) -> impl IntoView {
    let operators = Memo::new(move |_| data.with(|home| home.operators.clone()));
    let aside =
        move || view! { <A href=paths::month(month) attr:class="small muted home__more">{tr!(home.see_month)}</A> };
    view! {
        <Card title=tr!(home.by_operator) aside flush=true>
            <div class="home__table">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(home.operator)}</th>
                            <th scope="col" class="home__wide">{tr!(home.progress)}</th>
                            <th scope="col" class="num">{tr!(home.done)}</th>
                            <th scope="col" class="num">{tr!(home.to_approve)}</th>
                            <th scope="col" class="num">{tr!(home.need_you)}</th>
                            <th scope="col" class="num">{tr!(home.approved_value)}</th>
                        </tr>
                    </thead>
                    <tbody>{move || operators.get().into_iter().map(|one| row(&one, month)).collect_view()}</tbody>
                </table>
            </div>
        </Card>
    }
}

fn row(one: &OperatorProgress, month: Month) -> impl IntoView + use<> {
    let id = one.operator_id;
    let cells = move |statuses: &[ProcessStatus]| {
        paths::month_where(
            month,
            &MatrixQuery {
                operator_id: Some(id),
                status: StatusList(statuses.to_vec()),
                ..MatrixQuery::default()
            },
        )
    };
    // A number that counts something leads there; a zero is only a zero.
    let number = move |count: i64, statuses: &'static [ProcessStatus]| {
        if count == 0 {
            view! { <span class="faint">"0"</span> }.into_any()
        } else {
            view! { <A href=cells(statuses) attr:class="home__number">{format::count(count)}</A> }.into_any()
        }
    };
    let done = sum(&one.counts, DONE);
    let total = one.total;
    let name = one.name.clone();
    view! {
        <tr>
            <td class="table__main"><A href=cells(&[])>{name}</A></td>
            <td class="home__wide"><StackBar parts=parts(&one.counts) total/></td>
            <td class="num" data-label=tr!(home.done)><span><A href=cells(DONE) attr:class="home__number">{format::count(done)}</A>{tr!(home.of, total = format::count(total))}</span></td>
            <td class="num" data-label=tr!(home.to_approve)>{number(sum(&one.counts, TO_APPROVE), TO_APPROVE)}</td>
            <td class="num" data-label=tr!(home.need_you)>{number(sum(&one.counts, FAILED), FAILED)}</td>
            <td class="num" data-label=tr!(home.approved_value)>{format::money(one.approved_value)}</td>
        </tr>
    }
}
