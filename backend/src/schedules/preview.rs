//! What a schedule will do, saved or not.

use esteira_shared::{
    dto::schedules::SchedulePreviewQuery,
    error::{FieldCode, FieldError},
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    language::Language,
    schedule::{self, Calendars, PREVIEW_COUNT, Preview, PreviewRequest, Schedule, zone::Iana},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{check, view};
use crate::{
    db::DbConn,
    error::{AppError, AppResult},
    http::extract,
    language,
};

/// Shown when nobody says how many.
const COUNT: u32 = 10;

/// Of a [`PreviewRequest`] what is not the schedule. The two are read apart, so that a refusal names the field.
#[derive(Deserialize)]
struct Asked {
    from: Instant,
    #[serde(default = "ten")]
    count: u32,
}

const fn ten() -> u32 {
    COUNT
}

/// # Errors
/// `validation`, naming each field that cannot be read.
pub(super) fn read(body: &[u8]) -> AppResult<PreviewRequest> {
    match (extract::parse::<Schedule>(body), extract::parse::<Asked>(body)) {
        (Ok(schedule), Ok(Asked { from, count })) => Ok(PreviewRequest { schedule, from, count }),
        (Err(schedule), Err(asked)) if !schedule.fields().is_empty() => {
            let fields = schedule.fields().iter().chain(asked.fields());
            Err(AppError::validation(fields.cloned().collect()))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Of a schedule that is not saved.
///
/// # Errors
/// `validation`.
pub(super) fn draft(request: &PreviewRequest, calendars: &Calendars, language: Language) -> AppResult<Preview> {
    schedule::preview(request, &Iana, calendars, language).map_err(|problems| check::refused(&problems, ""))
}

/// Of a saved one, with its own jitter.
///
/// # Errors
/// `not_found`; `validation` of what is asked, and of a rule that can no longer be planned.
pub(super) async fn saved(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ScheduleId,
    query: &SchedulePreviewQuery,
    now: Instant,
) -> AppResult<Preview> {
    let count = query.count.unwrap_or(COUNT);
    if !(1..=PREVIEW_COUNT).contains(&count) {
        let message = format!("between 1 and {PREVIEW_COUNT}");
        let field = FieldError::new("count", FieldCode::OutOfRange, message);
        return Err(AppError::validation(vec![field]));
    }
    let row = view::find(conn, organization, id).await?;
    let schedule = view::rule(&row)?;
    let calendars = check::calendars(conn, organization, &schedule).await?;
    let plan = check::planned(id, &schedule, &calendars)?;
    let from = query.from.unwrap_or(now);
    Ok(schedule::preview_of(&plan, &schedule, from, count, language::current()))
}

/// The answer to one request, by the built-in calendars alone: a preview, or `{"problems": […]}`.
#[must_use]
pub fn answer(request: &[u8], language: Language) -> Value {
    let previewed = read(request)
        .and_then(|request| language::within(language, || draft(&request, &Calendars::default(), language)));
    match previewed {
        Ok(preview) => json!(preview),
        Err(error) => match error.details() {
            Some(details) => details.clone(),
            None if error.fields().is_empty() => json!({ "problems": [{ "text": error.message() }] }),
            None => {
                let problem =
                    |field: &FieldError| json!({ "field": field.field, "code": field.code, "text": field.message });
                json!({ "problems": error.fields().iter().map(problem).collect::<Vec<_>>() })
            }
        },
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn asked(rule: Value) -> Value {
        json!({ "timezone": "America/Sao_Paulo", "rule": rule, "from": "2026-01-01T00:00:00Z", "count": 2 })
    }

    fn answered(request: &Value) -> Value {
        answer(request.to_string().as_bytes(), Language::En)
    }

    #[test]
    fn a_line_is_answered_with_what_will_run() {
        let told = answered(&asked(json!({ "type": "cron", "expression": "0 2 * * *" })));
        assert_eq!(told["occurrences"][0]["at"], "2026-01-01T05:00:00Z");
        assert_eq!(told["occurrences"][1]["local"], "2026-01-02T02:00");
        assert_eq!(told["never_fires"], false);
    }

    #[test]
    fn a_line_that_cannot_be_is_answered_with_its_problems() {
        let told = answered(&asked(json!({ "type": "cron", "expression": "0 0 2 * * *" })));
        assert_eq!(told["problems"][0]["field"], "rule.expression", "{told}");
        assert_eq!(told["problems"][0]["code"], "cron_fields", "{told}");
        let mut without = asked(json!({ "type": "interval", "minutes": 5 }));
        if let Some(request) = without.as_object_mut() {
            request.remove("from");
            request.remove("timezone");
        }
        let told = answered(&without);
        assert_eq!(told["problems"][0]["field"], "timezone", "{told}");
        assert_eq!(told["problems"][1]["field"], "from", "{told}");
        let told = answered(&asked(json!({ "type": "often" })));
        assert!(told["problems"][0]["field"].to_string().contains("rule"), "{told}");
        assert!(answer(b"{", Language::En)["problems"][0]["text"].is_string());
    }
}
