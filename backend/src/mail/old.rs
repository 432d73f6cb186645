//! E-mails that were sent, or given up, long ago. All that say the same go together.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool},
};
use esteira_shared::{event::Topic, ids::EmailContentId, instant::Instant, status::EmailStatus};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        aged::{Age, Aged, BATCH, Old, Place, beginning},
        schema::{email_contents, emails},
        sql_types::{SqlInstant, SqlUuid},
    },
    with_conn,
};

/// What was written to one or several people, with the message to each.
pub struct OldEmails;

const BYTES: &str = "CAST(octet_length(email_contents.text) + coalesce(octet_length(email_contents.html), 0) \
    + coalesce(octet_length(email_contents.attachment_name), 0) \
    + coalesce(octet_length(email_contents.attachment), 0) AS bigint)";

const BYTES_OF_MESSAGES: &str = "CAST(sum(octet_length(recipient) + octet_length(subject) \
    + coalesce(octet_length(unsubscribe_url), 0) + coalesce(octet_length(last_error), 0) \
    + coalesce(octet_length(last_answer), 0)) AS bigint)";

/// None of its messages is young or is still to be sent. A macro, because each use is a type of its own.
macro_rules! without_young_messages {
    ($age:expr) => {
        sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM emails WHERE emails.organization_id = email_contents.organization_id \
             AND emails.content_id = email_contents.id AND (emails.status = 'pending' OR emails.created_at >= ",
        )
        .bind::<SqlInstant, _>($age.before)
        .sql("))")
    };
}

impl Aged for OldEmails {
    type Id = EmailContentId;

    async fn old(
        conn: &mut DbConn,
        age: Age,
        after: Option<Place<EmailContentId>>,
    ) -> QueryResult<Vec<Old<EmailContentId>>> {
        let (at, id) = after.unwrap_or((beginning(), EmailContentId(Uuid::nil())));
        let beyond = sql::<Bool>("(email_contents.created_at, email_contents.id) > (")
            .bind::<SqlInstant, _>(at)
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(EmailContentId, Instant, i64)> = with_conn!(conn, |c| email_contents::table
            .filter(email_contents::organization_id.eq(age.organization))
            .filter(email_contents::created_at.lt(age.before))
            .filter(beyond)
            .filter(without_young_messages!(age))
            .order((email_contents::created_at, email_contents::id))
            .limit(BATCH)
            .select((email_contents::id, email_contents::created_at, sql::<BigInt>(BYTES)))
            .load(c)
            .await)?;
        let ids: Vec<EmailContentId> = found.iter().map(|(id, ..)| *id).collect();
        let messages: Vec<(EmailContentId, i64, i64)> = with_conn!(conn, |c| emails::table
            .filter(emails::organization_id.eq(age.organization))
            .filter(emails::content_id.eq_any(ids))
            .group_by(emails::content_id)
            .select((emails::content_id, count_star(), sql::<BigInt>(BYTES_OF_MESSAGES)))
            .load(c)
            .await)?;
        let messages: HashMap<EmailContentId, (i64, i64)> = messages
            .into_iter()
            .map(|(id, count, bytes)| (id, (count, bytes)))
            .collect();
        let old = |(id, at, bytes): (EmailContentId, Instant, i64)| {
            let (count, more) = messages.get(&id).copied().unwrap_or_default();
            Old {
                at,
                id,
                count,
                rows: 1 + count,
                bytes: bytes + more,
            }
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<EmailContentId>) -> QueryResult<Vec<EmailContentId>> {
        // Asked again: somebody may be sending one once more.
        let still: Vec<EmailContentId> = with_conn!(tx.conn(), |c| email_contents::table
            .filter(
                email_contents::organization_id
                    .eq(age.organization)
                    .and(email_contents::id.eq_any(ids))
            )
            .filter(without_young_messages!(age))
            .select(email_contents::id)
            .load(c)
            .await)?;
        let messages = emails::table
            .filter(
                emails::organization_id
                    .eq(age.organization)
                    .and(emails::content_id.eq_any(still.clone())),
            )
            .filter(emails::status.ne(EmailStatus::Pending));
        with_conn!(tx.conn(), |c| diesel::delete(messages).execute(c).await)?;
        let contents = email_contents::table
            .filter(
                email_contents::organization_id
                    .eq(age.organization)
                    .and(email_contents::id.eq_any(still)),
            )
            .filter(sql::<Bool>(
                "NOT EXISTS (SELECT 1 FROM emails WHERE emails.content_id = email_contents.id)",
            ));
        let gone: Vec<EmailContentId> = with_conn!(tx.conn(), |c| diesel::delete(contents)
            .returning(email_contents::id)
            .load(c)
            .await)?;
        tx.changed(age.organization, Topic::Emails, None);
        Ok(gone)
    }
}
