//! Short notices at the edge of the screen. Success goes away by itself, a failure stays until dismissed.

use std::time::Duration;

use leptos::prelude::*;

use crate::api::ApiError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Fail,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    pub id: u32,
    pub kind: ToastKind,
    pub text: String,
    pub request_id: Option<String>,
}

#[derive(Clone, Copy)]
pub struct Toasts {
    pub list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

/// Long enough to read two lines.
const SHOWN: Duration = Duration::from_secs(6);
const AT_MOST: usize = 4;

impl Toasts {
    pub fn provide() -> Self {
        let toasts = Self {
            list: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        };
        provide_context(toasts);
        TOASTS.with(|cell| cell.set(Some(toasts)));
        toasts
    }

    pub fn done(self, text: impl Into<String>) {
        self.push(ToastKind::Done, text.into(), None);
    }

    pub fn fail(self, error: &ApiError) {
        self.push(ToastKind::Fail, error.text(), error.request_id.clone());
    }

    pub fn fail_text(self, text: impl Into<String>) {
        self.push(ToastKind::Fail, text.into(), None);
    }

    pub fn dismiss(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn push(self, kind: ToastKind, text: String, request_id: Option<String>) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            // The same failure again replaces itself instead of piling up.
            list.retain(|toast| toast.kind != kind || toast.text != text);
            if list.len() >= AT_MOST {
                list.remove(0);
            }
            list.push(Toast {
                id,
                kind,
                text,
                request_id,
            });
        });
        if kind != ToastKind::Fail {
            set_timeout(move || self.dismiss(id), SHOWN);
        }
    }
}

thread_local! {
    /// Toasts are also raised from tasks that outlive the component that started them.
    static TOASTS: std::cell::Cell<Option<Toasts>> = const { std::cell::Cell::new(None) };
}

/// `use_toasts().done("Cliente salvo.")`
pub fn use_toasts() -> Toasts {
    TOASTS.with(std::cell::Cell::get).unwrap_or_else(Toasts::provide)
}
