//! `<Button kind=Kind::Primary icon=IconName::Check busy=save.busy on_click=move |()| go()>"Aprovar"</Button>`
//! `<Button submit=true>` inside a form; `<LinkButton href=paths::client(id)>`; `<IconButton icon=IconName::Close label="Fechar" on_click=…/>`.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Icon, IconName};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Plain,
    /// At most one per view.
    Primary,
    /// Opens a destructive step.
    Danger,
    /// Does the destructive thing, inside its confirmation.
    DangerSolid,
    Ghost,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn btn--primary",
            Self::Danger => "btn btn--danger",
            Self::DangerSolid => "btn btn--danger-solid",
            Self::Ghost => "btn btn--ghost",
        }
    }
}

#[component]
pub fn Button(
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] icon: Option<IconName>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    /// Work is under way: the button turns and takes no second click.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] submit: bool,
    #[prop(optional)] small: bool,
    /// Fills its column.
    #[prop(optional)]
    wide: bool,
    /// The icon stands after the word.
    #[prop(optional)]
    icon_last: bool,
    /// The shortcut, shown beside the word.
    #[prop(optional, into)]
    key: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let click = move |_| {
        if let Some(on_click) = on_click
            && !busy.get_untracked()
        {
            on_click.run(());
        }
    };
    let mark = move || match (busy.get(), icon) {
        (true, _) => Some(view! { <Icon name=IconName::Running spin=true/> }),
        (false, Some(name)) => Some(view! { <Icon name/> }),
        (false, None) => None,
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            class:btn--small=small
            class:btn--wide=wide
            class:is-busy=move || busy.get()
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get()
            on:click=click
        >
            {(!icon_last).then_some(mark)}
            {children()}
            {icon_last.then_some(mark)}
            {key.map(|key| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </button>
    }
    .into_any()
}

/// A link that looks like a button: for going somewhere, never for doing something.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] icon: Option<IconName>,
    #[prop(optional)] small: bool,
    children: Children,
) -> impl IntoView {
    let class = format!("{}{}", kind.class(), if small { " btn--small" } else { "" });
    view! {
        <A href=href attr:class=class>
            {icon.map(|name| view! { <Icon name/> })}
            {children()}
        </A>
    }
    .into_any()
}

/// A button with an icon alone; `label` names it for everyone who does not see the icon, and on hover.
#[component]
pub fn IconButton(
    icon: IconName,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] on_click: Callback<()>,
    /// For a button that stays on or off.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn--icon"
            aria-label=move || label.get()
            title=move || label.get()
            aria-pressed=move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" })
            disabled=move || disabled.get()
            on:click=move |_| on_click.run(())
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}
