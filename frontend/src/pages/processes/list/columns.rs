//! The columns of the list.

use esteira_shared::{
    dto::processes::{MatrixQuery, ProcessDto},
    status::ProcessStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{Column, CopyText, RelativeTime, StatusBadge},
    i18n::tr,
    routes::paths,
    text::{format, reasons},
};

pub(super) fn columns() -> Vec<Column<ProcessDto>> {
    vec![
        Column::new("client", tr!(processes.client), |process: &ProcessDto| {
            let (name, whole) = (process.client_name.clone(), process.client_name.clone());
            view! { <A href=paths::process(process.id) attr:title=whole>{name}</A> }
        })
        .main(),
        Column::new("operator", tr!(processes.operator), |process: &ProcessDto| {
            process.operator_name.clone()
        }),
        Column::new("month", tr!(processes.month), |process: &ProcessDto| {
            let month = process.mes_ano;
            view! { <A href=paths::month_where(month, &MatrixQuery::default()) attr:class="num">{format::month_digits(month)}</A> }
        }),
        Column::new("status", tr!(processes.status), |process: &ProcessDto| {
            let why = match process.status {
                ProcessStatus::Rejeitado => process.rejection_reason.as_deref().map(reasons::quoted),
                _ => process.error.as_ref().map(|error| reasons::told(&error.cause_coded)),
            };
            view! {
                <span class="cell-status">
                    <StatusBadge status=process.status/>
                    {why.map(|why| view! { <small class="truncate faint" title=reasons::plain(&why)>{reasons::quotes(&why)}</small> })}
                </span>
            }
        }),
        Column::new("since", tr!(processes.since), |process: &ProcessDto| {
            view! { <span class="muted"><RelativeTime at=process.status_since/></span> }
        })
        .sort("status_since"),
        Column::new("value", tr!(processes.value), |process: &ProcessDto| {
            process.valor_fatura.map_or_else(|| "—".to_owned(), format::money)
        })
        .numeric(),
        Column::new("due", tr!(processes.due), |process: &ProcessDto| {
            process.data_vencimento.map_or_else(|| "—".to_owned(), format::date)
        })
        .numeric(),
        Column::new("created", tr!(processes.opened), |process: &ProcessDto| {
            view! { <time class="muted nowrap">{format::date(format::day_of(*process.created_at))}</time> }
        })
        .numeric()
        .sort("created"),
        Column::new("cnpj", "CNPJ", |process: &ProcessDto| {
            view! { <CopyText text=process.client_cnpj.formatted() mono=true/> }
        })
        .hidden(),
        Column::new("account", tr!(processes.account), |process: &ProcessDto| {
            view! { <span class="mono">{process.account_number.clone()}</span> }
        })
        .hidden(),
        Column::new(
            "protocol",
            tr!(processes.protocol),
            |process: &ProcessDto| match process.sat_protocol.clone() {
                Some(text) => view! { <CopyText text mono=true/> }.into_any(),
                None => "—".into_any(),
            },
        )
        .hidden(),
    ]
}
