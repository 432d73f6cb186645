#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    dto::calendars::{CALENDAR_DAYS, CalendarFormat::*, DayKey},
    schedule::HolidayKind::{self, *},
};

fn on(date: &str, name: &str, kind: HolidayKind) -> CalendarDay {
    CalendarDay {
        date: date.parse().unwrap(),
        yearly: false,
        name: name.to_owned(),
        kind,
    }
}

fn each_year(date: &str, name: &str, kind: HolidayKind) -> CalendarDay {
    CalendarDay {
        yearly: true,
        ..on(&format!("2000-{date}"), name, kind)
    }
}

/// Everything was taken.
fn whole(parsed: &Parsed) -> bool {
    parsed.refused.is_empty() && parsed.refused_count == 0
}

/// Line and code of each refused line.
fn refused(parsed: &Parsed) -> Vec<(usize, &'static str)> {
    assert_eq!(parsed.refused.len(), parsed.refused_count);
    parsed.refused.iter().map(|one| (one.line, one.reason.code())).collect()
}

#[test]
fn a_csv_is_read_with_or_without_a_head() {
    let expected = [
        on("2026-06-24", "São João", Local),
        on("2026-12-24", "Véspera, meio período", Optional),
        each_year("01-25", "Aniversário \"da\" cidade", Local),
    ];
    for text in [
        "2026-06-24;São João\n24/12/2026;\"Véspera, meio período\";facultativo\n25/01;\"Aniversário \"\"da\"\" cidade\";municipal\n",
        "\u{feff}Data,Nome,Tipo\r\n2026-06-24,São João,\r\n24.12.26,\"Véspera, meio período\",ponto facultativo\r\n25/01,\"Aniversário \"\"da\"\" cidade\",local",
        "holiday\tdate\tkind\rSão João\t24-06-2026\tlocal\rVéspera, meio período\t2026-12-24 00:00:00\toptional\rAniversário \"da\" cidade\t25/1\t\r",
        "kind;yearly;day;description\n;não;24/06/2026;São João\n\n;;;\nopcional;no;2026/12/24;'Véspera,  meio\u{a0}período\nlocal;sim;25/01/2020;Aniversário \"da\" cidade",
        "# feriados da empresa\nSão João;24/6/2026\nVéspera, meio período;24/12/2026;optional\n\"Aniversário \"\"da\"\"\ncidade\";25/01\n",
    ] {
        let parsed = parse(Csv, text);
        assert!(whole(&parsed), "{text}: {:?}", parsed.refused);
        let names = |days: &[CalendarDay]| -> Vec<CalendarDay> {
            days.iter()
                .map(|day| CalendarDay {
                    name: day.name.trim_start_matches('\'').to_owned(),
                    ..day.clone()
                })
                .collect()
        };
        assert_eq!(names(&parsed.days), expected, "{text}");
    }
}

#[test]
fn each_broken_row_says_why_and_stops_no_other() {
    let text = format!(
        "data;nome;tipo\n31/02/2026;A\n06-24;B\n24/06/2026;\n2026-06-25;{}\n01/01/1500;C\n2026-06-26;D;lunar\n2026-06-27;\"E\n2026-06-28;F\n2026-06-28;G\n2026-06-28;F\namanhã;H\n",
        "x".repeat(101)
    );
    let parsed = parse(Csv, &text);
    assert_eq!(parsed.days, [on("2026-06-28", "F", Local)]);
    assert_eq!(
        refused(&parsed),
        [
            (2, "day_date_unreadable"),
            (3, "day_date_unreadable"),
            (4, "day_name_missing"),
            (5, "day_name_too_long"),
            (6, "day_year_out_of_range"),
            (7, "day_kind_unknown"),
            (8, "row_unreadable"),
            (10, "day_repeated"),
            (12, "day_date_unreadable"),
        ]
    );
    assert_eq!(parsed.refused[7].reason, crate::reason::Reason::DayRepeated { line: 9 });
    assert_eq!(parsed.refused[8].text, "amanhã;H");
}

