//! The rows of calendars and of their days.

use std::collections::BTreeMap;

use diesel::prelude::*;
use esteira_shared::{
    dto::calendars::{CalendarDto, DayKey},
    error::ErrorCode,
    ids::{CalendarDayId, CalendarId, OrganizationId},
    instant::Instant,
    schedule::{BuiltIn, CalendarDay, HolidayKind},
};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{calendar_days, calendars},
    },
    error::{AppError, AppResult},
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Calendar {
    pub(super) id: CalendarId,
    pub(super) organization_id: OrganizationId,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) version: i32,
}

impl Calendar {
    /// All of an organisation: there are [`esteira_shared::dto::calendars::CALENDARS`] at most.
    pub(super) async fn all(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| calendars::table
            .filter(calendars::organization_id.eq(organization))
            .order(calendars::name)
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// # Errors
    /// `not_found`, also of a built-in one.
    pub(super) async fn own(conn: &mut DbConn, organization: OrganizationId, name: &str) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| calendars::table
            .filter(
                calendars::organization_id
                    .eq(organization)
                    .and(calendars::name.eq(name))
            )
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| missing(name))
    }

    /// The row, held until the transaction ends: changes of one calendar follow each other.
    ///
    /// # Errors
    /// `not_found`; `version_conflict` when it is not of the version that somebody saw.
    pub(super) async fn lock(
        tx: &mut Tx,
        organization: OrganizationId,
        name: &str,
        version: Option<i32>,
    ) -> AppResult<Self> {
        let found: Option<Self> = locked!(
            tx,
            for_no_key_update,
            calendars::table
                .filter(
                    calendars::organization_id
                        .eq(organization)
                        .and(calendars::name.eq(name))
                )
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )?;
        let calendar = found.ok_or_else(|| missing(name))?;
        if version.is_some_and(|version| version != calendar.version) {
            return Err(AppError::version_conflict());
        }
        Ok(calendar)
    }

    /// Writes that it was changed, with its title. The caller holds the row.
    pub(super) async fn save(&mut self, tx: &mut Tx) -> QueryResult<()> {
        self.version += 1;
        self.updated_at = tx.now();
        let row = calendars::organization_id
            .eq(self.organization_id)
            .and(calendars::id.eq(self.id));
        with_conn!(tx.conn(), |c| diesel::update(calendars::table.filter(row))
            .set((
                calendars::title.eq(&self.title),
                calendars::updated_at.eq(self.updated_at),
                calendars::version.eq(self.version),
            ))
            .execute(c)
            .await)
        .map(drop)
    }

    pub(super) fn into_dto(self, days: i64, used_by: i64) -> CalendarDto {
        CalendarDto {
            id: Some(self.id),
            name: self.name,
            title: self.title,
            built_in: false,
            days,
            used_by,
            version: self.version,
        }
    }
}

fn missing(name: &str) -> AppError {
    match BuiltIn::named(name) {
        Some(_) => AppError::new(
            ErrorCode::NotFound,
            "built-in calendars are computed and cannot be changed; make one of your own beside it",
        ),
        None => AppError::not_found("calendar"),
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_days, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
struct Day {
    id: CalendarDayId,
    organization_id: OrganizationId,
    calendar_id: CalendarId,
    day: String,
    yearly: bool,
    name: String,
    kind: HolidayKind,
}

/// The days of a calendar by what they are called by; those of each year are of the year 2000.
pub(super) type Days = BTreeMap<DayKey, CalendarDay>;

/// The days as they are kept.
pub(super) struct KeptDays {
    pub(super) days: Days,
    /// More than one when something wrote a day of each year with several years.
    ids: Vec<(DayKey, CalendarDayId)>,
}

/// Rows written or deleted with one statement.
const CHUNK: usize = 500;

impl KeptDays {
    pub(super) async fn of(conn: &mut DbConn, calendar: &Calendar) -> QueryResult<Self> {
        let rows: Vec<Day> = with_conn!(conn, |c| calendar_days::table
            .filter(
                calendar_days::organization_id
                    .eq(calendar.organization_id)
                    .and(calendar_days::calendar_id.eq(calendar.id))
            )
            .order(calendar_days::day)
            .select(Day::as_select())
            .load(c)
            .await)?;
        let mut kept = Self {
            days: Days::new(),
            ids: Vec::new(),
        };
        for row in rows {
            let Ok(date) = row.day.parse() else { continue };
            let day = tidy(CalendarDay {
                date,
                yearly: row.yearly,
                name: row.name,
                kind: row.kind,
            });
            let key = DayKey::of(&day);
            kept.ids.push((key, row.id));
            kept.days.insert(key, day);
        }
        Ok(kept)
    }

    pub(super) fn list(&self) -> Vec<CalendarDay> {
        self.days.values().cloned().collect()
    }

    /// Makes the calendar's days those of `after`, and touches no others.
    pub(super) async fn write(&self, tx: &mut Tx, calendar: &Calendar, after: &Days) -> QueryResult<()> {
        let differs = |key: &DayKey| self.days.get(key) != after.get(key);
        let gone: Vec<CalendarDayId> = self
            .ids
            .iter()
            .filter(|(key, _)| differs(key))
            .map(|(_, id)| *id)
            .collect();
        for chunk in gone.chunks(CHUNK) {
            let rows = calendar_days::organization_id
                .eq(calendar.organization_id)
                .and(calendar_days::id.eq_any(chunk.to_vec()));
            with_conn!(tx.conn(), |c| diesel::delete(calendar_days::table.filter(rows))
                .execute(c)
                .await)?;
        }
        let new: Vec<Day> = after
            .iter()
            .filter(|(key, _)| differs(key))
            .map(|(_, day)| Day {
                id: CalendarDayId(Uuid::now_v7()),
                organization_id: calendar.organization_id,
                calendar_id: calendar.id,
                day: day.date.to_string(),
                yearly: day.yearly,
                name: day.name.clone(),
                kind: day.kind,
            })
            .collect();
        for chunk in new.chunks(CHUNK) {
            with_conn!(tx.conn(), |c| diesel::insert_into(calendar_days::table)
                .values(chunk)
                .execute(c)
                .await)?;
        }
        Ok(())
    }
}

/// A day as it is kept: of the year 2000 when it returns each year, its name on one line.
pub(super) fn tidy(day: CalendarDay) -> CalendarDay {
    CalendarDay {
        date: DayKey::of(&day).date().unwrap_or(day.date),
        name: day.name.split_whitespace().collect::<Vec<_>>().join(" "),
        ..day
    }
}

/// Days of each calendar of an organisation; those without any are missing.
pub(super) async fn day_counts(
    conn: &mut DbConn,
    organization: OrganizationId,
) -> QueryResult<BTreeMap<CalendarId, i64>> {
    let counts: Vec<(CalendarId, i64)> = with_conn!(conn, |c| calendar_days::table
        .filter(calendar_days::organization_id.eq(organization))
        .group_by(calendar_days::calendar_id)
        .select((calendar_days::calendar_id, diesel::dsl::count_star()))
        .load(c)
        .await)?;
    Ok(counts.into_iter().collect())
}

/// Days of one calendar.
pub(super) async fn day_count(conn: &mut DbConn, calendar: &Calendar) -> QueryResult<i64> {
    with_conn!(conn, |c| calendar_days::table
        .filter(
            calendar_days::organization_id
                .eq(calendar.organization_id)
                .and(calendar_days::calendar_id.eq(calendar.id))
        )
        .select(diesel::dsl::count_star())
        .first(c)
        .await)
}
