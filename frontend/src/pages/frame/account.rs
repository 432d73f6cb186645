//! The menus at the right of the top bar: appearance (theme, density, language) and account.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    components::{IconName, KeyHelpOpen, Menu, MenuItem},
    i18n::{Locale, tr},
    routes::paths,
    state::{
        prefs::{Density, Prefs, Theme, use_prefs},
        session::use_session,
    },
    text::status,
};

#[component]
pub(super) fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let prefs = use_prefs();
    let help = use_context::<KeyHelpOpen>();
    let navigate = StoredValue::new_local(use_navigate());
    let to_account = move |()| {
        let address = paths::ACCOUNT.to_string();
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
    };
    let initials = move || session.get().map(|who| initials(&who.user.name)).unwrap_or_default();
    view! {
        <Menu label=tr!(frame.appearance) icon=IconName::Appearance>{appearance(prefs)}</Menu>
        <Menu label=tr!(frame.account) class="account" face=move || view! { <span class="avatar" aria-hidden="true">{initials}</span> }>
            {move || session.get().map(|who| view! {
                <div class="menu__note"><b>{who.user.name}</b>{who.user.email}<br/>{status::role(who.user.role)}" · "{who.organization.name}</div>
            })}
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Users on_click=to_account>{tr!(account.title)}</MenuItem>
            {help.map(|help| view! { <MenuItem icon=IconName::Keyboard on_click=move |()| help.0.set(true)>{tr!(frame.keys)}</MenuItem> })}
            <MenuItem icon=IconName::SignOut on_click=move |()| session.sign_out()>{tr!(frame.sign_out)}</MenuItem>
        </Menu>
    }
    .into_any()
}

fn appearance(prefs: Prefs) -> impl IntoView {
    let themes = [
        (Theme::System, tr!(frame.theme_system)),
        (Theme::Light, tr!(frame.theme_light)),
        (Theme::Dark, tr!(frame.theme_dark)),
    ];
    let densities = [
        (Density::Compact, tr!(frame.density_compact)),
        (Density::Normal, tr!(frame.density_normal)),
        (Density::Comfortable, tr!(frame.density_comfortable)),
    ];
    let languages = [(Locale::pt_BR, "Português"), (Locale::en, "English")];
    view! {
        <div class="menu__note">{tr!(frame.theme)}</div>
        {themes.into_iter().map(|(theme, word)| view! {
            <MenuItem checked=Signal::derive(move || prefs.theme.get() == theme) on_click=move |()| prefs.set_theme(theme)>{word}</MenuItem>
        }).collect_view()}
        <div class="menu__sep" role="separator"></div>
        <div class="menu__note">{tr!(frame.density)}</div>
        {densities.into_iter().map(|(density, word)| view! {
            <MenuItem checked=Signal::derive(move || prefs.density.get() == density) on_click=move |()| prefs.set_density(density)>{word}</MenuItem>
        }).collect_view()}
        <div class="menu__sep" role="separator"></div>
        <div class="menu__note">{tr!(frame.language)}</div>
        {languages.into_iter().map(|(locale, word)| view! {
            <MenuItem checked=Signal::derive(move || prefs.locale.get() == locale) on_click=move |()| prefs.set_locale(locale)>{word}</MenuItem>
        }).collect_view()}
    }
}

/// `Marina Rocha Lima` to `ML`.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = if words.len() > 1 {
        words.last().and_then(|word| word.chars().next())
    } else {
        None
    };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
