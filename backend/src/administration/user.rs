//! People.

use diesel::prelude::*;
use esteira_shared::{
    dto::administration::{UserCreate, UserDto, UserQuery, UserUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{OrganizationId, SessionId, UserId},
    instant::Instant,
    page::Page,
    permission::{Permission, Role},
};
use uuid::Uuid;

use crate::{
    administration::{organization, token},
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING, Subject},
        session,
    },
    db::{
        DbConn, RunQueryDsl, Tx, paging,
        schema::users,
        search::{like, lower},
    },
    error::{AppError, AppResult, is_unique_violation},
    integrations::smtp::is_address,
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub password_hash: String,
    pub active: bool,
    pub last_sign_in_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl User {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: UserId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| users::table
            .filter(users::organization_id.eq(organization).and(users::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// For signing in, where the organisation is not known yet.
    pub async fn by_email(conn: &mut DbConn, email: &str) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| users::table
            .filter(users::email.eq(normal_email(email)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Newest first.
    pub async fn list(conn: &mut DbConn, organization: OrganizationId, query: &UserQuery) -> AppResult<Page<UserDto>> {
        let limit = paging::limit(query.limit)?;
        let after: Option<UserId> = paging::cursor(query.cursor.as_deref())?;
        let rows: Vec<Self> = with_conn!(conn, |c| {
            let mut found = users::table
                .filter(users::organization_id.eq(organization))
                .select(Self::as_select())
                .order(users::id.desc())
                .limit(limit + 1)
                .into_boxed();
            if let Some(after) = after {
                found = found.filter(users::id.lt(after));
            }
            if let Some(part) = query.q.as_deref().and_then(like) {
                found = found.filter(lower(users::name).like(part.clone()).or(users::email.like(part)));
            }
            if let Some(role) = query.role {
                found = found.filter(users::role.eq(role));
            }
            if let Some(active) = query.active {
                found = found.filter(users::active.eq(active));
            }
            found.load(c).await
        })?;
        Ok(paging::cut(rows, limit, |user| user.id).map(Self::into_dto))
    }

    #[must_use]
    pub fn into_dto(self) -> UserDto {
        UserDto {
            id: self.id,
            name: self.name,
            email: self.email,
            role: self.role,
            active: self.active,
            last_sign_in_at: self.last_sign_in_at,
            created_at: self.created_at,
            version: self.version,
        }
    }
}

fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Adds a person. The password comes hashed: that takes long, and a transaction must not wait for it.
///
/// # Errors
/// `validation` when the e-mail is taken, or none that a message can be written to.
pub async fn create(tx: &mut Tx, actor: &Actor, create: &UserCreate, hash: String) -> AppResult<UserDto> {
    let now = tx.now();
    let email = normal_email(&create.email);
    if !is_address(&email) {
        return Err(AppError::validation(vec![FieldError::new(
            "email",
            FieldCode::Invalid,
            "must be an e-mail address such as ana@example.com",
        )]));
    }
    let row = User {
        id: UserId(Uuid::now_v7()),
        organization_id: actor.organization_id,
        name: create.name.trim().to_owned(),
        email,
        role: create.role,
        password_hash: hash,
        active: true,
        last_sign_in_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(users::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(|error| {
        if is_unique_violation(&error) {
            AppError::validation(vec![FieldError::new(
                "email",
                FieldCode::Taken,
                "somebody has this e-mail already",
            )])
        } else {
            error.into()
        }
    })?;
    let dto = row.into_dto();
    audit::record(tx, actor, AuditAction::UserCreate, subject(&dto), NOTHING, Some(&dto)).await?;
    tx.changed(actor.organization_id, Topic::Users, dto.id.0);
    Ok(dto)
}

/// Refuses a role with rights that `principal` does not have. A person who may manage users has every right; a token has
/// those of its scopes, and must not give itself more by way of a person.
///
/// # Errors
/// `validation` of the role.
pub fn may_give(principal: &Principal, role: Role) -> AppResult<()> {
    if role.permissions().into_iter().all(|right| principal.may(right)) {
        return Ok(());
    }
    let message = "a token gives and changes no more rights than it has";
    let error = FieldError::new("role", FieldCode::BeyondOwnRights, message);
    Err(AppError::validation(vec![error]))
}

/// Changes a person. Less rights, a new password or deactivation end their sessions everywhere.
///
/// # Errors
/// `not_found`, `version_conflict`, `last_administrator`, `validation` of the role; `forbidden` when tokens are to end and
/// `principal` may not manage them.
pub async fn update(
    tx: &mut Tx,
    principal: &Principal,
    id: UserId,
    update: UserUpdate,
    hash: Option<String>,
) -> AppResult<UserDto> {
    let actor = &principal.actor();
    // Two administrators who demote each other do so one after the other.
    organization::take_turns(tx, actor.organization_id).await?;
    let before = User::find(tx.conn(), actor.organization_id, id)
        .await?
        .ok_or_else(|| AppError::not_found("user"))?;
    may_give(principal, before.role)?;
    may_give(principal, update.role)?;
    let loses_admin = before.role == Role::Admin && before.active && (update.role != Role::Admin || !update.active);
    if loses_admin && other_admins(tx.conn(), actor.organization_id, id).await? == 0 {
        let message = "this is the last active administrator; make somebody else one first";
        return Err(AppError::new(ErrorCode::LastAdministrator, message));
    }
    let hash = hash.unwrap_or_else(|| before.password_hash.clone());
    let now = tx.now();
    let changed = with_conn!(tx.conn(), |c| diesel::update(
        users::table.filter(users::id.eq(id).and(users::version.eq(update.version)))
    )
    .set((
        users::name.eq(update.name.trim()),
        users::role.eq(update.role),
        users::active.eq(update.active),
        users::password_hash.eq(hash),
        users::updated_at.eq(now),
        users::version.eq(users::version + 1),
    ))
    .execute(c)
    .await)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    if update.role != before.role || !update.active || update.password.is_some() {
        session::end_all(tx, id, None).await?;
    }
    if update.end_tokens {
        principal.require(Permission::ManageTokens)?;
        token::revoke_all_of(tx, actor, id).await?;
    }
    let after = User::find(tx.conn(), actor.organization_id, id)
        .await?
        .ok_or_else(|| AppError::not_found("user"))?;
    let (before, after) = (before.into_dto(), after.into_dto());
    let action = if update.password.is_some() {
        AuditAction::UserResetPassword
    } else {
        AuditAction::UserUpdate
    };
    audit::record(tx, actor, action, subject(&after), Some(&before), Some(&after)).await?;
    tx.changed(actor.organization_id, Topic::Users, id.0);
    Ok(after)
}

async fn other_admins(conn: &mut DbConn, organization: OrganizationId, but: UserId) -> QueryResult<i64> {
    with_conn!(conn, |c| users::table
        .filter(users::organization_id.eq(organization).and(users::id.ne(but)))
        .filter(users::role.eq(Role::Admin).and(users::active.eq(true)))
        .count()
        .get_result(c)
        .await)
}

/// Starts a session for somebody whose password was right, and returns the cookie's value. The session that came along,
/// `old`, is not taken over: it ends.
///
/// # Errors
/// `invalid_credentials` when the password was changed meanwhile: checking it takes a while.
pub async fn sign_in(
    tx: &mut Tx,
    user: &User,
    old: Option<&str>,
    address: String,
    user_agent: String,
) -> AppResult<String> {
    let now = tx.now();
    // This holds the row: a reset waits for it, and then ends the session that begins here.
    let same = users::id
        .eq(user.id)
        .and(users::active.eq(true))
        .and(users::password_hash.eq(user.password_hash.as_str()));
    let found = with_conn!(tx.conn(), |c| diesel::update(users::table.filter(same))
        .set(users::last_sign_in_at.eq(Some(now)))
        .execute(c)
        .await)?;
    if found == 0 {
        return Err(wrong_credentials());
    }
    if let Some(old) = old {
        session::end_by_token(tx, old).await?;
    }
    let token = session::start(tx, user.organization_id, user.id, address, user_agent).await?;
    let actor = Actor {
        name: user.name.clone(),
        user_id: Some(user.id),
        ..Actor::system(user.organization_id)
    };
    let subject = subject(&user.clone().into_dto());
    audit::record(tx, &actor, AuditAction::SessionStart, subject, NOTHING, NOTHING).await?;
    Ok(token)
}

pub fn wrong_credentials() -> AppError {
    AppError::new(ErrorCode::InvalidCredentials, "the e-mail or the password is not right")
}

/// Sets one's own password, hashed, and ends all other sessions; the caller has verified the old one, which `user` still had.
///
/// # Errors
/// `invalid_credentials` when an administrator set another or deactivated the person meanwhile: that stays.
pub async fn change_password(
    tx: &mut Tx,
    actor: &Actor,
    user: User,
    hash: String,
    current: SessionId,
) -> AppResult<()> {
    let now = tx.now();
    let same = users::id
        .eq(user.id)
        .and(users::active.eq(true))
        .and(users::password_hash.eq(user.password_hash.as_str()));
    let found = with_conn!(tx.conn(), |c| diesel::update(users::table.filter(same))
        .set((
            users::password_hash.eq(hash),
            users::updated_at.eq(now),
            users::version.eq(users::version + 1)
        ))
        .execute(c)
        .await)?;
    if found == 0 {
        return Err(wrong_credentials());
    }
    session::end_all(tx, user.id, Some(current)).await?;
    let subject = subject(&user.into_dto());
    audit::record(tx, actor, AuditAction::UserChangePassword, subject, NOTHING, NOTHING).await
}

pub fn subject(user: &UserDto) -> Subject {
    Subject::new("user", user.id.0, &user.name)
}
