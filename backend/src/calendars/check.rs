//! The built-in national holidays against what a service outside says. It only tells differences: a law is looked up by a
//! person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use diesel::prelude::*;
use esteira_shared::{
    dto::calendars::CalendarCheckDto,
    error::ErrorCode,
    ids::OrganizationId,
    reason::{Reason, ReasonDto},
    schedule::{BuiltIn, CalendarDay, HolidayKind},
};

use super::list::NATIONAL;
use crate::{
    app::App,
    db::{
        RunQueryDsl, Tx,
        schema::{holiday_checks, organizations},
    },
    error::{AppError, AppResult},
    fold::fold,
    integrations::holidays::{ToldHoliday, holidays_of},
    language, mail, with_conn,
};

/// National holidays and the days on which offices close by decree.
const WITH_OPTIONAL: &str = "br-banking";
const DECEMBER: u32 = 12;

/// Asks the service about a year.
///
/// # Errors
/// `holidays_not_configured`. What the service does wrong stands in the answer.
pub(super) async fn check(app: &App, year: i32) -> AppResult<CalendarCheckDto> {
    let Some(address) = &app.config.holidays_url else {
        let message = "set ESTEIRA_HOLIDAYS_URL first";
        return Err(AppError::new(ErrorCode::HolidaysNotConfigured, message));
    };
    Ok(match holidays_of(&app.outbound, address, year).await {
        Ok(told) => compare(year, &told),
        Err(reason) => CalendarCheckDto {
            year,
            failure: Some(ReasonDto::new(&reason, language::current())),
            ..CalendarCheckDto::default()
        },
    })
}

/// Compares by date. What they call a day decides its kind, not their `type`.
fn compare(year: i32, told: &[ToldHoliday]) -> CalendarCheckDto {
    let mut check = CalendarCheckDto {
        year,
        ..CalendarCheckDto::default()
    };
    let known = BuiltIn::named(WITH_OPTIONAL);
    let mut theirs: BTreeSet<NaiveDate> = BTreeSet::new();
    for ToldHoliday { date, name } in told {
        let day = |kind| CalendarDay {
            date: *date,
            yearly: false,
            name: name.clone(),
            kind,
        };
        let Some(kind) = kind_of(name) else {
            check.ignored.push(day(HolidayKind::Optional));
            continue;
        };
        if !theirs.insert(*date) {
            continue;
        }
        if known.is_some_and(|calendar| calendar.holiday(*date).is_some()) {
            check.same += 1;
        } else {
            check.unknown.push(day(kind));
        }
    }
    let mut ours: BTreeMap<NaiveDate, CalendarDay> = BTreeMap::new();
    for law in BuiltIn::named(NATIONAL).into_iter().flat_map(BuiltIn::days) {
        if let Some(date) = law.date(year) {
            ours.entry(date).or_insert_with(|| CalendarDay {
                date,
                yearly: false,
                name: law.name.to_owned(),
                kind: law.kind,
            });
        }
    }
    ours.retain(|date, _| !theirs.contains(date));
    check.missing = ours.into_values().collect();
    check
}

/// `None` for a day that is no holiday although it is on the list.
fn kind_of(name: &str) -> Option<HolidayKind> {
    let name = fold(name);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["pascoa", "easter"]) {
        None
    } else if has(&[
        "carnaval",
        "corpus christi",
        "cinzas",
        "vespera",
        "servidor publico",
        "facultativo",
    ]) {
        Some(HolidayKind::Optional)
    } else {
        Some(HolidayKind::National)
    }
}

