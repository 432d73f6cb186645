//! Named sets of holidays: those of an organisation, and the built-in ones, which are computed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::holidays::BuiltIn;
use crate::error::words;

words! {
    /// What makes a day a holiday.
    HolidayKind {
        /// A federal law.
        National = "national",
        /// *Ponto facultativo*: offices may close, by decree.
        Optional = "optional",
        /// A state, a city or the organisation itself.
        Local = "local",
    }
}

/// A holiday, wherever its date came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holiday {
    pub name: Cow<'static, str>,
    pub kind: HolidayKind,
}

/// One day of an organisation's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    pub date: NaiveDate,
    /// Again each year; one of 29 February only in leap years.
    #[serde(default)]
    pub yearly: bool,
    pub name: String,
    pub kind: HolidayKind,
}

/// A set of holidays.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    built_in: Option<BuiltIn>,
    dates: BTreeMap<NaiveDate, Holiday>,
    /// By month and day.
    yearly: BTreeMap<(u32, u32), Holiday>,
}

impl Calendar {
    /// Of several days with one date the last one counts.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = CalendarDay>) -> Self {
        let mut calendar = Self::default();
        for CalendarDay {
            date,
            yearly,
            name,
            kind,
        } in days
        {
            let holiday = Holiday {
                name: name.into(),
                kind,
            };
            if yearly {
                calendar.yearly.insert((date.month(), date.day()), holiday);
            } else {
                calendar.dates.insert(date, holiday);
            }
        }
        calendar
    }

    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        if let Some(built_in) = self.built_in {
            return built_in.holiday(date);
        }
        let dated = self.dates.get(&date);
        dated.or_else(|| self.yearly.get(&(date.month(), date.day()))).cloned()
    }
}

impl From<BuiltIn> for Calendar {
    fn from(built_in: BuiltIn) -> Self {
        Self {
            built_in: Some(built_in),
            ..Self::default()
        }
    }
}

/// The calendars of an organisation by their names, and the built-in ones.
#[derive(Debug, Clone, Default)]
pub struct Calendars(HashMap<String, Arc<Calendar>>);

impl Calendars {
    /// A built-in calendar keeps its name: one of the organisation's that has it too is not reached.
    #[must_use]
    pub fn new(own: impl IntoIterator<Item = (String, Calendar)>) -> Self {
        Self(
            own.into_iter()
                .map(|(name, calendar)| (name, Arc::new(calendar)))
                .collect(),
        )
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<Calendar>> {
        match BuiltIn::named(name) {
            Some(built_in) => Some(Arc::new(built_in.into())),
            None => self.0.get(name).cloned(),
        }
    }
}

/// The calendars that one schedule goes by.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen(pub(super) Vec<Arc<Calendar>>);

impl Chosen {
    pub(super) fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        self.0.iter().find_map(|calendar| calendar.holiday(date))
    }

    /// Neither a weekend nor a holiday.
    pub(super) fn is_business_day(&self, date: NaiveDate) -> bool {
        date.weekday().num_days_from_monday() < 5 && self.holiday(date).is_none()
    }
}
