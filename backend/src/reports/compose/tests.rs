#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chrono::NaiveDate;
use esteira_shared::{
    dto::{home::OperatorProgress, processes::StatusCount},
    ids::{OperatorId, ProcessId},
    money::Money,
    month::Month,
    status::{MissedCause, ProcessStatus},
};
use uuid::Uuid;

use super::*;
use crate::{
    mail::UNSUBSCRIBE,
    reports::gather::{Missed, MissedSlot},
};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn row(number: u128, status: ProcessStatus) -> Row {
    Row {
        id: ProcessId(Uuid::from_u128(number)),
        client: format!("Cliente {number}"),
        operator: "VIVO".to_owned(),
        status,
        since: day(20),
        due: Some(day(25)),
        overdue: false,
        reason: None,
        action: None,
    }
}

/// 34 processes of which 32 are done.
fn report() -> MonthReport {
    let counts = vec![
        StatusCount {
            status: ProcessStatus::ErroDownload,
            count: 1,
        },
        StatusCount {
            status: ProcessStatus::AguardandoAprovacao,
            count: 1,
        },
        StatusCount {
            status: ProcessStatus::UploadRealizado,
            count: 32,
        },
    ];
    let failed = Row {
        reason: Some("Senha <vencida>".to_owned()),
        action: Some("Trocar a senha".to_owned()),
        ..row(1, ProcessStatus::ErroDownload)
    };
    let waits = Row {
        overdue: true,
        ..row(2, ProcessStatus::AguardandoAprovacao)
    };
    let part = |row: Row| Part {
        count: 1,
        rows: vec![row],
    };
    MonthReport {
        organization: "Empresa & Filhos".to_owned(),
        month: Month::of(day(1)),
        at: day(30).and_hms_opt(9, 0, 0).unwrap(),
        zone: chrono_tz::America::Sao_Paulo,
        late_after_days: 3,
        operators: vec![OperatorProgress {
            operator_id: OperatorId(Uuid::from_u128(9)),
            name: "VIVO".to_owned(),
            counts: counts.clone(),
            total: 34,
            approved_value: Money(0),
        }],
        counts,
        unopened: 2,
        unknown_runs: 0,
        overdue: 1,
        late: 0,
        failures: part(failed),
        standing: part(waits),
        remaining: Part::default(),
        missed: Missed {
            count: 1,
            rows: vec![MissedSlot {
                schedule: "Downloads".to_owned(),
                at: day(29).and_hms_opt(2, 0, 0).unwrap(),
                cause: Some(MissedCause::Down),
            }],
        },
    }
}

fn foot() -> Foot {
    Foot::Schedule {
        name: "Toda segunda".to_owned(),
        with_link: true,
    }
}

fn written(report: &MonthReport, language: Language) -> Written {
    let links = Links::below("https://esteira.example.com");
    let table = Table::Attached("esteira-2026-11.csv".to_owned());
    write(report, language, Some(links), &foot(), &table)
}

#[test]
fn html_and_text_say_the_same() {
    let Written { subject, html, text } = written(&report(), Language::PtBr);
    assert_eq!(subject, "2 de 34 pendentes — Fechamento nov/2026");
    for part in [
        "2 de 34 pendentes",
        "Fechamento de novembro de 2026",
        "situação em 30/11/2026 09:00",
        "32 de 34 no SAT",
        "Vencidas: 1",
        "Contas ativas sem processo neste mês: 2",
        "Para aprovar",
        "32/34",
        "Cliente 1",
        "Cliente 2",
        "O que fazer: Trocar a senha",
        "25/11/2026",
        "https://esteira.example.com/processos/00000000-0000-0000-0000-000000000001",
        "https://esteira.example.com/mes/2026-11",
        "servidor fora do ar",
        "29/11/2026 02:00",
        "https://esteira.example.com/agendamentos/perdidos",
        "esteira-2026-11.csv",
        "“Toda segunda”",
        UNSUBSCRIBE,
    ] {
        // Links to all missed slots stand in HTML only when there are more.
        if !part.ends_with("perdidos") {
            assert!(html.contains(part), "{part} is not in the HTML:\n{html}");
        }
        assert!(text.contains(part), "{part} is not in the text:\n{text}");
    }
    for (heading, plain) in [
        ("Falhas e rejeições (1)", "FALHAS E REJEIÇÕES (1)"),
        ("Vencidas ou paradas (1)", "VENCIDAS OU PARADAS (1)"),
    ] {
        assert!(html.contains(heading) && text.contains(plain), "{text}");
    }
    assert!(!html.contains("O que mais falta") && !text.contains("O QUE MAIS FALTA"));
    assert!(!html.contains("fim desconhecido"), "what is not there is not told");
}

