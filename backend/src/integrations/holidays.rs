//! A service that lists the holidays of a year, as BrasilAPI does: `GET {address}/{year}` answers
//! `[{"date": "2026-04-21", "name": "Tiradentes", "type": "national"}, …]`. Its `type` says nothing: it calls days national
//! that are none.

use std::time::Duration;

use chrono::{Datelike as _, NaiveDate};
use esteira_shared::{dto::calendars::DAY_NAME_CHARS, reason::Reason};
use reqwest::Response;
use serde::Deserialize;

use super::outbound::{Outbound, refused_address};

const PATIENCE: Duration = Duration::from_secs(10);
/// Far more than a year's holidays.
const ANSWER_BYTES: usize = 256 * 1024;
const MOST: usize = 400;

/// A day as the service has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldHoliday {
    pub date: NaiveDate,
    pub name: String,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(alias = "data")]
    date: String,
    #[serde(alias = "nome", alias = "title")]
    name: String,
}

/// The holidays of a year in their order.
///
/// # Errors
/// Why there are none: the address is not taken, nobody answers, or not with such a list.
pub async fn holidays_of(outbound: &Outbound, address: &str, year: i32) -> Result<Vec<ToldHoliday>, Reason> {
    let url = format!("{}/{year}", address.trim_end_matches('/'));
    let request = outbound.get(&url).map_err(|_| Reason::HolidaysAddressRefused {})?;
    let answer = request.timeout(PATIENCE).send().await.map_err(|error| failed(&error))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(Reason::HolidaysAnswered {
            status: status.to_string(),
        });
    }
    read(&whole(answer).await?, year)
}

fn failed(error: &reqwest::Error) -> Reason {
    if refused_address(error).is_some() {
        Reason::HolidaysAddressRefused {}
    } else if error.is_timeout() {
        let seconds = PATIENCE.as_secs();
        Reason::HolidaysSilent { seconds }
    } else {
        Reason::HolidaysUnreachable {}
    }
}

async fn whole(mut answer: Response) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_BYTES {
            return Err(Reason::HolidaysUnreadable {});
        }
    }
    Ok(bytes)
}

fn read(body: &[u8], year: i32) -> Result<Vec<ToldHoliday>, Reason> {
    let unreadable = || Reason::HolidaysUnreadable {};
    let text = String::from_utf8_lossy(body);
    let entries: Vec<Entry> = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| unreadable())?;
    if entries.is_empty() || entries.len() > MOST {
        return Err(unreadable());
    }
    let mut told = Vec::with_capacity(entries.len());
    for Entry { date, name } in entries {
        // Some write a time behind it.
        let date: NaiveDate = date
            .get(..10)
            .and_then(|date| date.parse().ok())
            .ok_or_else(unreadable)?;
        let words: Vec<&str> = name
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let name: String = words.join(" ").chars().take(DAY_NAME_CHARS).collect();
        if date.year() != year || name.is_empty() {
            return Err(unreadable());
        }
        told.push(ToldHoliday { date, name });
    }
    told.sort_by_key(|day| day.date);
    Ok(told)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_nothing_else() {
        let told = read(
            "\u{feff}[{\"date\":\"2026-04-21\",\"name\":\" Tiradentes\\n\",\"type\":\"national\"},\
             {\"data\":\"2026-01-01T00:00:00\",\"nome\":\"Ano novo\",\"weekday\":4}]"
                .as_bytes(),
            2026,
        );
        let names: Vec<String> = told
            .unwrap()
            .into_iter()
            .map(|day| format!("{} {}", day.date, day.name))
            .collect();
        assert_eq!(names, ["2026-01-01 Ano novo", "2026-04-21 Tiradentes"]);
        for body in [
            "",
            "[]",
            "{}",
            "<html></html>",
            "{\"message\":\"Ano fora do intervalo\"}",
            "[{\"date\":\"2025-04-21\",\"name\":\"Tiradentes\"}]",
            "[{\"date\":\"2026-02-30\",\"name\":\"x\"}]",
            "[{\"date\":\"2026-01-01\",\"name\":\" \"}]",
            "[{\"date\":1,\"name\":\"x\"}]",
        ] {
            assert_eq!(
                read(body.as_bytes(), 2026),
                Err(Reason::HolidaysUnreadable {}),
                "{body}"
            );
        }
    }
}
