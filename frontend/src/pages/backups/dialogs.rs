//! What is being done with which backup, and the dialogs that ask.

use esteira_shared::dto::backups::{BackupDto, BackupFactsDto};
use leptos::prelude::*;

use super::{contents::Contents, new::NewBackup, removal::Removal};
use crate::hooks::Query;

#[derive(Clone, Copy)]
pub(super) struct BackupDialogs {
    pub(super) chosen: RwSignal<Option<BackupDto>>,
    pub(super) new: RwSignal<bool>,
    pub(super) contents: RwSignal<bool>,
    pub(super) removal: RwSignal<bool>,
    pub(super) facts: Query<BackupFactsDto>,
}

impl BackupDialogs {
    pub(super) fn new(facts: Query<BackupFactsDto>) -> Self {
        Self {
            chosen: RwSignal::new(None),
            new: RwSignal::new(false),
            contents: RwSignal::new(false),
            removal: RwSignal::new(false),
            facts,
        }
    }

    pub(super) fn on(self, backup: BackupDto, dialog: RwSignal<bool>) {
        self.chosen.set(Some(backup));
        dialog.set(true);
    }

    /// The name of the chosen one.
    pub(super) fn name(self) -> String {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    }
}

#[component]
pub(super) fn Dialogs(dialogs: BackupDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    view! {
        <NewBackup dialogs on_changed/>
        <Contents dialogs/>
        <Removal dialogs on_changed/>
    }
}
