//! The rules that people choose from, as they travel. [`super::slots`] makes dates of them.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::civil::{LocalMinute, TimeOfDay, Weekday};
use crate::error::words;

/// When something is due, before calendars and exceptions have their say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Rule {
    Once(Once),
    Daily(Daily),
    Weekly(Weekly),
    Monthly(Monthly),
    Cron(CronRule),
    /// Dates and times that a person chose.
    Custom(Custom),
    /// Every n minutes since 1970-01-01T00:00Z, whatever the wall's clock does.
    Interval(Interval),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Once {
    pub at: LocalMinute,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Daily {
    /// Days from one to the next.
    #[serde(default = "one")]
    pub every: u32,
    /// The days are counted from here, and none comes before. Without it they are counted from 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    pub times: Vec<TimeOfDay>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Weekly {
    /// ISO weeks, Monday to Sunday, from one to the next.
    #[serde(default = "one")]
    pub every: u32,
    pub weekdays: Vec<Weekday>,
    /// The weeks are counted from the one that holds this day, and none comes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    pub times: Vec<TimeOfDay>,
}

/// A day of a month: exactly one of `day`, `nth_weekday` and `business_day`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Monthly {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<MonthDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth_weekday: Option<NthWeekday>,
    /// 1 is the first business day, -1 the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_day: Option<i32>,
    /// What becomes of a `day` that the month does not have.
    #[serde(default)]
    pub short_month: ShortMonth,
    /// Months from one to the next.
    #[serde(default = "one")]
    pub every: u32,
    /// The months are counted from its own, and no day comes before it. Without it they are counted from a January.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    pub times: Vec<TimeOfDay>,
}

/// 1 to 31, or `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthDay {
    Day(u32),
    Last,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NthWeekday {
    /// 1 to 5 from the start of the month, -1 to -5 from its end.
    pub n: i32,
    pub weekday: Weekday,
}

words! {
    /// What becomes of day 31 in a month of 30.
    ShortMonth {
        /// The last day of the month.
        Backward = "backward",
        /// Nothing that month.
        Omit = "omit",
        /// The first day of the next month.
        Forward = "forward",
    }
}

/// What most people mean by the 31st.
impl Default for ShortMonth {
    fn default() -> Self {
        Self::Backward
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CronRule {
    /// Minute, hour, day of the month, month, day of the week.
    pub expression: String,
    /// How the expression is read. Kept with it, so that a change of reading never changes what was saved before.
    #[serde(default)]
    pub dialect: CronDialect,
}

words! {
    /// A way to read cron expressions.
    CronDialect {
        /// Five fields; Sunday is 0 or 7; day and weekday together mean either; `L`, `W` and `#`.
        Esteira1 = "esteira-1",
    }
}

/// The newest.
impl Default for CronDialect {
    fn default() -> Self {
        Self::Esteira1
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Custom {
    pub at: Vec<LocalMinute>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Interval {
    pub minutes: u32,
}

fn one() -> u32 {
    1
}

impl Rule {
    /// The first day that the rule itself allows.
    #[must_use]
    pub fn start(&self) -> Option<NaiveDate> {
        match self {
            Self::Daily(Daily { start, .. })
            | Self::Weekly(Weekly { start, .. })
            | Self::Monthly(Monthly { start, .. }) => *start,
            Self::Once(_) | Self::Cron(_) | Self::Custom(_) | Self::Interval(_) => None,
        }
    }
}

const LAST: &str = "last";

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => serializer.serialize_u32(*day),
            Self::Last => serializer.serialize_str(LAST),
        }
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Sent {
            Number(u32),
            Word(String),
        }
        match Sent::deserialize(deserializer) {
            Ok(Sent::Number(day)) => Ok(Self::Day(day)),
            Ok(Sent::Word(word)) if word == LAST => Ok(Self::Last),
            _ => Err(D::Error::custom("must be a day from 1 to 31, or \"last\"")),
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for MonthDay {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::{ObjectBuilder, OneOfBuilder, schema::Type};
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(31));
        let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([LAST]));
        OneOfBuilder::new().item(number).item(word).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for MonthDay {}