#[test]
fn files_are_bounded() {
    let mut many = String::new();
    for place in 0..6_000 {
        let date = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + chrono::Days::new(place);
        writeln!(many, "{date};Dia {place}").unwrap();
    }
    let parsed = parse(Csv, &many);
    assert_eq!(parsed.days.len(), CALENDAR_DAYS);
    assert_eq!(refused(&parsed), [(CALENDAR_DAYS + 1, "days_too_many")]);

    let parsed = parse(Csv, &"\"x\n".repeat(100_000));
    assert_eq!(parsed.refused.len(), REFUSED_SHOWN);
    assert_eq!(parsed.refused_count, 20_001);
    let parsed = parse(Csv, &"x".repeat(2 * FILE_BYTES));
    assert_eq!(refused(&parsed), [(1, "row_unreadable")]);
    let parsed = parse(Ics, &"BEGIN:VEVENT\n".repeat(70_000));
    assert_eq!(parsed.refused_count, 20_001);
}

/// A calendar with one event of these lines.
fn event(lines: &[&str]) -> Parsed {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        lines.join("\r\n")
    );
    parse(Ics, &text)
}

#[test]
fn an_event_is_read_as_calendars_write_it() {
    let new_year = [on("2026-01-01", "Ano, Novo", Local)];
    let cases: &[&[&str]] = &[
        &[
            "DTSTART;VALUE=DATE:20260101",
            "DTEND;VALUE=DATE:20260102",
            "SUMMARY:Ano\\, Novo",
        ],
        &["DTSTART;VALUE=DATE:20260101", "SUMMARY:Ano\\,", "  Novo"],
        &["dtstart:20260101T000000Z", "summary;LANGUAGE=pt-BR:Ano\\, Novo"],
        &[
            "DTSTART:20260101T030000Z",
            "DTEND:20260102T030000Z",
            "SUMMARY:Ano\\,\\nNovo",
        ],
        &[
            "DTSTART;TZID=\"(UTC-03:00) Brasília: x\":20260101T000000",
            "DURATION:P1D",
            "SUMMARY:Ano\\, Novo",
        ],
        &[
            "DTSTART:20260101T000000",
            "DTEND:20260101T235959",
            "SUMMARY:Ano\\, Novo",
        ],
        &[
            "DTSTART:20260101T090000",
            "DTEND:20260101T180000",
            "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            "SUMMARY:Ano\\, Novo",
        ],
        &[
            "DTSTART;VALUE=DATE:2026-01-01",
            "DURATION:PT24H",
            "SUMMARY:Ano\\, Novo",
            "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
        ],
        &[
            "SUMMARY:Ano\\, Novo",
            "BEGIN:VALARM",
            "SUMMARY:Aviso",
            "DTSTART:20250101",
            "END:VALARM",
            "DTSTART;VALUE=DATE:20260101",
        ],
        &[
            "DTSTART;VALUE=DATE:20260101",
            "SUMMARY:Ano\\, Novo",
            "CATEGORIES:Férias,Trabalho",
            "a line that is none",
        ],
        &[
            "DTSTART;VALUE=DATE:20260101",
            "RRULE:FREQ=YEARLY;COUNT=1",
            "SUMMARY:Ano\\, Novo",
        ],
    ];
    for lines in cases {
        let parsed = event(lines);
        assert!(whole(&parsed), "{lines:?}: {:?}", parsed.refused);
        assert_eq!(parsed.days, new_year, "{lines:?}");
    }
}

#[test]
fn several_days_and_each_year() {
    let parsed = event(&[
        "DTSTART;VALUE=DATE:20260216",
        "DTEND;VALUE=DATE:20260218",
        "SUMMARY:Carnaval",
        "CATEGORIES:Ponto facultativo",
    ]);
    let carnival = [
        on("2026-02-16", "Carnaval", Optional),
        on("2026-02-17", "Carnaval", Optional),
    ];
    assert_eq!(parsed.days, carnival);
    for rule in [
        "FREQ=YEARLY",
        "FREQ=YEARLY;INTERVAL=1;WKST=MO",
        "BYMONTH=6;BYMONTHDAY=24;FREQ=YEARLY",
    ] {
        let rule = format!("RRULE:{rule}");
        let parsed = event(&["DTSTART;VALUE=DATE:20240624", &rule, "SUMMARY:São João"]);
        assert_eq!(parsed.days, [each_year("06-24", "São João", Local)], "{rule}");
    }
    let leap = event(&[
        "DTSTART;VALUE=DATE:20240229",
        "RRULE:FREQ=YEARLY;COUNT=2",
        "SUMMARY:Dia a mais",
    ]);
    assert_eq!(
        leap.days,
        [
            on("2024-02-29", "Dia a mais", Local),
            on("2028-02-29", "Dia a mais", Local)
        ]
    );
    let until = event(&[
        "DTSTART;VALUE=DATE:20240624",
        "RRULE:FREQ=YEARLY;INTERVAL=2;UNTIL=20290101T000000Z",
        "EXDATE;VALUE=DATE:20260624",
        "SUMMARY:São João",
    ]);
    assert_eq!(
        until.days,
        [on("2024-06-24", "São João", Local), on("2028-06-24", "São João", Local)]
    );
}

