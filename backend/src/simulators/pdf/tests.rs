#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use super::text::{Font, literal, money};
use super::{InvoiceFacts, InvoiceLine, invoice};
use crate::pdf::inspect;
use chrono::NaiveDate;
use std::io::Read as _;

fn sample(lines: usize) -> InvoiceFacts {
    InvoiceFacts {
        operator: "VIVO".into(),
        client: "Clínica Saúde Total Ltda".into(),
        cnpj: "44.556.677/0001-88".into(),
        account: "0289341177".into(),
        period: "01/09/2026 a 30/09/2026".into(),
        due_date: NaiveDate::from_ymd_opt(2026, 10, 20).unwrap(),
        lines: (1..=lines)
            .map(|line| InvoiceLine {
                number: format!("41 99811-{line:04}"),
                service: "Plano Smart Empresas 20 GB".into(),
                cents: 8_990,
            })
            .collect(),
    }
}

/// The content of all pages, decompressed.
fn content(pdf: &[u8]) -> String {
    let mut all = Vec::new();
    let mut rest = pdf;
    while let Some(at) = rest.windows(8).position(|w| w == b"\nstream\n") {
        rest = &rest[at + 8..];
        flate2::read::ZlibDecoder::new(rest).read_to_end(&mut all).unwrap();
    }
    all.iter().map(|byte| char::from(*byte)).collect()
}

#[test]
fn pages_follow_the_number_of_lines() {
    for (lines, pages) in [
        (0, 1),
        (1, 1),
        (25, 1),
        (26, 2),
        (63, 2),
        (64, 3),
        (101, 3),
        (102, 3),
        (5_000, 3),
    ] {
        let pdf = invoice(&sample(lines));
        assert!(pdf.len() < 6_000, "{lines} lines take {} bytes", pdf.len());
        let facts = inspect(&pdf).unwrap();
        assert_eq!((facts.pages, facts.version.as_str()), (pages, "1.4"), "{lines} lines");
        assert_eq!(pdf, invoice(&sample(lines)));
    }
}

#[test]
fn everything_that_matters_is_printed() {
    let mut facts = sample(7);
    facts.lines[0].cents = -1_050;
    facts.lines[1].service = "Roaming (exterior) \\ 日".into();
    let text = content(&invoice(&facts));
    for expected in [
        "(vivo empresas)",
        "(Clínica Saúde Total Ltda)",
        "(CNPJ 44.556.677/0001-88)",
        "(0289341177)",
        "(01/09/2026 a 30/09/2026)",
        "(20/10/2026)",
        "(41 99811-0007)",
        "(Roaming \\(exterior\\) \\\\ ?)",
        "(-10,50)",
        "(R$ 528,90)",
        "DOCUMENTO DE DEMONSTRAÇÃO",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

#[test]
fn lines_beyond_the_last_page_are_summed_up() {
    let text = content(&invoice(&sample(150)));
    assert!(text.contains("(Outros 50 lançamentos)"));
    assert!(text.contains("(4.495,00)"));
    assert!(text.contains("(R$ 13.485,00)"));
}

#[test]
fn money_is_written_the_brazilian_way() {
    let written: Vec<String> = [0, 5, -5, 100_000, -123_456_789, i64::MIN]
        .into_iter()
        .map(money)
        .collect();
    assert_eq!(
        written,
        [
            "0,00",
            "0,05",
            "-0,05",
            "1.000,00",
            "-1.234.567,89",
            "-92.233.720.368.547.758,08"
        ]
    );
}

#[test]
fn long_texts_are_cut_and_accents_are_single_bytes() {
    let cut = Font::Bold.fit(&"Comércio de Peças ".repeat(20), 12.0, 200.0);
    assert!(cut.ends_with("...") && Font::Bold.width(&cut, 12.0) <= 200.0);
    assert_eq!(Font::Regular.width("ção", 10.0), Font::Regular.width("cao", 10.0));
    let mut out = Vec::new();
    literal(&mut out, "ção – €\n");
    assert_eq!(out, b"(\xE7\xE3o \x96 \x80?)");
}
