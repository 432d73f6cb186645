//! Two states of a record side by side: only what differs, with the rest on demand.

use std::collections::BTreeSet;

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{components::Button, i18n::tr};

struct Line {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Line {
    fn same(&self) -> bool {
        self.before == self.after
    }
}

#[component]
pub(super) fn Diff(before: Option<Value>, after: Option<Value>) -> impl IntoView {
    let (had, has) = (before.is_some(), after.is_some());
    let lines = lines(before, after);
    if lines.is_empty() {
        return view! { <p class="small faint">{tr!(audit.no_state)}</p> }.into_any();
    }
    // Of a record that came or went, every field is news.
    let same = if had && has {
        lines.iter().filter(|line| line.same()).count()
    } else {
        0
    };
    let all = RwSignal::new(same == lines.len());
    let lines = StoredValue::new(lines);
    let rows = move || {
        let all = all.get() || !(had && has);
        lines.with_value(|lines| {
            lines
                .iter()
                .filter(|line| all || !line.same())
                .map(|line| {
                    let changed = had && has && !line.same();
                    view! {
                        <tr class:is-changed=changed>
                            <th scope="row"><code>{line.field.clone()}</code></th>
                            {had.then(|| cell(line.before.clone(), tr!(audit.before)))}
                            {has.then(|| cell(line.after.clone(), tr!(audit.after)))}
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <table class="diff">
            <thead>
                <tr>
                    <th scope="col">{tr!(audit.field)}</th>
                    {had.then(|| view! { <th scope="col">{if has { tr!(audit.before) } else { tr!(audit.deleted) }}</th> })}
                    {has.then(|| view! { <th scope="col">{if had { tr!(audit.after) } else { tr!(audit.recorded) }}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Show when=move || (same > 0) && !all.get()>
            <div><Button small=true on_click=move |()| all.set(true)>{tr!(audit.show_same, count = same)}</Button></div>
        </Show>
    }
    .into_any()
}

fn cell(value: Option<String>, label: &'static str) -> impl IntoView {
    match value {
        Some(text) => view! { <td data-label=label translate="no">{text}</td> }.into_any(),
        None => view! { <td data-label=label class="faint">"—"</td> }.into_any(),
    }
}

fn lines(before: Option<Value>, after: Option<Value>) -> Vec<Line> {
    let (before, after) = (fields(before), fields(after));
    // Put in one by one: what is collected into an ordered set is sorted first, and a sort is 4 kB of program.
    let mut names = BTreeSet::new();
    for name in before.keys().chain(after.keys()) {
        names.insert(name);
    }
    names
        .into_iter()
        // The one grows with every change; the others say for programs what stands beside them in words.
        .filter(|name| *name != "version" && !name.ends_with("_coded"))
        .map(|name| Line {
            field: name.clone(),
            before: before.get(name).and_then(shown),
            after: after.get(name).and_then(shown),
        })
        .collect()
}

fn fields(state: Option<Value>) -> Map<String, Value> {
    match state {
        Some(Value::Object(fields)) => fields,
        Some(Value::Null) | None => Map::new(),
        Some(other) => {
            let mut fields = Map::new();
            fields.insert("valor".to_owned(), other);
            fields
        }
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some(tr!(forms.yes).to_owned()),
        Value::Bool(false) => Some(tr!(forms.no).to_owned()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
