//! Words of calendars.

use esteira_shared::schedule::HolidayKind;

use crate::i18n::tr;

pub fn kind(kind: HolidayKind) -> &'static str {
    match kind {
        HolidayKind::National => tr!(calendars.kind_national),
        HolidayKind::Optional => tr!(calendars.kind_optional),
        HolidayKind::Local => tr!(calendars.kind_local),
    }
}
