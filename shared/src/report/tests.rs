#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::collections::BTreeMap;

use super::*;

const PT: Words = Words(Language::PtBr);
const EN: Words = Words(Language::En);

#[test]
fn each_is_worded_in_both_languages_with_its_arguments() {
    for ((name, arguments, pt), (_, _, en)) in PT.samples().into_iter().zip(EN.samples()) {
        assert_ne!(pt, en, "{name}");
        for argument in arguments {
            assert!(pt.contains(argument) && en.contains(argument), "{argument} in {name}");
        }
        let accents = "áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ";
        assert!(!en.contains(|c| accents.contains(c)), "{en}");
    }
}

#[test]
fn what_is_left_stands_first() {
    let month = Month::new(2026, 11).unwrap();
    let subject =
        |words: Words, pending, total| words.subject(words.headline(pending, total), words.short_month(month));
    assert_eq!(subject(PT, 2, 34), "2 de 34 pendentes — Fechamento nov/2026");
    assert_eq!(subject(PT, 1, 34), "1 de 34 pendente — Fechamento nov/2026");
    assert_eq!(subject(PT, 0, 1_234), "Tudo concluído (1.234) — Fechamento nov/2026");
    assert_eq!(subject(PT, 0, 0), "Mês não aberto — Fechamento nov/2026");
    assert_eq!(subject(EN, 1_200, 1_234), "1,200 of 1,234 pending — Closing Nov 2026");
}

#[test]
fn days_and_months_are_written_as_people_write_them() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
    let at = day.and_hms_opt(9, 5, 59).unwrap();
    let month = Month::of(day);
    assert_eq!(
        (PT.day(day), EN.day(day)),
        ("05/03/2026".to_owned(), "5 Mar 2026".to_owned())
    );
    assert_eq!(PT.time(at), "05/03/2026 09:05");
    assert_eq!(
        (PT.short_month(month), PT.long_month(month)),
        ("mar/2026".to_owned(), "março de 2026".to_owned())
    );
    assert_eq!(EN.long_month(month), "March 2026");
}

/// The page says the same of a status as the report.
#[test]
fn statuses_have_the_words_of_the_pages() {
    for (words, texts) in [
        (PT, include_str!("../../../frontend/locales/pt-BR/status.json")),
        (EN, include_str!("../../../frontend/locales/en/status.json")),
    ] {
        let texts: BTreeMap<String, String> = serde_json::from_str(texts).unwrap();
        for status in ProcessStatus::ALL {
            assert_eq!(words.status(*status), texts[&status.as_str().to_lowercase()]);
        }
    }
}
