//! Minha conta: one's own password, language and appearance.

use esteira_shared::dto::administration::PasswordUpdate;
use leptos::prelude::*;

use crate::{
    api,
    components::{Card, Choice, Field, Form, PageHead, PasswordInput, Segments},
    hooks::use_mutation,
    i18n::{Locale, tr},
    pages::frame::{Crumb, use_crumbs},
    state::{
        prefs::{Density, Prefs, Theme, use_prefs},
        session::use_session,
        toasts::use_toasts,
    },
    text::status,
};

#[component]
pub fn AccountPage() -> impl IntoView {
    let session = use_session();
    use_crumbs(|| vec![Crumb::here(tr!(account.title))]);
    let facts = move || {
        session.get().map(|who| {
            view! {
                <dl class="facts">
                    <dt>{tr!(account.name)}</dt><dd>{who.user.name}</dd>
                    <dt>{tr!(account.email)}</dt><dd>{who.user.email}</dd>
                    <dt>{tr!(account.role)}</dt><dd>{status::role(who.user.role)}</dd>
                    <dt>{tr!(account.organization)}</dt><dd>{who.organization.name}</dd>
                </dl>
            }
        })
    };
    view! {
        <div class="page--narrow">
            <PageHead title=tr!(account.title)/>
            <div class="stack">
                <Card title=tr!(account.you)>
                    {facts}
                    <p class="small faint spaced">{tr!(account.you_text)}</p>
                </Card>
                <Card title=tr!(account.password)><Password/></Card>
                <Card title=tr!(account.preferences)><Preferences prefs=use_prefs()/></Card>
            </div>
        </div>
    }
}

#[component]
fn Password() -> impl IntoView {
    let text = || RwSignal::new(String::new());
    let (current, new, again) = (text(), text(), text());
    let save = use_mutation();
    let submit = move |()| {
        let update = PasswordUpdate {
            current_password: current.get_untracked(),
            new_password: new.get_untracked(),
        };
        if !save.accepts(&update) {
            return;
        }
        if update.new_password != again.get_untracked() {
            return save.refuse_field("again", tr!(access.passwords_differ));
        }
        save.run_quietly(
            async move { api::administration::update_password(&update).await },
            move |()| {
                for field in [current, new, again] {
                    field.set(String::new());
                }
                use_toasts().done(tr!(account.password_saved));
            },
        );
    };
    view! {
        <Form save submit=tr!(account.password_do) on_submit=submit>
            <Field label=tr!(account.current) error=save.field("current_password")><PasswordInput value=current/></Field>
            <div class="form-grid">
                <Field label=tr!(account.new_password) hint=tr!(access.password_hint) error=save.field("new_password")><PasswordInput value=new new=true/></Field>
                <Field label=tr!(access.password_again) error=save.field("again")><PasswordInput value=again new=true/></Field>
            </div>
            <p class="small muted">{tr!(account.password_text)}</p>
        </Form>
    }
}

#[component]
fn Preferences(prefs: Prefs) -> impl IntoView {
    let themes = [
        ("system", tr!(frame.theme_system), Theme::System),
        ("light", tr!(frame.theme_light), Theme::Light),
        ("dark", tr!(frame.theme_dark), Theme::Dark),
    ];
    let densities = [
        ("compact", tr!(frame.density_compact), Density::Compact),
        ("normal", tr!(frame.density_normal), Density::Normal),
        ("comfortable", tr!(frame.density_comfortable), Density::Comfortable),
    ];
    let languages = [("pt-BR", "Português", Locale::pt_BR), ("en", "English", Locale::en)];
    let theme = choice(themes, prefs.theme, move |theme| prefs.set_theme(theme));
    let density = choice(densities, prefs.density, move |density| prefs.set_density(density));
    let language = choice(languages, prefs.locale, move |locale| prefs.set_locale(locale));
    let row = |label: &'static str, value, options| {
        view! { <div class="field"><span class="field__label" aria-hidden="true">{label}</span><div><Segments label value options/></div></div> }
    };
    view! {
        <div class="stack">
            {row(tr!(frame.theme), theme, Choice::list(themes.map(|(word, label, _)| (word, label))))}
            {row(tr!(frame.density), density, Choice::list(densities.map(|(word, label, _)| (word, label))))}
            {row(tr!(frame.language), language, Choice::list(languages.map(|(word, label, _)| (word, label))))}
            <p class="small faint">{tr!(account.preferences_text)}</p>
        </div>
    }
}

/// A preference as the word its segments write; changed elsewhere (menu, palette), the segments follow.
fn choice<T, const N: usize>(
    all: [(&'static str, &'static str, T); N],
    kept: RwSignal<T>,
    set: impl Fn(T) + 'static,
) -> RwSignal<String>
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let word_of = move |value: T| {
        all.iter()
            .find(|(_, _, one)| *one == value)
            .map(|(word, ..)| (*word).to_owned())
            .unwrap_or_default()
    };
    let word = RwSignal::new(word_of(kept.get_untracked()));
    Effect::new(move |_| {
        let now = word_of(kept.get());
        if word.get_untracked() != now {
            word.set(now);
        }
    });
    Effect::new(move |_| {
        let wanted = word.get();
        if let Some((_, _, value)) = all.iter().find(|(one, ..)| *one == wanted)
            && *value != kept.get_untracked()
        {
            set(*value);
        }
    });
    word
}
