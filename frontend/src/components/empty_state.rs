//! `<EmptyState icon=IconName::Client title="Nenhum cliente" text="…"><LinkButton href=…>"Cadastrar"</LinkButton></EmptyState>`:
//! says what will appear here and offers the first step.

use leptos::prelude::*;

use super::{Icon, IconName};

#[component]
pub fn EmptyState(
    #[prop(default = IconName::Inbox)] icon: IconName,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    /// It is all there is on the page: the title becomes the page's own heading.
    #[prop(optional)]
    whole_page: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            {if whole_page { view! { <h1>{title}</h1> }.into_any() } else { view! { <h3>{title}</h3> }.into_any() }}
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
