//! E-mails to people. They are written in the transaction of what they tell, each with the job that sends it, so that none
//! is lost and none tells what did not become true.

mod api;
mod tasks;

pub use tasks::send::SendEmail;

use diesel::prelude::*;
use esteira_shared::{
    ids::{JobId, OrganizationId},
    language::Language,
    permission::Role,
    reason::Reason,
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::SharedApp,
    db::{RunQueryDsl, Tx, schema::users},
    engine::{NewJob, enqueue},
    error::AppResult,
    routes, with_conn,
};

use self::tasks::send::SendPayload;

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::email::get_email))
        .routes(routes!(api::email::test_email))
}

/// Queues one e-mail, in the language of e-mails.
///
/// # Errors
/// When the database refuses.
pub async fn send(
    tx: &mut Tx,
    organization: OrganizationId,
    to: Vec<String>,
    subject: &Reason,
    text: &Reason,
) -> AppResult<JobId> {
    let payload = SendPayload {
        to,
        subject: subject.text(Language::default()),
        text: text.text(Language::default()),
    };
    enqueue(
        tx,
        NewJob::<SendEmail>::new(organization, "e-mail", payload).lane("email"),
    )
    .await
}

/// Tells every active administrator, each in a message of their own: an address that is refused stops nobody else's.
///
/// # Errors
/// When the database refuses.
pub async fn tell_admins(tx: &mut Tx, organization: OrganizationId, subject: &Reason, text: &Reason) -> AppResult<()> {
    let to: Vec<String> = with_conn!(tx.conn(), |c| users::table
        .filter(users::organization_id.eq(organization))
        .filter(users::role.eq(Role::Admin).and(users::active.eq(true)))
        .order(users::email)
        .select(users::email)
        .load(c)
        .await)?;
    for address in to {
        send(tx, organization, vec![address], subject, text).await?;
    }
    Ok(())
}
