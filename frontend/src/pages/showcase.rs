//! `/_components`, in development builds only: each component in every state, for the eye and for the accessibility check.

mod controls;
mod data;
mod feedback;
mod logs;

use leptos::prelude::*;

use crate::{
    components::{CommandPalette, Icon, IconName, KeyHelp, PageHead},
    state::prefs::{Density, Theme, use_prefs},
};

#[component]
pub fn Showcase() -> impl IntoView {
    let prefs = use_prefs();
    let (palette, help) = (RwSignal::new(false), RwSignal::new(false));
    // `?theme=dark&density=compact` for screenshots.
    let query = window().location().search().unwrap_or_default();
    if query.contains("dark") {
        prefs.set_theme(Theme::Dark);
    }
    if query.contains("compact") {
        prefs.set_density(Density::Compact);
    }
    if query.contains("palette") {
        palette.set(true);
    }
    view! {
        <main class="main">
            <div class="page">
                <PageHead title="Componentes" note="cada um em todos os estados"/>
                <div class="showcase">
                    <controls::Controls palette help/>
                    <data::Data/>
                    <feedback::Feedback/>
                    <logs::Logs/>
                    <section>
                        <h2>"Icon"</h2>
                        <div class="line">{IconName::ALL.iter().map(|name| view! { <span title=format!("{name:?}")><Icon name=*name/></span> }).collect_view()}</div>
                    </section>
                </div>
            </div>
        </main>
        <CommandPalette open=palette/>
        <KeyHelp open=help/>
    }
    .into_any()
}
