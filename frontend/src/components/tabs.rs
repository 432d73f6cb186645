//! `<Tabs label="Cliente" active tabs=vec![Tab::new("accounts", "Contas")]/>` with one
//! `<TabPanel of="accounts" active>…</TabPanel>` per tab. `active` is an `RwSignal<String>`; arrows move between tabs.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    pub key: &'static str,
    pub label: String,
}

impl Tab {
    pub fn new(key: &'static str, label: impl Into<String>) -> Self {
        Self {
            key,
            label: label.into(),
        }
    }
}

#[component]
pub fn Tabs(
    #[prop(into)] tabs: Signal<Vec<Tab>>,
    active: RwSignal<String>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let walk = move |event: web_sys::KeyboardEvent| {
        let keys = tabs.with_untracked(|tabs| tabs.iter().map(|tab| tab.key).collect::<Vec<_>>());
        let Some(here) = active.with_untracked(|active| keys.iter().position(|key| key == active)) else {
            return;
        };
        let last = keys.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if here == last {
                    0
                } else {
                    here + 1
                }
            }
            "ArrowLeft" => {
                if here == 0 {
                    last
                } else {
                    here - 1
                }
            }
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        if let Some(key) = keys.get(next) {
            active.set((*key).to_owned());
            focus(&format!("tab-{key}"));
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=walk>
            {move || tabs.get().into_iter().map(|tab| {
                let key = tab.key;
                let here = move || active.with(|active| active == key);
                view! {
                    <button
                        type="button"
                        role="tab"
                        class="tabs__tab"
                        id=format!("tab-{key}")
                        aria-controls=format!("panel-{key}")
                        aria-selected=move || if here() { "true" } else { "false" }
                        tabindex=move || if here() { "0" } else { "-1" }
                        on:click=move |_| active.set(key.to_owned())
                    >
                        {tab.label}
                    </button>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}

fn focus(id: &str) {
    if let Some(tab) = document()
        .get_element_by_id(id)
        .and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = tab.focus();
    }
}

/// Drawn only while its tab is chosen.
#[component]
pub fn TabPanel(of: &'static str, active: RwSignal<String>, children: ChildrenFn) -> impl IntoView {
    let here = Memo::new(move |_| active.with(|active| active == of));
    let children = StoredValue::new(children);
    view! {
        <Show when=move || here.get()>
            <div class="tabs__panel" role="tabpanel" tabindex="0" id=format!("panel-{of}") aria-labelledby=format!("tab-{of}")>
                {children.with_value(|children| children())}
            </div>
        </Show>
    }
    .into_any()
}
