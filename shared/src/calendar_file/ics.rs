//! iCalendar (RFC 5545), as calendars write it: the events of a whole day, once or each year on the same date.

mod event;
mod lines;
mod rule;

use self::{
    event::Event,
    lines::{Lines, Property},
};
use super::{ROWS, collect::Collector};
use crate::reason::Reason;

pub(super) fn parse(text: &str, out: &mut Collector) {
    let mut event: Option<Event> = None;
    // What stands within an event, such as an alarm.
    let mut within = 0_usize;
    let (mut is_calendar, mut events) = (false, 0);
    for line in Lines::of(text) {
        if out.is_full() {
            return;
        }
        // A line that is none belongs to a text that was not folded: nobody misses it.
        let Some(property) = Property::read(&line.text) else {
            continue;
        };
        let value = property.value.trim();
        match property.name.as_str() {
            "BEGIN" if value.eq_ignore_ascii_case("VEVENT") => {
                if let Some(open) = event.take() {
                    open.unfinished(out);
                }
                events += 1;
                if events > ROWS {
                    out.refuse_rest(line.number, &line.text);
                    return;
                }
                within = 0;
                event = Some(Event::begin(line.number, &line.text));
            }
            "END" if value.eq_ignore_ascii_case("VEVENT") => {
                if let Some(event) = event.take() {
                    event.finish(out);
                }
            }
            "BEGIN" => {
                is_calendar |= value.eq_ignore_ascii_case("VCALENDAR");
                within += 1;
            }
            "END" => within = within.saturating_sub(1),
            _ => {
                if within == 0
                    && let Some(event) = &mut event
                {
                    event.note(line.number, &line.text, &property);
                }
            }
        }
    }
    if let Some(open) = event {
        open.unfinished(out);
    }
    if !is_calendar && events == 0 {
        let first = text.lines().next().unwrap_or_default();
        out.refuse(1, Reason::NoCalendarFile {}, first);
    }
}
