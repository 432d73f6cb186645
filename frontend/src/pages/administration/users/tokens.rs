//! The tokens of somebody who gets another password: whoever knew the old one may have made some, and they do not end with
//! it.

use esteira_shared::{
    dto::administration::{ApiTokenQuery, ApiTokenState},
    event::Topic,
    ids::UserId,
};
use leptos::prelude::*;

use crate::{api, components::Checkbox, hooks::use_query, i18n::tr};

#[component]
pub(super) fn TokensOf(user: UserId, end: Signal<bool>, set_end: Callback<bool>) -> impl IntoView {
    let tokens = use_query(&[Topic::Tokens], move || {
        let query = ApiTokenQuery {
            state: Some(ApiTokenState::Active),
            user_id: Some(user),
            ..ApiTokenQuery::default()
        };
        async move { api::administration::list_tokens(&query).await }
    });
    let names = Memo::new(move |_| {
        tokens.data.with(|found| {
            let found = found.iter().flatten();
            found.map(|token| token.name.clone()).collect::<Vec<String>>()
        })
    });
    move || {
        let names = names.get();
        (!names.is_empty()).then(|| {
            view! {
                <div class="stack stack--tight">
                    <Checkbox checked=end on_change=set_end label=tr!(users.end_tokens) hint=tr!(users.end_tokens_hint)/>
                    <ul class="small muted">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
                </div>
            }
        })
    }
}
