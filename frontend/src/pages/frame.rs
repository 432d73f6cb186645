//! What stands around every page: rail, top bar, palette, key help.

mod account;
mod brand;
mod crumbs;
mod maintenance;
mod no_access;
mod not_found;
mod outlet;
mod rail;
mod top;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    components::{CommandPalette, KeyHelp, KeyHelpOpen},
    i18n::tr,
    routes,
    state::{
        keys::{Key, use_keys},
        prefs::use_prefs,
        session::use_session,
    },
};

pub use brand::Brand;
pub use crumbs::{Crumb, use_crumbs};
pub use not_found::NotFound;
pub use outlet::{PageOutlet, PartOutlet};

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let prefs = use_prefs();
    let palette = RwSignal::new(false);
    let help = RwSignal::new(false);
    provide_context(KeyHelpOpen(help));
    crumbs::provide();
    frame_keys(help);
    routes::prefetch::use_prefetch(use_session());
    view! {
        <a class="skip" href="#main">{tr!(frame.skip)}</a>
        <div class="frame" class:is-narrow=move || prefs.narrow_rail.get()>
            <rail::Rail/>
            <top::TopBar palette/>
            <main class="main" id="main" tabindex="-1">
                <maintenance::MaintenanceBar/>
                <div class="page">{children()}</div>
            </main>
        </div>
        <CommandPalette open=palette/>
        <KeyHelp open=help/>
    }
    .into_any()
}

/// `?` and the two-key ways to each page.
fn frame_keys(help: RwSignal<bool>) {
    let navigate = StoredValue::new_local(use_navigate());
    let mut keys = vec![Key::new("?", tr!(frame.key_help), move || help.set(true))];
    keys.extend(untrack(|| routes::rail(use_session())).into_iter().map(|row| {
        let address = row.address().to_string();
        Key::new(row.key, (row.label)(), move || {
            navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
        })
    }));
    use_keys(tr!(frame.section_general), keys);
}
