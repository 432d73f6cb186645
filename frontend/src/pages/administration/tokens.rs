//! Tokens: how other programs sign in.

mod form;
mod once;
mod scopes;

use esteira_shared::{
    dto::administration::{ApiTokenCreated, ApiTokenDto, ApiTokenQuery, ApiTokenState},
    event::Topic,
    status::Tone,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{
        AsyncView, Badge, Button, Choice, Column, ConfirmDialog, DataTable, EmptyState, FilterBar, FilterChip,
        IconName, Kind, Mark, Menu, MenuItem, PageHead, RelativeTime,
    },
    hooks::{use_list_query, use_mutation, use_query},
    i18n::{counted, tr},
    state::{
        keys::{Key, use_keys},
        toasts::use_toasts,
    },
    text::format,
};
use form::TokenDialog;
use once::ShownOnce;

/// A token that ends within this many days asks for its successor.
const ENDING_DAYS: i64 = 14;

#[derive(Clone, Copy)]
struct TokenDialogs {
    chosen: RwSignal<Option<ApiTokenDto>>,
    revocation: RwSignal<bool>,
}

#[component]
pub fn TokensPage() -> impl IntoView {
    let list = use_list_query();
    let tokens = use_query(&[Topic::Tokens], move || {
        let query = list.read::<ApiTokenQuery>();
        async move { api::administration::list_tokens(&query).await }
    });
    let form = RwSignal::new(false);
    let created = RwSignal::new(None::<ApiTokenCreated>);
    let dialogs = TokenDialogs {
        chosen: RwSignal::new(None),
        revocation: RwSignal::new(false),
    };
    let revoke = use_mutation();
    let confirm = move |()| {
        let Some(token) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(tokens.revoked_done, name = token.name);
        revoke.run(
            async move { api::administration::revoke_token(token.id).await },
            move |()| {
                dialogs.revocation.set(false);
                created.update(|shown| {
                    // A revoked token is no longer worth copying.
                    if shown.as_ref().is_some_and(|shown| shown.details.id == token.id) {
                        *shown = None;
                    }
                });
                tokens.refetch();
                use_toasts().done(text);
            },
        );
    };
    use_keys(
        tr!(parts.keys_here),
        vec![Key::new("n", tr!(tokens.create), move || form.set(true))],
    );
    let new_button = move |kind| view! { <Button kind icon=IconName::Plus on_click=move |()| form.set(true)>{tr!(tokens.create)}</Button> };
    let nothing = move || {
        match list.read::<ApiTokenQuery>() == ApiTokenQuery::default() {
        true => view! { <EmptyState icon=IconName::Token title=tr!(tokens.empty_title) text=tr!(tokens.empty_text)>{new_button(Kind::Plain)}</EmptyState> }.into_any(),
        false => view! { <EmptyState icon=IconName::Find title=tr!(parts.empty_filtered_title) text=tr!(parts.empty_filtered_text)/> }.into_any(),
    }
    };
    let states = Choice::list([
        (ApiTokenState::Active.as_str(), tr!(tokens.active)),
        (ApiTokenState::Expired.as_str(), tr!(tokens.expired)),
        (ApiTokenState::Revoked.as_str(), tr!(tokens.revoked)),
    ]);
    let name = Signal::derive(move || {
        dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    });
    let last_used = move || match dialogs
        .chosen
        .with(|chosen| chosen.as_ref().and_then(|one| one.last_used_at))
    {
        Some(at) => tr!(tokens.revoke_used, at = format::date_time(*at)),
        None => tr!(tokens.revoke_unused).to_owned(),
    };
    view! {
        <PageHead title=tr!(frame.tokens)>{new_button(Kind::Primary)}</PageHead>
        <div class="stack">
            {move || created.get().map(|token| view! { <ShownOnce token on_hide=move |()| created.set(None)/> })}
            <FilterBar list search="q" search_label=tr!(tokens.search)>
                <FilterChip list key="state" label=tr!(tokens.state) options=states/>
            </FilterBar>
            <AsyncView query=tokens empty_when=|all| all.is_empty() empty=nothing let:all>
                <DataTable
                    name="tokens"
                    columns=columns(dialogs)
                    rows=all
                    row_id=|token| token.id.to_string()
                    row_label=|token| token.name.clone()
                    live=tokens.freshness()
                />
            </AsyncView>
        </div>
        <TokenDialog open=form on_created=move |token| { created.set(Some(token)); tokens.refetch(); }/>
        <ConfirmDialog
            open=dialogs.revocation
            title=Signal::derive(move || tr!(tokens.revoke_title, name = name.get()))
            confirm=tr!(tokens.revoke)
            danger=true
            busy=revoke.busy
            on_confirm=confirm
        >
            <p>{tr!(tokens.revoke_text)}</p>
            <p class="muted">{last_used}</p>
        </ConfirmDialog>
    }
}

fn columns(dialogs: TokenDialogs) -> Vec<Column<ApiTokenDto>> {
    vec![
        Column::new("name", tr!(tokens.name), |token: &ApiTokenDto| token.name.clone()).main(),
        Column::new("state", tr!(tokens.state), |token: &ApiTokenDto| state(token)),
        Column::new("scopes", tr!(tokens.scopes), |token: &ApiTokenDto| {
            let all: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            let (title, count) = (all.join(", "), u32::try_from(all.len()).unwrap_or(u32::MAX));
            view! { <span title=title><Badge>{counted!(tokens.scope_single, tokens.scope_many, count)}</Badge></span> }
        }),
        Column::new("expires", tr!(tokens.expires), |token: &ApiTokenDto| {
            let at = token.expires_at;
            view! { <span class="num nowrap" title=format::date_time_seconds(*at)>{format::date(format::day_of(*at))}</span> }
        }),
        Column::new("used", tr!(tokens.last_used), |token: &ApiTokenDto| {
            match token.last_used_at {
                Some(at) => view! { <RelativeTime at=at/> }.into_any(),
                None => view! { <span class="faint">{tr!(tokens.never)}</span> }.into_any(),
            }
        }),
        Column::new("created", tr!(tokens.created), |token: &ApiTokenDto| {
            let (by, at) = (token.created_by.clone(), token.created_at);
            view! { <span class="nowrap">{by}" · "<RelativeTime at=at/></span> }
        }),
        Column::actions(move |token: &ApiTokenDto| {
            if token.revoked_at.is_some() || *token.expires_at < format::now() {
                return ().into_any();
            }
            let row = StoredValue::new(token.clone());
            let ask = move |()| {
                dialogs.chosen.set(Some(row.get_value()));
                dialogs.revocation.set(true);
            };
            let label = tr!(forms.actions_of, name = token.name.clone());
            view! { <Menu label><MenuItem icon=IconName::Cancelled danger=true on_click=ask>{tr!(tokens.revoke)}</MenuItem></Menu> }.into_any()
        }),
    ]
}

fn state(token: &ApiTokenDto) -> AnyView {
    let left = *token.expires_at - format::now();
    let (tone, word) = if let Some(at) = token.revoked_at {
        let title = format::date_time_seconds(*at);
        return view! { <span title=title><Mark tone=Tone::Cancelled word=tr!(tokens.revoked)/></span> }.into_any();
    } else if left.num_seconds() <= 0 {
        (Tone::Waiting, tr!(tokens.expired).to_owned())
    } else if left.num_days() < ENDING_DAYS {
        (Tone::NeedsYou, tr!(tokens.ending, count = left.num_days().max(1)))
    } else {
        (Tone::Done, tr!(tokens.active).to_owned())
    };
    view! { <Mark tone word/> }.into_any()
}