#[test]
fn each_event_that_is_not_taken_says_why() {
    let cases: &[(&[&str], usize, &str)] = &[
        (&["SUMMARY:x"], 3, "event_without_date"),
        (&["DTSTART;VALUE=DATE:20260101"], 4, "day_name_missing"),
        (&["SUMMARY:x", "DTSTART;VALUE=DATE:20260231"], 5, "day_date_unreadable"),
        (
            &["SUMMARY:x", "DTSTART:20260101T100000", "DTEND:20260101T110000"],
            5,
            "event_part_of_day",
        ),
        (
            &["SUMMARY:x", "DTSTART:20260101T000000", "DTEND:20260101T010000"],
            5,
            "event_part_of_day",
        ),
        (&["SUMMARY:x", "DTSTART:20260101T100000Z"], 5, "event_part_of_day"),
        (
            &["SUMMARY:x", "DTSTART:20260102", "DTEND:20260101"],
            5,
            "event_ends_first",
        ),
        (
            &["SUMMARY:x", "DTSTART:20260101", "DTEND:20270101"],
            5,
            "event_too_long",
        ),
        (
            &["SUMMARY:x", "DTSTART:20260101", "DURATION:P99999999999999999999D"],
            6,
            "day_date_unreadable",
        ),
        (
            &[
                "SUMMARY:x",
                "DTSTART:20261126",
                "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            ],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RRULE:FREQ=WEEKLY"],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RRULE:FREQ=YEARLY;INTERVAL=0"],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RRULE:FREQ=YEARLY;INTERVAL=2"],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RRULE:FREQ=YEARLY;BYMONTH=12"],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RRULE:FREQ=YEARLY", "EXDATE:20271126"],
            5,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RDATE:20261127"],
            6,
            "event_rule_unsupported",
        ),
        (
            &["SUMMARY:x", "DTSTART:20261126", "RECURRENCE-ID:20261126"],
            6,
            "event_rule_unsupported",
        ),
        (
            &[
                "SUMMARY:x",
                "DTSTART:20260612",
                "DESCRIPTION:Comemoração\\nPara ocultar",
            ],
            5,
            "event_observance",
        ),
        (&["SUMMARY:x", "DTSTART:18991231"], 5, "day_year_out_of_range"),
    ];
    for (lines, line, code) in cases {
        let parsed = event(lines);
        assert_eq!(refused(&parsed), [(*line, *code)], "{lines:?}");
        assert!(parsed.days.is_empty(), "{lines:?}");
    }
    let cancelled = event(&["DTSTART;VALUE=DATE:20260101", "SUMMARY:x", "STATUS:CANCELLED"]);
    assert_eq!(
        (cancelled.cancelled, cancelled.days.len(), cancelled.refused_count),
        (1, 0, 0)
    );
    let cut = parse(
        Ics,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nBEGIN:VEVENT\nDTSTART:20260102\nSUMMARY:y\nEND:VEVENT\nBEGIN:VEVENT\n",
    );
    assert_eq!(refused(&cut), [(3, "event_unfinished"), (8, "event_unfinished")]);
    assert_eq!(cut.days, [on("2026-01-02", "y", Local)]);
    assert_eq!(refused(&parse(Ics, "<html>")), [(1, "no_calendar_file")]);
    assert!(whole(&parse(Ics, "BEGIN:VCALENDAR\nEND:VCALENDAR")));
}

#[test]
fn zones_and_their_rules_are_passed_over() {
    let text = "\u{feff}BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:America/Sao_Paulo\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=America/Sao_Paulo:20260709T000000\nDTEND;TZID=America/Sao_Paulo:20260710T000000\nSUMMARY:Revolução Constitucionalista\nEND:VEVENT\nEND:VCALENDAR\n";
    let parsed = parse(Ics, text);
    assert!(whole(&parsed), "{:?}", parsed.refused);
    assert_eq!(parsed.days, [on("2026-07-09", "Revolução Constitucionalista", Local)]);
}

