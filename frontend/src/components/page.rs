//! `<PageHead title="Clientes" note="142 ativos"><Button …/></PageHead>` and `<Card title="Versões" aside=move || …>…</Card>`.

use leptos::prelude::*;

/// Title of the page (also of the browser tab) with its actions at the right.
#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] note: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    Effect::new(move |_| document().set_title(&format!("{} · Esteira", title.get())));
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{move || title.get()}</h1>
                <span class="muted">{move || note.get()}</span>
            </div>
            {children.map(|children| view! { <div class="page-head__actions">{children()}</div> })}
        </header>
    }
    .into_any()
}

/// A titled surface. `flush=true` for tables, which bring their own padding.
#[component]
pub fn Card(
    #[prop(into)] title: String,
    /// At the right of the title.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    #[prop(optional)] flush: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            <header class="card__head"><h2>{title}</h2>{aside.map(|aside| view! { <div>{aside.run()}</div> })}</header>
            <div class:card__body=!flush>{children()}</div>
        </section>
    }
    .into_any()
}
