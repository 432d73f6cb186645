//! Reading an expression. Every range is checked before anything is expanded, and a refusal names the field, the part of
//! it and why.

use std::str::FromStr;

use super::{CRON_CHARS, Cron, CronField, Days, Weekdays};
use crate::reason::Reason;

/// A set of values, and whether it was written with `*`.
#[derive(Debug, Clone, Copy, Default)]
struct Values {
    bits: u64,
    open: bool,
}

impl FromStr for Cron {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        if text.len() > CRON_CHARS {
            return Err(Reason::CronTooLong { most: CRON_CHARS });
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(Reason::CronFields { found: fields.len() });
        };
        let minutes = values(CronField::Minute, minutes)?;
        let hours = values(CronField::Hour, hours)?;
        let days = self::days(days)?;
        let months = values(CronField::Month, months)?;
        let weekdays = self::weekdays(weekdays)?;
        let mut cron = Self {
            minutes: minutes.bits,
            hours: low(hours.bits),
            months: low(months.bits),
            days,
            weekdays,
            interval: minutes.open || hours.open,
            possible: true,
        };
        cron.possible = cron.has_a_day();
        Ok(cron)
    }
}

/// Sets of less than 32 values.
fn low(bits: u64) -> u32 {
    u32::try_from(bits).unwrap_or_default()
}

fn values(field: CronField, text: &str) -> Result<Values, Reason> {
    let mut all = Values::default();
    for part in text.split(',') {
        let values = range(field, part).map_err(|why| refused(field, part, why))?;
        all.bits |= values.bits;
        all.open |= values.open;
    }
    Ok(all)
}

fn days(text: &str) -> Result<Days, Reason> {
    let field = CronField::Day;
    let mut days = Days {
        set: !is_every(text),
        ..Days::default()
    };
    for part in text.split(',') {
        let known = |why| refused(field, part, why);
        if part.eq_ignore_ascii_case("L") {
            days.last = true;
        } else if part.eq_ignore_ascii_case("LW") {
            days.last_workday = true;
        } else if let Some(day) = part.strip_suffix(['W', 'w']) {
            days.nearest_workdays |= 1 << value(field, day).map_err(known)?;
        } else {
            days.dates |= low(range(field, part).map_err(known)?.bits);
        }
    }
    Ok(days)
}

fn weekdays(text: &str) -> Result<Weekdays, Reason> {
    let field = CronField::Weekday;
    let mut weekdays = Weekdays {
        set: !is_every(text),
        ..Weekdays::default()
    };
    for part in text.split(',') {
        let known = |why| refused(field, part, why);
        if let Some((weekday, n)) = part.split_once('#') {
            let weekday = value(field, weekday).map_err(known)? % 7;
            let place = number(n)
                .and_then(|n| n.checked_sub(1))
                .and_then(|n| weekdays.nth.get_mut(n as usize));
            *place.ok_or_else(|| known(Reason::CronOutOfRange { least: 1, most: 5 }))? |= 1 << weekday;
        } else if let Some(weekday) = part.strip_suffix(['L', 'l']).filter(|weekday| !weekday.is_empty()) {
            weekdays.last |= 1 << (value(field, weekday).map_err(known)? % 7);
        } else {
            let bits = low(range(field, part).map_err(known)?.bits);
            weekdays.every |= (bits | bits >> 7) & 0b111_1111;
        }
    }
    Ok(weekdays)
}

/// `*`, also in a form that says the same.
fn is_every(text: &str) -> bool {
    matches!(text, "*" | "*/1")
}

/// `*`, `5`, `5-9`, each with an optional step.
fn range(field: CronField, text: &str) -> Result<Values, Reason> {
    let (span, step) = match text.split_once('/') {
        Some((span, step)) => (span, Some(step)),
        None => (text, None),
    };
    let open = span == "*";
    let (least, most) = field.every();
    let (first, last) = match span.split_once('-') {
        _ if open => (least, most),
        Some((first, last)) => {
            let (first, last) = (value(field, first)?, value(field, last)?);
            // A week may also end on a Sunday: FRI-SUN.
            (
                first,
                if field == CronField::Weekday && last == 0 && first > 0 {
                    7
                } else {
                    last
                },
            )
        }
        None if step.is_some() => (value(field, span)?, most),
        None => {
            let only = value(field, span)?;
            (only, only)
        }
    };
    if first > last {
        return Err(Reason::CronReversed {});
    }
    let step = match step {
        Some(step) => {
            let longest = most - least + 1;
            let step = number(step).filter(|step| (1..=longest).contains(step));
            step.ok_or(Reason::CronStep { most: longest.into() })?
        }
        None => 1,
    };
    let bits = (first..=last)
        .step_by(step as usize)
        .fold(0, |bits, value| bits | 1_u64 << value);
    Ok(Values { bits, open })
}

fn value(field: CronField, text: &str) -> Result<u32, Reason> {
    if let Some(value) = field.named(text) {
        return Ok(value);
    }
    if text.is_empty() {
        return Err(Reason::CronEmpty {});
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::CronNotANumber {});
    }
    let (least, most) = field.range();
    let value = number(text).filter(|value| (least..=most).contains(value));
    value.ok_or(Reason::CronOutOfRange {
        least: least.into(),
        most: most.into(),
    })
}

/// No value of a field has more than two digits.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn refused(field: CronField, part: &str, why: Reason) -> Reason {
    Reason::CronRefused {
        field: Box::new(field.name()),
        part: part.to_owned(),
        why: Box::new(why),
    }
}