#[test]
fn a_diff_names_what_is_new_what_changes_and_what_is_missing() {
    let kept = [
        on("2025-06-24", "São João", Local),
        on("2026-06-24", "São João", Local),
        on("2026-07-09", "Revolução", Local),
        on("2026-12-24", "Véspera", Local),
        each_year("01-25", "Aniversário", Local),
    ];
    let file = [
        on("2026-06-24", "São João", Local),
        on("2026-12-24", "Véspera", Optional),
        on("2026-12-31", "Fim do ano", Optional),
        on("2026-06-12", "Dia dos Namorados", Local),
    ];
    let found = diff(&kept, &file, &[DayKey::On("2026-06-12".parse().unwrap())]);
    assert_eq!(found.unchanged, 1);
    assert_eq!(found.added, [file[2].clone()]);
    assert_eq!(found.changed.len(), 1);
    assert_eq!(
        (&found.changed[0].before, &found.changed[0].after),
        (&kept[3], &file[1])
    );
    // Neither another year's nor, without any in the file, one of each year.
    assert_eq!(found.missing, [kept[2].clone()]);
    let yearly = diff(&kept, &[each_year("02-29", "Dia a mais", Local)], &[]);
    assert_eq!(yearly.missing, [kept[4].clone()]);
}

fn now() -> DateTime<Utc> {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

#[test]
fn a_file_of_ours_is_one_that_others_read() {
    let days = [each_year(
        "06-24",
        "São João; a festa, com um nome tão longo que a linha tem de ser dobrada",
        Local,
    )];
    let file = ics_file("empresa", "Feriados", &days, now());
    assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert!(
        file.contains("DTSTART;VALUE=DATE:20000624\r\nRRULE:FREQ=YEARLY\r\n"),
        "{file}"
    );
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
    assert!(
        file.contains("UID:06-24@empresa.esteira\r\nDTSTAMP:20261130T120000Z\r\n"),
        "{file}"
    );
    let csv = write_csv(&days);
    assert!(
        csv.ends_with(
            "\r\n24/06;\"São João; a festa, com um nome tão longo que a linha tem de ser dobrada\";local\r\n"
        ),
        "{csv}"
    );
}

fn days() -> impl Strategy<Value = Vec<CalendarDay>> {
    let name = proptest::collection::vec("[A-Za-zçãé;,\"'=+\\\\#:-]{1,9}", 1..5).prop_map(|words| words.join(" "));
    let day = (0_u64..70_000, any::<bool>(), name, 0_usize..3).prop_map(|(later, yearly, name, kind)| {
        let date = chrono::NaiveDate::from_ymd_opt(1950, 1, 1).unwrap() + chrono::Days::new(later);
        let day = CalendarDay {
            date,
            yearly,
            name,
            kind: HolidayKind::ALL[kind],
        };
        let date = DayKey::of(&day).date().unwrap();
        CalendarDay { date, ..day }
    });
    proptest::collection::vec(day, 0..40).prop_map(|mut days| {
        days.sort_by_key(DayKey::of);
        days.dedup_by_key(|day| DayKey::of(day));
        days
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(days in days()) {
        for (format, file) in [(Csv, write_csv(&days)), (Ics, ics_file("empresa", "Feriados", &days, now()))] {
            let parsed = parse(format, &file);
            prop_assert!(whole(&parsed), "{:?}", parsed.refused);
            prop_assert_eq!(&parsed.days, &days);
        }
    }

    #[test]
    fn taking_a_diff_gives_the_file(kept in days(), file in days()) {
        let found = diff(&kept, &file, &[]);
        let again = diff(&file, &file, &[]);
        prop_assert_eq!(usize::try_from(again.unchanged).unwrap(), file.len());
        let mut after: std::collections::BTreeMap<DayKey, CalendarDay> =
            kept.iter().map(|day| (DayKey::of(day), day.clone())).collect();
        after.extend(found.added.iter().chain(found.changed.iter().map(|change| &change.after)).map(|day| (DayKey::of(day), day.clone())));
        let after: Vec<CalendarDay> = after.into_values().collect();
        let second = diff(&after, &file, &[]);
        prop_assert!(second.added.is_empty() && second.changed.is_empty());
        prop_assert_eq!(second.missing, found.missing);
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,400}") {
        for format in [Csv, Ics] {
            let parsed = parse(format, &text);
            prop_assert!(parsed.days.len() <= CALENDAR_DAYS);
        }
    }
}
