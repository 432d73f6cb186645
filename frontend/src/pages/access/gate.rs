//! `<Gate title="Entrar">…</Gate>`: brand, one card, language and theme at the foot.

use leptos::prelude::*;

use crate::{
    components::{Button, Kind},
    i18n::{Locale, tr},
    pages::frame::Brand,
    state::prefs::{Theme, use_prefs},
};

#[component]
pub fn Gate(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: Option<String>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let prefs = use_prefs();
    let other = match prefs.locale.get_untracked() {
        Locale::pt_BR => ("English", Locale::en),
        Locale::en => ("Português", Locale::pt_BR),
    };
    document().set_title(&format!("{title} · Esteira"));
    view! {
        <main class="gate">
            <div class="gate__box" class:gate__box--wide=wide>
                <Brand/>
                <div class="gate__card">
                    <div class="stack stack--tight">
                        <h1>{title}</h1>
                        {text.map(|text| view! { <p class="muted">{text}</p> })}
                    </div>
                    {children()}
                </div>
            </div>
            <footer class="gate__foot">
                <Button small=true kind=Kind::Ghost on_click=move |()| prefs.set_locale(other.1)>{other.0}</Button>
                {move || {
                    let (word, theme) = match prefs.shown_theme() {
                        Theme::Dark => (tr!(frame.theme_light), Theme::Light),
                        _ => (tr!(frame.theme_dark), Theme::Dark),
                    };
                    view! { <Button small=true kind=Kind::Ghost on_click=move |()| prefs.set_theme(theme)>{tr!(frame.theme)}": "{word}</Button> }
                }}
            </footer>
        </main>
    }
    .into_any()
}
