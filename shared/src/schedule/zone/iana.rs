//! The IANA database: that of the machine when it has one, which is updated with it, else the one in the program.

use jiff::{Timestamp, tz::TimeZone};

use super::{Zone, Zones};

#[derive(Debug, Clone, Copy, Default)]
pub struct Iana;

#[derive(Debug, Clone)]
pub struct IanaZone(TimeZone);

impl Zones for Iana {
    type Zone = IanaZone;

    /// Names count as IANA writes them, so that a browser knows what is saved here. A machine's `posix/…`, `right/…` and
    /// `localtime` are none.
    fn zone(&self, name: &str) -> Option<IanaZone> {
        let zone = TimeZone::get(name).ok()?;
        let own = matches!(
            name.split('/').next(),
            Some("posix" | "right" | "localtime" | "posixrules")
        );
        (zone.iana_name() == Some(name) && !own).then_some(IanaZone(zone))
    }
}

impl Zone for IanaZone {
    fn offset_at(&self, unix: i64) -> i32 {
        Timestamp::from_second(unix).map_or(0, |at| self.0.to_offset(at).seconds())
    }
}
