//! What the five fields take.

use crate::reason::Reason;

/// A field, in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CronField {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

impl CronField {
    pub const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::Day, Self::Month, Self::Weekday];

    /// The least and the greatest value.
    pub(super) const fn range(self) -> (u32, u32) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            // Sunday has two numbers.
            Self::Weekday => (0, 7),
        }
    }

    /// Every value once.
    pub(in crate::schedule) const fn every(self) -> (u32, u32) {
        match self {
            Self::Weekday => (0, 6),
            other => other.range(),
        }
    }

    /// A value by its English name of three letters.
    pub(in crate::schedule) fn named(self, text: &str) -> Option<u32> {
        let names: &[&str] = match self {
            Self::Month => &[
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ],
            Self::Weekday => &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
            Self::Minute | Self::Hour | Self::Day => &[],
        };
        (self.range().0..)
            .zip(names)
            .find_map(|(value, name)| name.eq_ignore_ascii_case(text).then_some(value))
    }

    #[must_use]
    pub fn name(self) -> Reason {
        match self {
            Self::Minute => Reason::CronMinute {},
            Self::Hour => Reason::CronHour {},
            Self::Day => Reason::CronDay {},
            Self::Month => Reason::CronMonth {},
            Self::Weekday => Reason::CronWeekday {},
        }
    }
}