/// Once a year, in December: asks about the next year and tells the administrators of each organisation when the two
/// differ. Does nothing without the setting.
///
/// # Errors
/// When the database does not answer.
pub async fn check_next_year(app: &App) -> anyhow::Result<()> {
    let Some(address) = &app.config.holidays_url else {
        return Ok(());
    };
    let today = app.clock.now();
    if today.month() != DECEMBER {
        return Ok(());
    }
    let year = today.year() + 1;
    let waiting = waiting(app, year).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let told = match holidays_of(&app.outbound, address, year).await {
        Ok(told) => told,
        Err(reason) => {
            tracing::warn!(year, reason = reason.code(), "the yearly check of holidays waits");
            return Ok(());
        }
    };
    let check = compare(year, &told);
    let differences = check.unknown.len() + check.missing.len();
    for organization in waiting {
        let mut tx = app.db.begin().await?;
        // Another replica may have been faster.
        if !claim(&mut tx, organization, year, differences).await? {
            continue;
        }
        if differences > 0 {
            let subject = Reason::HolidaysDifferSubject { year };
            let text = Reason::HolidaysDifferMail {
                year,
                unknown: named(&check.unknown),
                missing: named(&check.missing),
            };
            mail::tell_admins(&mut tx, organization, &subject, &text).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Organisations for which nobody compared that year yet.
async fn waiting(app: &App, year: i32) -> anyhow::Result<Vec<OrganizationId>> {
    let mut conn = app.db.read().await?;
    let checked: Vec<OrganizationId> = with_conn!(&mut conn, |c| holiday_checks::table
        .filter(holiday_checks::year.eq(year))
        .select(holiday_checks::organization_id)
        .load(c)
        .await)?;
    let mut all: Vec<OrganizationId> = with_conn!(&mut conn, |c| organizations::table
        .order(organizations::id)
        .select(organizations::id)
        .load(c)
        .await)?;
    let checked: BTreeSet<OrganizationId> = checked.into_iter().collect();
    all.retain(|organization| !checked.contains(organization));
    Ok(all)
}

/// Writes that the year was compared; false when it had been already.
async fn claim(tx: &mut Tx, organization: OrganizationId, year: i32, differences: usize) -> QueryResult<bool> {
    let row = (
        holiday_checks::organization_id.eq(organization),
        holiday_checks::year.eq(year),
        holiday_checks::differences.eq(i32::try_from(differences).unwrap_or(i32::MAX)),
        holiday_checks::checked_at.eq(tx.now()),
    );
    let written = with_conn!(tx.conn(), |c| diesel::insert_into(holiday_checks::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(written == 1)
}

/// `21/04 Tiradentes, 01/05 …`, as an e-mail lists them.
fn named(days: &[CalendarDay]) -> String {
    if days.is_empty() {
        return "–".to_owned();
    }
    let days: Vec<String> = days
        .iter()
        .map(|day| format!("{:02}/{:02} {}", day.date.day(), day.date.month(), day.name))
        .collect();
    days.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(days: &[(&str, &str)]) -> Vec<ToldHoliday> {
        days.iter()
            .map(|(date, name)| ToldHoliday {
                date: date.parse().unwrap_or_default(),
                name: (*name).to_owned(),
            })
            .collect()
    }

    /// As BrasilAPI answers for 2026.
    const THEIRS: [(&str, &str); 13] = [
        ("2026-01-01", "Confraternização mundial"),
        ("2026-02-17", "Carnaval"),
        ("2026-04-03", "Sexta-feira Santa"),
        ("2026-04-05", "Páscoa"),
        ("2026-04-21", "Tiradentes"),
        ("2026-05-01", "Dia do trabalho"),
        ("2026-06-04", "Corpus Christi"),
        ("2026-09-07", "Independência do Brasil"),
        ("2026-10-12", "Nossa Senhora Aparecida"),
        ("2026-11-02", "Finados"),
        ("2026-11-15", "Proclamação da República"),
        ("2026-11-20", "Dia da consciência negra"),
        ("2026-12-25", "Natal"),
    ];

    #[test]
    fn their_list_is_ours_but_for_easter() {
        let check = compare(2026, &told(&THEIRS));
        assert_eq!((check.same, check.unknown.len(), check.missing.len()), (12, 0, 0));
        assert_eq!(named(&check.ignored), "05/04 Páscoa");
    }

    #[test]
    fn what_one_of_both_lacks_is_told() {
        let mut days = told(&THEIRS);
        days.retain(|day| day.name != "Natal");
        days.extend(told(&[
            ("2026-08-11", "Dia do Advogado"),
            ("2026-10-28", "Dia do Servidor Público"),
        ]));
        let check = compare(2026, &days);
        assert_eq!(check.same, 11);
        assert_eq!(
            named(&check.unknown),
            "11/08 Dia do Advogado, 28/10 Dia do Servidor Público"
        );
        assert_eq!(
            check.unknown.iter().map(|day| day.kind).collect::<Vec<_>>(),
            [HolidayKind::National, HolidayKind::Optional]
        );
        assert_eq!(named(&check.missing), "25/12 Natal");
    }
}
