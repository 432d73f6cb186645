//! The rows: one for each message to one address, and one for what several of them say alike.

use diesel::prelude::*;
use esteira_shared::{
    dto::emails::{EmailAttachmentDto, SentEmailDetailDto, SentEmailDto, SentEmailQuery},
    ids::{EmailContentId, EmailId, JobId, OrganizationId, ScheduleRunId},
    instant::Instant,
    page::Page,
    reason::Reason,
    status::EmailStatus,
};

use super::outbox::UNSUBSCRIBE;
use crate::{
    app::App,
    db::{
        DbConn, RunQueryDsl, Tx, paging,
        schema::{email_contents, emails},
        search::{like, lower},
    },
    error::{AppError, AppResult},
    integrations::smtp::{Attachment, Letter},
    language::told,
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = emails, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Email {
    pub(super) id: EmailId,
    pub(super) organization_id: OrganizationId,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) content_id: EmailContentId,
    pub(super) unsubscribe_url: Option<String>,
    pub(super) status: EmailStatus,
    pub(super) tries: i32,
    /// A try is under way since then, or its end was never written.
    pub(super) trying_since: Option<Instant>,
    pub(super) uncertain: bool,
    pub(super) last_error: Option<Reason>,
    pub(super) last_answer: Option<String>,
    pub(super) job_id: JobId,
    pub(super) schedule_run_id: Option<ScheduleRunId>,
    pub(super) created_at: Instant,
    pub(super) tried_at: Option<Instant>,
    pub(super) sent_at: Option<Instant>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = email_contents, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Content {
    pub(super) id: EmailContentId,
    pub(super) organization_id: OrganizationId,
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) attachment_name: Option<String>,
    pub(super) attachment: Option<String>,
    pub(super) created_at: Instant,
}

impl Email {
    pub(super) async fn find(conn: &mut DbConn, organization: OrganizationId, id: EmailId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| emails::table
            .filter(emails::organization_id.eq(organization).and(emails::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("e-mail"))
    }

    /// The row, held until the transaction ends.
    pub(super) async fn lock(tx: &mut Tx, organization: OrganizationId, id: EmailId) -> QueryResult<Option<Self>> {
        locked!(
            tx,
            for_update,
            emails::table
                .filter(emails::organization_id.eq(organization).and(emails::id.eq(id)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )
    }

    /// Those that a run wrote, in the order in which it wrote them.
    pub(super) async fn of_run(
        conn: &mut DbConn,
        organization: OrganizationId,
        run: ScheduleRunId,
    ) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| emails::table
            .filter(emails::organization_id.eq(organization))
            .filter(emails::schedule_run_id.eq(Some(run)))
            .order(emails::id)
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// What is sent. In place of [`UNSUBSCRIBE`] stands the reader's own link.
    pub(super) fn letter(&self, content: Content) -> Letter {
        let own = |text: String| match &self.unsubscribe_url {
            Some(url) => text.replace(UNSUBSCRIBE, url),
            None => text,
        };
        Letter {
            id: self.id,
            to: self.recipient.clone(),
            subject: self.subject.clone(),
            text: own(content.text),
            // The link has no sign that means something in HTML.
            html: content.html.map(own),
            attachment: content
                .attachment_name
                .zip(content.attachment)
                .map(|(filename, csv)| Attachment { filename, csv }),
            unsubscribe_url: self.unsubscribe_url.clone(),
            written_at: self.created_at,
        }
    }

    pub(super) fn into_dto(self) -> SentEmailDto {
        let (last_error, last_error_coded) = self.last_error.as_ref().map(told).unzip();
        SentEmailDto {
            id: self.id,
            to: self.recipient,
            subject: self.subject,
            status: self.status,
            tries: self.tries,
            uncertain: self.uncertain,
            last_error,
            last_error_coded,
            job_id: self.job_id,
            schedule_run_id: self.schedule_run_id,
            created_at: self.created_at,
            tried_at: self.tried_at,
            sent_at: self.sent_at,
        }
    }
}

impl Content {
    pub(super) async fn of(conn: &mut DbConn, email: &Email) -> AppResult<Self> {
        Ok(with_conn!(conn, |c| email_contents::table
            .filter(email_contents::organization_id.eq(email.organization_id))
            .filter(email_contents::id.eq(email.content_id))
            .select(Self::as_select())
            .first(c)
            .await)?)
    }
}

/// Newest first.
pub(super) async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &SentEmailQuery,
) -> AppResult<Page<SentEmailDto>> {
    let limit = paging::limit(query.limit)?;
    let before: Option<EmailId> = paging::cursor(query.cursor.as_deref())?;
    let rows: Vec<Email> = with_conn!(conn, |c| {
        let mut found = emails::table
            .filter(emails::organization_id.eq(organization))
            .order(emails::id.desc())
            .limit(limit + 1)
            .select(Email::as_select())
            .into_boxed();
        if let Some(id) = before {
            found = found.filter(emails::id.lt(id));
        }
        if let Some(status) = query.status {
            found = found.filter(emails::status.eq(status));
        }
        if let Some(run) = query.schedule_run_id {
            found = found.filter(emails::schedule_run_id.eq(Some(run)));
        }
        if let Some(pattern) = query.q.as_deref().and_then(like) {
            found = found.filter(lower(emails::recipient).like(pattern));
        }
        found.load(c).await
    })?;
    Ok(paging::cut(rows, limit, |row| row.id).map(Email::into_dto))
}

/// One with what was written and answered.
pub(super) async fn detail(app: &App, organization: OrganizationId, id: EmailId) -> AppResult<SentEmailDetailDto> {
    let mut conn = app.db.read().await?;
    let conn = &mut conn;
    let email = Email::find(conn, organization, id).await?;
    let content = Content::of(conn, &email).await?;
    let size = content.attachment.as_ref().map_or(0, String::len);
    Ok(SentEmailDetailDto {
        message_id: app.mailer.as_ref().map(|mailer| mailer.message_id(id)),
        last_answer: email.last_answer.clone(),
        text: shown(content.text),
        has_html: content.html.is_some(),
        attachment: content.attachment_name.map(|filename| EmailAttachmentDto {
            filename,
            size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
        }),
        email: email.into_dto(),
    })
}

/// For others than the reader: their link is theirs alone.
pub(super) fn shown(text: String) -> String {
    text.replace(UNSUBSCRIBE, "…")
}
