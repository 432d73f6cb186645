//! `<Form draft=draft.state save submit="Salvar" on_submit=… on_conflict=move |()| reload() on_cancel=move |()| open.set(false)>fields</Form>`
//! inside a `Dialog` or on a page: the fields, what went wrong above them, the buttons below.

use esteira_shared::{error::ErrorCode, status::Tone};
use leptos::prelude::*;

use super::{Button, ErrorCard, Kind, Notice};
use crate::{
    hooks::{DraftState, Mutation},
    i18n::tr,
};

#[component]
pub fn Form(
    save: Mutation,
    #[prop(into)] submit: Signal<String>,
    #[prop(into)] on_submit: Callback<()>,
    /// Without it nothing of the form survives.
    #[prop(optional, into)]
    draft: Option<DraftState>,
    /// Reads the record again and hands it to `Draft::meet`.
    #[prop(optional, into)]
    on_conflict: Option<Callback<()>>,
    #[prop(optional, into)] on_cancel: Option<Callback<()>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                if !disabled.get_untracked() { on_submit.run(()); }
            }
        >
            {move || problem(save, on_conflict)}
            {draft.map(news)}
            {children()}
            <div class="form__foot">
                {on_cancel.map(|cancel| view! { <Button on_click=cancel>{tr!(parts.cancel)}</Button> })}
                <Button submit=true kind=Kind::Primary busy=save.busy disabled>{move || submit.get()}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// A refusal that no field of the form tells.
fn problem(save: Mutation, on_conflict: Option<Callback<()>>) -> Option<AnyView> {
    let error = save.error.get().filter(|error| error.fields.is_empty())?;
    let view = match on_conflict {
        Some(on_conflict) if error.is(ErrorCode::VersionConflict) => view! {
            <div role="alert">
                <Notice tone=Tone::NeedsYou title=tr!(forms.conflict_title) text=tr!(forms.conflict_text)>
                    <Button small=true on_click=on_conflict>{tr!(forms.conflict_do)}</Button>
                </Notice>
            </div>
        }
        .into_any(),
        _ => view! { <ErrorCard error/> }.into_any(),
    };
    Some(view)
}

fn news(draft: DraftState) -> impl IntoView {
    let shows_restored = move || draft.restored.get() && draft.dirty.get();
    view! {
        <Show when=shows_restored>
            <Notice title=tr!(forms.restored_title) text=tr!(forms.restored_text)>
                <Button small=true on_click=draft.discard>{tr!(forms.discard)}</Button>
            </Notice>
        </Show>
        {move || {
            let changes = draft.merged.get();
            (!changes.is_empty()).then(|| view! {
                <div role="status">
                    <Notice tone=Tone::NeedsYou title=tr!(forms.merged_title) text=tr!(forms.merged_text)>
                        <ul class="bullets">{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
                    </Notice>
                </div>
            })
        }}
    }
}
