//! The month as it is told by e-mail: to look at, and to send to oneself.

use esteira_shared::{
    dto::reports::{ReportQuery, ReportSend},
    month::Month,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{Button, Dialog, Icon, IconName, Kind},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::{format, reasons::language},
};

#[component]
pub(super) fn ReportButton(month: Month) -> impl IntoView {
    let open = RwSignal::new(false);
    let sending = use_mutation();
    let send = move |()| {
        let send = ReportSend {
            month,
            language: Some(language()),
        };
        sending.run(async move { api::emails::send_report(&send).await }, move |sent| {
            let _ = open.try_set(false);
            use_toasts().done(tr!(month.report_sent, to = sent.to));
        });
    };
    let address = move || {
        api::emails::report_address(&ReportQuery {
            month,
            language: Some(language()),
        })
    };
    let title = tr!(month.report_title, month = format::month(month));
    let name = StoredValue::new(title.clone());
    let actions = move || {
        view! {
            <a class="btn" href=address() target="_blank" rel="external noopener"><Icon name=IconName::Link/>{tr!(month.report_tab)}</a>
            <Button kind=Kind::Primary icon=IconName::Send busy=sending.busy on_click=send>{tr!(month.report_send)}</Button>
        }
    };
    view! {
        <Button icon=IconName::Mail on_click=move |()| open.set(true)>{tr!(month.report)}</Button>
        <Dialog open wide=true title actions>
            <iframe class="letter" src=address() title=name.get_value()></iframe>
        </Dialog>
    }
}
