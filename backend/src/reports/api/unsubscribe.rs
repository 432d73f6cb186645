use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use esteira_shared::{dto::reports::UnsubscribeQuery, report::Words};

use crate::{
    app::SharedApp,
    auth::{Anyone, rate_limit::Standing},
    error::AppResult,
    http::{
        extract::{ClientAddress, Query},
        framed::question,
    },
    language,
    reports::{
        cells::{INK, escape, page, paragraph},
        link::Subscription,
        unsubscribe,
    },
};

/// The page behind the link by which somebody stops getting a report
///
/// For whoever has the link from a message. It changes nothing.
#[utoipa::path(
    get, path = "/reports/unsubscribe", tag = "reports", params(UnsubscribeQuery),
    responses((status = 200, content_type = "text/html", body = String), (status = 404, content_type = "text/html", body = String)),
)]
pub async fn get_unsubscription(
    _: Anyone,
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Query(query): Query<UnsubscribeQuery>,
) -> AppResult<Response> {
    let words = Words(language::current());
    let Some(subscription) = known(&app, address, &query.token)? else {
        return Ok(useless(words));
    };
    let name = unsubscribe::schedule_name(&mut app.db.read().await?, &subscription).await?;
    let Some(name) = name else { return Ok(useless(words)) };
    let asked = escape(&words.unsubscribe_question(&subscription.address, name));
    // To the same address, with its token.
    let button = format!(
        "<form method=\"post\"><button type=\"submit\" style=\"font:inherit;font-weight:600;color:#ffffff;\
         background:#1d4ed8;border:0;border-radius:6px;padding:9px 16px;cursor:pointer\">{}</button></form>",
        escape(&words.unsubscribe_button())
    );
    let title = words.unsubscribe_title();
    Ok(question(shown(words, &title, &(paragraph(&asked, INK) + &button))))
}

/// Take an address off a schedule of reports
///
/// For whoever has the link from a message, and for mail programs that do it for them (RFC 8058). Doing it twice changes
/// nothing.
#[utoipa::path(
    post, path = "/reports/unsubscribe", tag = "reports", params(UnsubscribeQuery),
    responses((status = 200, content_type = "text/html", body = String), (status = 404, content_type = "text/html", body = String)),
)]
pub async fn confirm_unsubscription(
    _: Anyone,
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Query(query): Query<UnsubscribeQuery>,
) -> AppResult<Response> {
    let words = Words(language::current());
    let Some(subscription) = known(&app, address, &query.token)? else {
        return Ok(useless(words));
    };
    let mut tx = app.db.begin().await?;
    let name = unsubscribe::take_off(&mut tx, &subscription).await?;
    tx.commit().await?;
    let Some(name) = name else { return Ok(useless(words)) };
    let text = escape(&words.unsubscribed_text(&subscription.address, name));
    Ok(question(shown(
        words,
        &words.unsubscribed_title(),
        &paragraph(&text, INK),
    )))
}

/// What a link says. Guessing is slowed down, although there is nothing to guess: a key seals it.
fn known(app: &SharedApp, address: std::net::IpAddr, token: &str) -> AppResult<Option<Subscription>> {
    let limit = app.auth.sign_in_limit();
    let guess = limit.take(
        &format!("unsubscribe {address}"),
        address,
        Standing::Stranger,
        app.clock.now(),
    )?;
    let subscription = Subscription::of(app, token);
    if subscription.is_some() {
        guess.was_right();
    }
    Ok(subscription)
}

fn useless(words: Words) -> Response {
    let text = escape(&words.link_useless_text());
    let page = shown(words, &words.link_useless_title(), &paragraph(&text, INK));
    (StatusCode::NOT_FOUND, question(page)).into_response()
}

fn shown(words: Words, title: &str, inside: &str) -> String {
    let heading = format!(
        "<h1 style=\"margin:0 0 12px;font-size:20px;line-height:26px\">{}</h1>",
        escape(title)
    );
    page(words.0.as_str(), title, &(heading + inside))
}
