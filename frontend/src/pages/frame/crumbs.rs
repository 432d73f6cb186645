//! Where one is. List pages need nothing: the rail's row says it. A page below one calls
//! `use_crumbs(move || vec![Crumb::link("Clientes", paths::CLIENTS), Crumb::here(name.get())])`.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{i18n::tr, routes};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    label: String,
    href: Option<String>,
}

impl Crumb {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }

    pub fn here(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }
}

#[derive(Clone, Copy)]
struct Crumbs(RwSignal<Vec<Crumb>>);

pub(super) fn provide() {
    provide_context(Crumbs(RwSignal::new(Vec::new())));
}

/// Says the way to this page for as long as it is on screen.
pub fn use_crumbs(way: impl Fn() -> Vec<Crumb> + 'static) {
    let Some(crumbs) = use_context::<Crumbs>() else { return };
    Effect::new(move |_| crumbs.0.set(way()));
    on_cleanup(move || {
        let _ = crumbs.0.try_set(Vec::new());
    });
}

#[component]
pub(super) fn CrumbTrail() -> impl IntoView {
    let path = use_location().pathname;
    let way = move || {
        let said = use_context::<Crumbs>().map(|crumbs| crumbs.0.get()).unwrap_or_default();
        if !said.is_empty() {
            return said;
        }
        routes::row_of(&path.get())
            .map(|row| vec![Crumb::here((row.label)())])
            .unwrap_or_default()
    };
    view! {
        <nav class="crumbs" aria-label=tr!(frame.path)>
            <ol>
                {move || way().into_iter().map(|crumb| match crumb.href {
                    Some(href) => view! { <li><A href=href>{crumb.label}</A></li> }.into_any(),
                    None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
                }).collect_view()}
            </ol>
        </nav>
    }
    .into_any()
}
