//! A new calendar, and another title for one.

use esteira_shared::dto::calendars::{CalendarCreate, CalendarDto, CalendarUpdate};
use leptos::prelude::*;

use crate::{
    api,
    components::{Dialog, Field, Form, TextInput},
    hooks::{self, merge_fields, use_draft, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
};

#[derive(Clone, PartialEq, Default)]
struct CalendarForm {
    title: String,
    name: String,
    version: i32,
}

impl hooks::Form for CalendarForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs; title => tr!(calendars.title))
    }
}

/// A calendar without days.
#[component]
pub(super) fn CalendarDialog(open: RwSignal<bool>, #[prop(into)] on_made: Callback<CalendarDto>) -> impl IntoView {
    view! { <Dialog open title=tr!(calendars.create)><New open on_made/></Dialog> }
}

#[component]
fn New(open: RwSignal<bool>, on_made: Callback<CalendarDto>) -> impl IntoView {
    let draft = use_draft("calendar/new".to_owned(), CalendarForm::default());
    let (title, name) = (draft.part(|form| &mut form.title), draft.part(|form| &mut form.name));
    // The name follows the title until somebody writes another.
    Effect::new(move |before: Option<String>| {
        let slug = slug(&title.get());
        if before.is_some_and(|before| before == name.get_untracked()) {
            name.set(slug.clone());
        }
        slug
    });
    let save = use_mutation();
    let submit = move |()| {
        let form = draft.get_untracked();
        let create = CalendarCreate {
            name: form.name.trim().to_owned(),
            title: form.title,
        };
        if save.accepts(&create) {
            save.run_quietly(
                async move { api::calendars::create_calendar(&create).await },
                move |made| {
                    draft.saved(CalendarForm::default());
                    open.set(false);
                    use_toasts().done(tr!(calendars.created, title = made.title.clone()));
                    on_made.run(made);
                },
            );
        }
    };
    view! {
        <Form save draft=draft.state submit=tr!(calendars.create_do) on_submit=submit on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <Field label=tr!(calendars.title) hint=tr!(calendars.title_hint) error=save.field("title")>
                <TextInput value=title autofocus=true/>
            </Field>
            <Field label=tr!(calendars.name) hint=tr!(calendars.name_hint) error=save.field("name")>
                <TextInput value=name mono=true placeholder="feriados-da-empresa"/>
            </Field>
        </Form>
    }
}

/// `Feriados de São João` → `feriados-de-sao-joao`
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'á' | 'à' | 'â' | 'ã' => 'a',
            'é' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'ô' | 'õ' => 'o',
            'ú' | 'ü' => 'u',
            'ç' => 'c',
            'a'..='z' | '0'..='9' => c,
            _ => '-',
        };
        if (plain != '-' || !slug.ends_with('-')) && slug.len() < 40 {
            slug.push(plain);
        }
    }
    slug.trim_matches('-').to_owned()
}

#[component]
pub(super) fn RenameDialog(
    open: RwSignal<bool>,
    calendar: Signal<CalendarDto>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog open title=Signal::derive(move || tr!(calendars.rename_title, title = calendar.with(|one| one.title.clone())))>
            <Rename open calendar on_saved/>
        </Dialog>
    }
}

#[component]
fn Rename(open: RwSignal<bool>, calendar: Signal<CalendarDto>, on_saved: Callback<()>) -> impl IntoView {
    let of = |calendar: CalendarDto| CalendarForm {
        title: calendar.title,
        name: calendar.name,
        version: calendar.version,
    };
    let now = calendar.get_untracked();
    let name = StoredValue::new(now.name.clone());
    let draft = use_draft(format!("calendar/{}", now.name), of(now));
    let save = use_mutation();
    let submit = move |()| {
        let form = draft.get_untracked();
        let (name, update) = (
            form.name,
            CalendarUpdate {
                title: form.title,
                version: form.version,
            },
        );
        if save.accepts(&update) {
            save.run_quietly(
                async move { api::calendars::update_calendar(&name, &update).await },
                move |saved| {
                    use_toasts().done(tr!(calendars.renamed, title = saved.title.clone()));
                    draft.saved(of(saved));
                    open.set(false);
                    on_saved.run(());
                },
            );
        }
    };
    let reread = move |()| {
        let name = name.get_value();
        save.run_quietly(
            async move { api::calendars::get_calendar(&name).await },
            move |detail| draft.meet(&of(detail.calendar)),
        );
    };
    view! {
        <Form save draft=draft.state submit=tr!(calendars.rename_do) on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <Field label=tr!(calendars.title) error=save.field("title")>
                <TextInput value=draft.part(|form| &mut form.title) autofocus=true/>
            </Field>
        </Form>
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_title_gives_a_name() {
        for (title, name) in [
            ("Feriados de São João", "feriados-de-sao-joao"),
            ("  Filial — Belém (PA) ", "filial-belem-pa"),
            ("2026", "2026"),
            ("!", ""),
        ] {
            assert_eq!(super::slug(title), name);
        }
        assert_eq!(super::slug(&"x".repeat(60)).len(), 40);
    }
}
