//! `<EmptyState icon=IconName::Client title="Nenhum cliente" text="…"><LinkButton href=…>"Cadastrar"</LinkButton></EmptyState>`:
//! says what will appear here and offers the first step.

use leptos::prelude::*;

use super::{Icon, IconName};

#[component]
pub fn EmptyState(
    #[prop(default = IconName::Inbox)] icon: IconName,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <h3>{title}</h3>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
