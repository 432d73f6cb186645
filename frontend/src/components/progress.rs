//! `<ProgressBar share=0.42 label="Enviando"/>`, `<StackBar parts=vec![Part::new(Tone::Done, 46, "No SAT")] total=52/>`.

use esteira_shared::status::Tone;
use leptos::prelude::*;

use super::badge::look;
use crate::{i18n::tr, text::format};

/// How far one thing is.
#[component]
pub fn ProgressBar(
    /// 0 to 1; `None` while it cannot be known.
    #[prop(into)]
    share: Signal<Option<f64>>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let percent = move || {
        share
            .get()
            .map(|share| format::decimal((share * 100.0).clamp(0.0, 100.0), 0))
    };
    view! {
        <div class="progress">
            <div class="bar" class:is-endless=move || share.get().is_none() role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=percent>
                <i class="is-plain" style:--share=move || share.get().map(|share| share.clamp(0.0, 1.0).to_string())></i>
            </div>
            <span>{move || percent().map(|percent| tr!(parts.progress, percent = percent))}</span>
        </div>
    }
    .into_any()
}

/// One colour of a [`StackBar`].
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub tone: Tone,
    pub count: i64,
    pub word: String,
}

impl Part {
    pub fn new(tone: Tone, count: i64, word: impl Into<String>) -> Self {
        Self {
            tone,
            count,
            word: word.into(),
        }
    }
}

/// What a whole is made of. The numbers are read aloud and shown on hover.
#[component]
pub fn StackBar(
    #[prop(into)] parts: Signal<Vec<Part>>,
    #[prop(into)] total: Signal<i64>,
    #[prop(optional)] tall: bool,
) -> impl IntoView {
    let said = move || {
        let words = parts.with(|parts| {
            parts
                .iter()
                .filter(|part| part.count > 0)
                .map(|part| format!("{} {}", format::count(part.count), part.word))
                .collect::<Vec<_>>()
        });
        words.join(", ")
    };
    view! {
        <div class="bar" class:bar--tall=tall role=move || (!said().is_empty()).then_some("img") aria-label=said title=said>
            {move || {
                let total = total.get().max(1);
                parts.get().into_iter().filter(|part| part.count > 0).map(|part| {
                    #[expect(clippy::cast_precision_loss, reason = "counts of processes are far below 2^52")]
                    let share = part.count as f64 / total as f64;
                    view! { <i class=format!("is-{}", look(part.tone).0) style:--share=share.to_string()></i> }
                }).collect_view()
            }}
        </div>
    }
    .into_any()
}
