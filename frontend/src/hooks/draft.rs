//! A form that is being filled in: what it started from, what was typed, and how somebody else's change is merged.

use std::rc::Rc;

use leptos::{ev, prelude::*};

use crate::{i18n::tr, state::drafts};

/// A plain struct with the fields of a form.
pub trait Form: Clone + PartialEq + Send + Sync + 'static {
    /// Takes over what somebody else changed from `base` to `theirs`, except where something was typed here. Also takes
    /// their version. Returns one line for each of their changes. Written with
    /// [`merge_fields!`](crate::hooks::merge_fields).
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String>;
}

/// `merge_fields!(self, base, theirs; name => tr!(operators.name), active => tr!(operators.active))`
macro_rules! merge_fields {
    ($mine:expr, $base:expr, $theirs:expr; $($field:ident => $label:expr),+ $(,)?) => {{
        let mut changes: Vec<String> = Vec::new();
        $(
            if $base.$field != $theirs.$field {
                changes.push(format!("{}: {}", $label, $crate::hooks::FieldWords::words(&$theirs.$field)));
                if $mine.$field == $base.$field {
                    $mine.$field = $theirs.$field.clone();
                }
            }
        )+
        changes
    }};
}
pub(crate) use merge_fields;

/// A field's value, as people read it.
pub trait FieldWords {
    fn words(&self) -> String;
}

impl FieldWords for String {
    fn words(&self) -> String {
        if self.is_empty() {
            tr!(forms.nothing).to_owned()
        } else {
            self.clone()
        }
    }
}

impl FieldWords for bool {
    fn words(&self) -> String {
        if *self { tr!(forms.yes) } else { tr!(forms.no) }.to_owned()
    }
}

#[derive(Clone)]
struct Kept<T> {
    base: T,
    value: T,
}

pub struct Draft<T: Send + Sync + 'static> {
    key: StoredValue<String>,
    base: RwSignal<T>,
    pub value: RwSignal<T>,
    pub state: DraftState,
}

impl<T: Send + Sync + 'static> Clone for Draft<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Draft<T> {}

/// What a `Form` shows of the draft behind it.
#[derive(Clone, Copy)]
pub struct DraftState {
    /// Typed earlier and found again.
    pub restored: RwSignal<bool>,
    /// What somebody else changed meanwhile, once it was merged.
    pub merged: RwSignal<Vec<String>>,
    pub dirty: Signal<bool>,
    pub discard: Callback<()>,
}

/// Once per form: `let draft = use_draft(format!("operator/{id}"), OperatorForm::of(&operator));`
pub fn use_draft<T: Form>(key: String, base: T) -> Draft<T> {
    let kept = drafts::find::<Kept<T>>(&key);
    let restored = RwSignal::new(kept.is_some());
    let (base, value) = match kept {
        Some(kept) => (RwSignal::new(kept.base), RwSignal::new(kept.value)),
        None => (RwSignal::new(base.clone()), RwSignal::new(base)),
    };
    let key = StoredValue::new(key);
    let merged = RwSignal::new(Vec::new());
    let dirty = Memo::new(move |_| value.with(|value| base.with(|base| value != base)));
    Effect::new(move |_| {
        let (base, value) = (base.get(), value.get());
        key.with_value(|key| {
            if base == value {
                drafts::forget(key);
            } else {
                drafts::keep(key, Kept { base, value });
            }
        });
    });
    // A reload does lose drafts: the browser asks first.
    let leaving = window_event_listener(ev::beforeunload, move |event| {
        if dirty.try_get_untracked() == Some(true) {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
    let discard = Callback::new(move |()| {
        // At once: the form may be gone before the effect above runs.
        key.with_value(|key| drafts::forget(key));
        value.set(base.get_untracked());
        restored.set(false);
    });
    Draft {
        key,
        base,
        value,
        state: DraftState {
            restored,
            merged,
            dirty: dirty.into(),
            discard,
        },
    }
}

impl<T: Form> Draft<T> {
    pub fn get_untracked(self) -> T {
        self.value.get_untracked()
    }

    /// One part of the form as the signal an input writes: `draft.part(|form| &mut form.name)`.
    pub fn part<F: Clone + PartialEq + Send + Sync + 'static>(self, field: fn(&mut T) -> &mut F) -> RwSignal<F> {
        let read = move || self.value.with(|form| field(&mut form.clone()).clone());
        let write = move |typed| self.value.update(|form| *field(form) = typed);
        bound(Rc::new(read), Box::new(write))
    }

    /// One yes or no of the form, for a `Switch` or `Checkbox`.
    pub fn flag(self, field: fn(&mut T) -> &mut bool) -> (Signal<bool>, Callback<bool>) {
        let read = Signal::derive(move || self.value.with(|form| *field(&mut form.clone())));
        let write = Callback::new(move |on| self.value.update(|form| *field(form) = on));
        (read, write)
    }

    /// It was saved, so no draft is kept. `now` is what the form starts from if it stays open.
    pub fn saved(self, now: T) {
        self.key.with_value(|key| drafts::forget(key));
        self.base.set(now.clone());
        self.value.set(now);
        self.state.restored.set(false);
        self.state.merged.set(Vec::new());
    }

    /// Somebody else saved first. Their changes are taken over, and what was typed here stays.
    pub fn meet(self, theirs: &T) {
        let base = self.base.get_untracked();
        let mut mine = self.value.get_untracked();
        let changes = mine.merge(&base, theirs);
        self.base.set(theirs.clone());
        self.value.set(mine);
        self.state.merged.set(changes);
    }
}

/// A signal that follows what `read` gives, and is followed by it through `write`. It knows nothing of the form, so it is
/// compiled once for each type of field and not once for each field of each form.
fn bound<F: Clone + PartialEq + Send + Sync + 'static>(read: Rc<dyn Fn() -> F>, write: Box<dyn Fn(F)>) -> RwSignal<F> {
    let part = RwSignal::new(untrack(|| read()));
    Effect::new({
        let read = Rc::clone(&read);
        move |_| {
            let typed = part.get();
            if untrack(|| read()) != typed {
                write(typed);
            }
        }
    });
    Effect::new(move |_| {
        let kept = read();
        if part.get_untracked() != kept {
            part.set(kept);
        }
    });
    part
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[derive(Clone, Debug, PartialEq)]
    struct Plan {
        name: String,
        active: bool,
        version: i32,
    }

    impl Form for Plan {
        fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
            self.version = theirs.version;
            merge_fields!(self, base, theirs; name => "Nome", active => "Ativo")
        }
    }

    fn plan(name: &str, active: bool, version: i32) -> Plan {
        Plan {
            name: name.to_owned(),
            active,
            version,
        }
    }

    #[test]
    fn their_change_comes_in_where_nothing_was_typed() {
        let base = plan("VIVO", true, 1);
        let mut mine = plan("VIVO SP", true, 1);
        let changes = mine.merge(&base, &plan("VIVO", false, 2));
        assert_eq!(mine, plan("VIVO SP", false, 2));
        assert_eq!(changes, ["Ativo: não"]);
    }

    #[test]
    fn what_was_typed_stays_and_their_value_is_told() {
        let base = plan("VIVO", true, 1);
        let mut mine = plan("VIVO SP", true, 1);
        let changes = mine.merge(&base, &plan("", true, 2));
        assert_eq!(mine, plan("VIVO SP", true, 2));
        assert_eq!(changes, ["Nome: vazio"]);
    }
}
