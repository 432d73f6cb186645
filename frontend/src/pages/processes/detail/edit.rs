//! Value and due date, written by a person. Also used while reviewing.

use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessDto, ProcessUpdate},
    money::Money,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{Button, DatePicker, Dialog, ErrorCard, Field, Kind, TextInput},
    hooks::use_mutation,
    i18n::tr,
    text::format,
};

#[component]
pub fn EditFacts(
    open: RwSignal<bool>,
    #[prop(into)] process: Signal<Option<ProcessDto>>,
    #[prop(into)] on_saved: Callback<ProcessDetailDto>,
    /// Somebody changed it meanwhile; the page reads it again.
    #[prop(into)]
    on_conflict: Callback<()>,
) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let due = RwSignal::new(None);
    let save = use_mutation();
    Effect::new(move |_| {
        if open.get()
            && let Some(process) = process.get_untracked()
        {
            value.set(process.valor_fatura.map(format::amount).unwrap_or_default());
            due.set(process.data_vencimento);
            save.clear();
        }
    });
    Effect::new(move |_| {
        if save
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            on_conflict.run(());
        }
    });
    let submit = move || {
        let Some(process) = process.get_untracked() else { return };
        let typed = value.get_untracked();
        let valor_fatura = match typed.trim() {
            "" => None,
            text => match Money::parse_typed(text) {
                Ok(money) => Some(money),
                Err(_) => return save.refuse_field("valor_fatura", tr!(processes.value_invalid)),
            },
        };
        let update = ProcessUpdate {
            valor_fatura,
            data_vencimento: due.get_untracked(),
            version: process.version,
        };
        if save.accepts(&update) {
            let id = process.id;
            save.run_quietly(
                async move { api::processes::update_process(id, &update).await },
                move |detail| {
                    let _ = open.try_set(false);
                    on_saved.run(detail);
                },
            );
        }
    };
    let actions = move || {
        view! {
            <Button on_click=move |()| open.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind=Kind::Primary busy=save.busy on_click=move |()| submit()>{tr!(parts.save)}</Button>
        }
    };
    view! {
        <Dialog open title=tr!(processes.edit_title) actions>
            {move || save.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
            <form class="form-grid" on:submit=move |event| { event.prevent_default(); submit(); }>
                <Field label=tr!(processes.value_reais) optional=true error=save.field("valor_fatura")>
                    <TextInput value inputmode="decimal" placeholder="0,00" autofocus=true/>
                </Field>
                <Field label=tr!(processes.due) optional=true error=save.field("data_vencimento")><DatePicker value=due/></Field>
                <button type="submit" hidden></button>
            </form>
        </Dialog>
    }
}
