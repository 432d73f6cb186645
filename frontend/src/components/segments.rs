//! `<Segments label="Período" value=period options=Choice::list([("30", "30 dias"), ("90", "90 dias")])/>`: two to four exclusive views.

use leptos::prelude::*;

use super::Choice;

#[component]
pub fn Segments(
    value: RwSignal<String>,
    #[prop(into)] options: Vec<Choice>,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! {
        <div class="segments" role="group" aria-label=label>
            {options.into_iter().map(|choice| {
                let (mine, set) = (choice.value.clone(), choice.value);
                view! {
                    <button
                        type="button"
                        aria-pressed=move || if value.with(|value| *value == mine) { "true" } else { "false" }
                        on:click=move |_| value.set(set.clone())
                    >{choice.label}</button>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}
