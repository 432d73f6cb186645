//! API tokens.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{ApiTokenCreate, ApiTokenCreated, ApiTokenDto, ApiTokenQuery, ApiTokenState},
    error::{FieldCode, FieldError},
    event::Topic,
    ids::{ApiTokenId, OrganizationId, UserId},
    instant::Instant,
    permission::Permission,
};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{
        Actor, Principal, api_token,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    bus::Signal,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{api_tokens, users},
        search::{like, lower},
        sql_types::Json,
    },
    error::{AppError, AppResult},
    with_conn,
};

#[derive(Insertable)]
#[diesel(table_name = api_tokens)]
#[diesel(treat_none_as_default_value = false)]
struct NewToken {
    id: ApiTokenId,
    organization_id: OrganizationId,
    name: String,
    scopes: Json,
    user_id: UserId,
    created_at: Instant,
    expires_at: Instant,
    last_used_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

type Row = (
    ApiTokenId,
    String,
    Json,
    String,
    Instant,
    Instant,
    Option<Instant>,
    Option<Instant>,
);

/// Tokens of an organisation that match, newest first; there are few.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &ApiTokenQuery,
    now: Instant,
) -> AppResult<Vec<ApiTokenDto>> {
    read(conn, organization, None, query, now).await
}

async fn read(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: Option<ApiTokenId>,
    query: &ApiTokenQuery,
    now: Instant,
) -> AppResult<Vec<ApiTokenDto>> {
    let rows: Vec<Row> = with_conn!(conn, |c| {
        let mut found = api_tokens::table
            .inner_join(users::table)
            .filter(api_tokens::organization_id.eq(organization))
            .order(api_tokens::id.desc())
            .select((
                api_tokens::id,
                api_tokens::name,
                api_tokens::scopes,
                users::name,
                api_tokens::created_at,
                api_tokens::expires_at,
                api_tokens::last_used_at,
                api_tokens::revoked_at,
            ))
            .into_boxed();
        if let Some(id) = id {
            found = found.filter(api_tokens::id.eq(id));
        }
        if let Some(part) = query.q.as_deref().and_then(like) {
            found = found.filter(lower(api_tokens::name).like(part));
        }
        if let Some(user) = query.user_id {
            found = found.filter(api_tokens::user_id.eq(user));
        }
        found = match query.state {
            None => found,
            Some(ApiTokenState::Revoked) => found.filter(api_tokens::revoked_at.is_not_null()),
            Some(ApiTokenState::Expired) => found
                .filter(api_tokens::revoked_at.is_null())
                .filter(api_tokens::expires_at.le(now)),
            Some(ApiTokenState::Active) => found
                .filter(api_tokens::revoked_at.is_null())
                .filter(api_tokens::expires_at.gt(now)),
        };
        found.load(c).await
    })?;
    rows.into_iter().map(dto).collect()
}

fn dto(
    (id, name, scopes, created_by, created_at, expires_at, last_used_at, revoked_at): Row,
) -> AppResult<ApiTokenDto> {
    let scopes: Vec<Permission> = serde_json::from_value(scopes.0).map_err(AppError::internal)?;
    Ok(ApiTokenDto {
        id,
        name,
        scopes,
        created_by,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
    })
}

/// Makes a token, and returns it for the only time.
///
/// # Errors
/// `forbidden` for a scope that its maker does not have; `validation` when it would outlive the token that makes it.
pub async fn create(
    app: &App,
    tx: &mut Tx,
    principal: &Principal,
    create: ApiTokenCreate,
) -> AppResult<ApiTokenCreated> {
    for scope in &create.scopes {
        principal.require(*scope)?;
    }
    let now = tx.now();
    let expires_at = now + TimeDelta::days(create.expires_in_days);
    if principal.ends_at().is_some_and(|end| expires_at > end) {
        let message = "a token makes none that outlives it";
        let error = FieldError::new("expires_in_days", FieldCode::BeyondOwnRights, message);
        return Err(AppError::validation(vec![error]));
    }
    let row = NewToken {
        id: ApiTokenId(Uuid::now_v7()),
        organization_id: principal.organization_id,
        name: create.name.trim().to_owned(),
        scopes: Json(serde_json::to_value(&create.scopes).map_err(AppError::internal)?),
        user_id: principal.user_id,
        created_at: now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(api_tokens::table)
        .values(&row)
        .execute(c)
        .await)?;
    let details = find(tx.conn(), principal.organization_id, row.id, now).await?;
    audit::record(
        tx,
        &principal.actor(),
        AuditAction::TokenCreate,
        subject(&details),
        NOTHING,
        Some(&details),
    )
    .await?;
    tx.changed(principal.organization_id, Topic::Tokens, row.id.0);
    Ok(ApiTokenCreated {
        token: api_token::sign(&app.auth, row.id, row.created_at, row.expires_at)?,
        details,
    })
}

/// Ends a token at once.
///
/// # Errors
/// `not_found`.
pub async fn revoke(tx: &mut Tx, actor: &Actor, id: ApiTokenId) -> AppResult<ApiTokenDto> {
    let now = tx.now();
    let before = find(tx.conn(), actor.organization_id, id, now).await?;
    let maker: Option<UserId> = with_conn!(tx.conn(), |c| diesel::update(
        api_tokens::table.filter(api_tokens::id.eq(id).and(api_tokens::revoked_at.is_null()))
    )
    .set(api_tokens::revoked_at.eq(Some(now)))
    .returning(api_tokens::user_id)
    .get_result(c)
    .await
    .optional())?;
    let after = find(tx.conn(), actor.organization_id, id, now).await?;
    audit::record(
        tx,
        actor,
        AuditAction::TokenRevoke,
        subject(&after),
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Tokens, id.0);
    // Streams of the token end; those of its maker, who need not be the one who revokes, are judged and go on.
    if let Some(user) = maker {
        tx.signal(Signal::AccessChanged { user });
    }
    Ok(after)
}

/// Ends every token that a person made.
///
/// # Errors
/// When the database refuses.
pub(super) async fn revoke_all_of(tx: &mut Tx, actor: &Actor, user: UserId) -> AppResult<()> {
    let query = ApiTokenQuery {
        state: Some(ApiTokenState::Active),
        user_id: Some(user),
        ..ApiTokenQuery::default()
    };
    let now = tx.now();
    for token in list(tx.conn(), actor.organization_id, &query, now).await? {
        revoke(tx, actor, token.id).await?;
    }
    Ok(())
}

async fn find(conn: &mut DbConn, organization: OrganizationId, id: ApiTokenId, now: Instant) -> AppResult<ApiTokenDto> {
    read(conn, organization, Some(id), &ApiTokenQuery::default(), now)
        .await?
        .pop()
        .ok_or_else(|| AppError::not_found("token"))
}

fn subject(token: &ApiTokenDto) -> Subject {
    Subject::new("token", token.id.0, &token.name)
}
