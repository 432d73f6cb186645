//! Opening the month, or what is missing in it.

use esteira_shared::{dto::processes::MonthMatrixDto, month::Month, permission::Permission, status::Tone};
use leptos::prelude::*;

use crate::{
    api,
    components::{Button, ConfirmDialog, IconName, Kind, Notice},
    hooks::{Query, use_mutation},
    i18n::{counted, tr},
    state::{session::use_session, toasts::use_toasts},
    text::format,
};

#[component]
pub(super) fn OpenMonthButton(
    month: Month,
    query: Query<MonthMatrixDto>,
    /// The one thing to do on the page.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let open = use_mutation();
    let missing = move || {
        query
            .data
            .with(|data| data.as_ref().map_or(0, |data| data.unopened_accounts))
    };
    let confirm = move |()| {
        open.run(api::processes::open_month(month), move |result| {
            let _ = asking.try_set(false);
            use_toasts().done(tr!(
                month.opened,
                opened = format::count(result.opened),
                existing = format::count(result.existing)
            ));
            query.refetch();
        });
    };
    let kind = if primary { Kind::Primary } else { Kind::Plain };
    view! {
        <Button kind icon=IconName::Plus on_click=move |()| asking.set(true)>
            {if primary { tr!(month.open_month) } else { tr!(month.open_missing) }}
        </Button>
        <ConfirmDialog
            open=asking
            title=tr!(month.open_title, month = format::month(month))
            confirm=Signal::derive(move || counted!(month.open_confirm_single, month.open_confirm_many, missing()))
            busy=open.busy
            on_confirm=confirm
        >
            <p>{move || tr!(month.open_text, count = format::count(missing()))}</p>
        </ConfirmDialog>
    }
}

/// Accounts that came after the month was opened.
#[component]
pub(super) fn Unopened(month: Month, data: Signal<MonthMatrixDto>, query: Query<MonthMatrixDto>) -> impl IntoView {
    let session = use_session();
    let count = Memo::new(move |_| data.with(|matrix| matrix.unopened_accounts));
    move || {
        (count.get() > 0).then(|| {
            let title = counted!(month.unopened_single, month.unopened_many, count.get());
            view! {
                <div class="month__unopened">
                    <Notice tone=Tone::NeedsYou title text=tr!(month.unopened_text)>
                        {session.may(Permission::OpenMonth).then(|| view! { <OpenMonthButton month query/> })}
                    </Notice>
                </div>
            }
        })
    }
}
