//! The rows of imports.

use diesel::prelude::*;
use esteira_shared::{
    dto::calendars::{
        CalendarChangedDay, CalendarDiff, CalendarFormat, CalendarImport, CalendarImportDto, CalendarImportQuery,
    },
    ids::{CalendarId, CalendarImportId, OrganizationId},
    instant::Instant,
    page::Page,
    schedule::CalendarDay,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    auth::Actor,
    calendars::model::Calendar,
    db::{DbConn, RunQueryDsl, Tx, paging, schema::calendar_imports, sql_types::Json},
    error::{AppError, AppResult},
    with_conn,
};

/// What lists show of an import.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = calendar_imports, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct Import {
    id: CalendarImportId,
    file_name: String,
    format: CalendarFormat,
    added_days: i32,
    changed_days: i32,
    removed_days: i32,
    imported_by: String,
    imported_at: Instant,
    undone_by: Option<String>,
    undone_at: Option<Instant>,
}

impl Import {
    fn into_dto(self) -> CalendarImportDto {
        CalendarImportDto {
            id: self.id,
            file_name: self.file_name,
            format: self.format,
            added: self.added_days.into(),
            changed: self.changed_days.into(),
            removed: self.removed_days.into(),
            by: self.imported_by,
            at: self.imported_at,
            undone_by: self.undone_by,
            undone_at: self.undone_at,
        }
    }
}

/// The imports into a calendar that changed something, newest first.
///
/// # Errors
/// `not_found`.
pub(in crate::calendars) async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    name: &str,
    query: &CalendarImportQuery,
) -> AppResult<Page<CalendarImportDto>> {
    let calendar = Calendar::own(conn, organization, name).await?;
    let limit = paging::limit(query.limit)?;
    let before: Option<CalendarImportId> = paging::cursor(query.cursor.as_deref())?;
    let rows: Vec<Import> = with_conn!(conn, |c| {
        let mut found = calendar_imports::table
            .filter(
                calendar_imports::organization_id
                    .eq(organization)
                    .and(calendar_imports::calendar_id.eq(calendar.id)),
            )
            .order(calendar_imports::id.desc())
            .limit(limit + 1)
            .select(Import::as_select())
            .into_boxed();
        if let Some(id) = before {
            found = found.filter(calendar_imports::id.lt(id));
        }
        found.load(c).await
    })?;
    Ok(paging::cut(rows, limit, |row| row.id).map(Import::into_dto))
}

/// Keeps what an import changed.
pub(super) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    calendar: CalendarId,
    request: &CalendarImport,
    diff: &CalendarDiff,
    removes: bool,
) -> AppResult<CalendarImportId> {
    let id = CalendarImportId(Uuid::now_v7());
    let removed = if removes { diff.missing.as_slice() } else { &[] };
    let row = (
        calendar_imports::id.eq(id),
        calendar_imports::organization_id.eq(actor.organization_id),
        calendar_imports::calendar_id.eq(calendar),
        calendar_imports::file_name.eq(request.file_name.trim()),
        calendar_imports::format.eq(request.format),
        calendar_imports::added.eq(written(&diff.added)?),
        calendar_imports::changed.eq(written(&diff.changed)?),
        calendar_imports::removed.eq(written(removed)?),
        calendar_imports::added_days.eq(count(diff.added.len())),
        calendar_imports::changed_days.eq(count(diff.changed.len())),
        calendar_imports::removed_days.eq(count(removed.len())),
        calendar_imports::imported_by.eq(&actor.name),
        calendar_imports::imported_at.eq(tx.now()),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(calendar_imports::table)
        .values(row)
        .execute(c)
        .await)?;
    Ok(id)
}

/// What an import changed.
pub(super) struct Changes {
    pub(super) added: Vec<CalendarDay>,
    pub(super) changed: Vec<CalendarChangedDay>,
    pub(super) removed: Vec<CalendarDay>,
    pub(super) is_undone: bool,
}

/// # Errors
/// `not_found`.
pub(super) async fn changes(conn: &mut DbConn, calendar: &Calendar, id: CalendarImportId) -> AppResult<Changes> {
    type Kept = (Json, Json, Json, Option<Instant>);
    let found: Option<Kept> = with_conn!(conn, |c| calendar_imports::table
        .filter(
            calendar_imports::organization_id
                .eq(calendar.organization_id)
                .and(calendar_imports::calendar_id.eq(calendar.id))
                .and(calendar_imports::id.eq(id))
        )
        .select((
            calendar_imports::added,
            calendar_imports::changed,
            calendar_imports::removed,
            calendar_imports::undone_at,
        ))
        .first(c)
        .await
        .optional())?;
    let (added, changed, removed, undone_at) = found.ok_or_else(|| AppError::not_found("import"))?;
    Ok(Changes {
        added: read(added)?,
        changed: read(changed)?,
        removed: read(removed)?,
        is_undone: undone_at.is_some(),
    })
}

/// Notes who took it back.
pub(super) async fn set_undone(tx: &mut Tx, actor: &Actor, id: CalendarImportId) -> QueryResult<()> {
    let row = calendar_imports::organization_id
        .eq(actor.organization_id)
        .and(calendar_imports::id.eq(id));
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(calendar_imports::table.filter(row))
        .set((
            calendar_imports::undone_by.eq(Some(&actor.name)),
            calendar_imports::undone_at.eq(Some(now)),
        ))
        .execute(c)
        .await)
    .map(drop)
}

fn written<T: Serialize + ?Sized>(value: &T) -> AppResult<Json> {
    serde_json::to_value(value).map(Json).map_err(AppError::internal)
}

fn read<T: DeserializeOwned>(json: Json) -> AppResult<T> {
    serde_json::from_value(json.0).map_err(AppError::internal)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