#[test]
fn html_is_what_mail_programs_draw() {
    let html = written(&report(), Language::PtBr).html;
    assert!(html.starts_with("<!doctype html><html lang=\"pt-BR\">"), "{html}");
    for never in [
        "<img", "<script", "<style", "<link", "src=", "url(", "data:", "@import", "class=",
    ] {
        assert!(!html.contains(never), "{never}:\n{html}");
    }
    assert!(
        html.contains("Senha &lt;vencida&gt;") && html.contains("Empresa &amp; Filhos"),
        "{html}"
    );
    for tag in [
        "table", "tr", "td", "th", "div", "p", "a", "span", "b", "h1", "h2", "body", "html",
    ] {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}:\n{html}");
    }
    let english = written(&report(), Language::En).html;
    assert!(
        english.contains("lang=\"en\"") && english.contains("2 of 34 pending"),
        "{english}"
    );
}

#[test]
fn it_is_never_longer_than_mail_programs_show() {
    let many = |status: ProcessStatus| Part {
        count: 4_000,
        rows: (0..50)
            .map(|number| Row {
                client: "Associação Beneficente & Filantrópica ".repeat(5),
                reason: Some("Credenciais inválidas ou sessão expirada. ".repeat(50)),
                action: Some("Atualizar a senha no portal & reenfileirar. ".repeat(50)),
                ..row(number, status)
            })
            .collect(),
    };
    let long = MonthReport {
        failures: many(ProcessStatus::ErroDownload),
        standing: many(ProcessStatus::AguardandoAprovacao),
        remaining: many(ProcessStatus::AguardandoDownload),
        ..report()
    };
    let Written { html, text, .. } = written(&long, Language::PtBr);
    assert!(html.len() <= 102_000, "{}", html.len());
    assert!(
        html.contains("Falhas e rejeições (4.000)") && html.contains(">e mais 3."),
        "{html}"
    );
    assert!(text.contains("e mais 3."), "{text}");
    // One that fits shows all of its rows.
    let whole = MonthReport {
        remaining: Part {
            count: 50,
            rows: (0..50)
                .map(|number| row(number, ProcessStatus::AguardandoDownload))
                .collect(),
        },
        ..report()
    };
    let html = written(&whole, Language::PtBr).html;
    assert!(html.contains("Cliente 49") && !html.contains(">e mais "), "{html}");
}

#[test]
fn without_a_public_address_nothing_links() {
    let foot = Foot::Schedule {
        name: "Toda segunda".to_owned(),
        with_link: false,
    };
    let Written { html, text, .. } = write(&report(), Language::PtBr, None, &foot, &Table::None);
    assert!(!html.contains("<a ") && !html.contains(UNSUBSCRIBE), "{html}");
    assert!(!text.contains("http") && !text.contains(UNSUBSCRIBE), "{text}");
}

#[test]
fn a_month_that_was_not_opened_says_so() {
    let empty = MonthReport {
        counts: Vec::new(),
        operators: Vec::new(),
        failures: Part::default(),
        standing: Part::default(),
        ..report()
    };
    let Written { subject, html, text } = written(&empty, Language::PtBr);
    assert_eq!(subject, "Mês não aberto — Fechamento nov/2026");
    assert!(html.contains("Nenhum processo foi aberto") && text.contains("Nenhum processo foi aberto"));
}
