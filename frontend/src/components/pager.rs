//! `<Pager list next=next_cursor/>` below a table: pages forward by cursor, back the way one came.

use leptos::prelude::*;

use super::{Button, IconName};
use crate::{hooks::ListQuery, i18n::tr};

#[component]
pub fn Pager(
    list: ListQuery,
    /// `next_cursor` of the page on screen.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let to_top = || window().scroll_to_with_x_and_y(0.0, 0.0);
    let first = Memo::new(move |_| list.is_first_page());
    let last = Memo::new(move |_| next.with(Option::is_none));
    view! {
        <Show when=move || !(first.get() && last.get())>
            <nav class="table__foot" aria-label=tr!(parts.pages)>
                <Button small=true disabled=first on_click=move |()| { list.first(); to_top(); }>{tr!(parts.first_page)}</Button>
                <div class="line">
                    <Button small=true icon=IconName::Left disabled=first on_click=move |()| { list.previous(); to_top(); }>{tr!(parts.previous_page)}</Button>
                    <Button small=true icon=IconName::Right icon_last=true disabled=last on_click=move |()| {
                        if let Some(cursor) = next.get_untracked() { list.next(cursor); to_top(); }
                    }>{tr!(parts.next_page)}</Button>
                </div>
            </nav>
        </Show>
    }
    .into_any()
}
