//! `<SecretField label="Senha do portal" kept=account.portal_password_set state_word="Senha definida" change error=save.field("portal_password")/>`:
//! a secret that is never read back, only kept, changed or removed. `change` is an `RwSignal<SecretChange>`.

use leptos::prelude::*;

use super::{Button, Field, Icon, IconName, Kind, PasswordInput};
use crate::i18n::tr;

/// What happens to the secret with the next save.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SecretChange {
    #[default]
    Keep,
    Set(String),
    Remove,
}

impl SecretChange {
    /// As the API takes it: absent keeps, empty removes.
    pub fn to_wire(&self) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::Set(secret) => Some(secret.clone()),
            Self::Remove => Some(String::new()),
        }
    }

    /// A new secret was asked for and none typed.
    pub fn is_unfinished(&self) -> bool {
        matches!(self, Self::Set(secret) if secret.is_empty())
    }
}

#[component]
pub fn SecretField(
    #[prop(into)] label: String,
    /// Whether one is kept now.
    #[prop(into)]
    kept: Signal<bool>,
    /// "Senha definida"
    #[prop(into)]
    set_word: String,
    /// "Sem senha"
    #[prop(into)]
    unset_word: String,
    change: RwSignal<SecretChange>,
    /// False for a secret that there must be.
    #[prop(default = true)]
    removable: bool,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let stage = Memo::new(move |_| match change.get() {
        SecretChange::Keep => Stage::Kept(kept.get()),
        SecretChange::Set(_) => Stage::Typing,
        SecretChange::Remove => Stage::Removing,
    });
    let typed = RwSignal::new(match change.get_untracked() {
        SecretChange::Set(secret) => secret,
        SecretChange::Keep | SecretChange::Remove => String::new(),
    });
    Effect::new(move |_| {
        let secret = typed.get();
        if matches!(change.get_untracked(), SecretChange::Set(_)) {
            change.set(SecretChange::Set(secret));
        }
    });
    let begin = move || {
        typed.set(String::new());
        change.set(SecretChange::Set(String::new()));
    };
    let keep = move |()| change.set(SecretChange::Keep);
    let words = StoredValue::new((label, set_word, unset_word, hint));
    move || {
        let (label, set_word, unset_word, hint) = words.get_value();
        match stage.get() {
            Stage::Kept(true) => still(label, IconName::Check, set_word, hint, move || {
                view! {
                    <Button small=true on_click=move |()| begin()>{tr!(forms.secret_change)}</Button>
                    {removable.then(|| view! {
                        <Button small=true kind=Kind::Danger on_click=move |()| change.set(SecretChange::Remove)>{tr!(forms.secret_remove)}</Button>
                    })}
                }
                .into_any()
            }),
            Stage::Kept(false) => still(label, IconName::Cancelled, unset_word, hint, move || {
                view! { <Button small=true on_click=move |()| begin()>{tr!(forms.secret_set)}</Button> }.into_any()
            }),
            Stage::Removing => still(label, IconName::Trash, tr!(forms.secret_removing).to_owned(), None, move || {
                view! { <Button small=true on_click=keep>{tr!(forms.secret_keep)}</Button> }.into_any()
            }),
            Stage::Typing => view! {
                <Field label=label hint=hint.unwrap_or_default() error>
                    <div class="secret secret--typing">
                        <PasswordInput value=typed new=true autofocus=true/>
                        <Button on_click=keep>{if kept.get_untracked() { tr!(forms.secret_keep) } else { tr!(parts.cancel) }}</Button>
                    </div>
                </Field>
            }
            .into_any(),
        }
    }
}

/// The field while nothing is typed: what is the case, and what can be done.
fn still(label: String, icon: IconName, word: String, hint: Option<String>, acts: impl FnOnce() -> AnyView) -> AnyView {
    let name = label.clone();
    view! {
        <div class="field" role="group" aria-label=name>
            <span class="field__label">{label}</span>
            <div class="secret">
                <span class="secret__state"><Icon name=icon/>{word}</span>
                {acts()}
            </div>
            {hint.map(|hint| view! { <span class="field__hint">{hint}</span> })}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Kept(bool),
    Typing,
    Removing,
}
