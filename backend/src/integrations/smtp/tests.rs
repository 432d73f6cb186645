#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chrono::DateTime;
use esteira_shared::validate::Fields;
use uuid::Uuid;

use super::*;

const SERVER: &str = "smtp://user:p%40ss@smtp.example.com:2525?tls=required";

fn smtp() -> Smtp {
    let url = SERVER.to_owned().into();
    Smtp::new(&url, "Esteira <esteira@example.com>", Some("contas@example.com")).unwrap()
}

fn letter() -> Letter {
    Letter {
        id: EmailId(Uuid::from_u128(7)),
        to: "ana@example.com".to_owned(),
        subject: "2 de 34 pendentes — Fechamento nov/2026".to_owned(),
        text: "Olá\nfim".to_owned(),
        html: None,
        attachment: None,
        unsubscribe_url: None,
        written_at: DateTime::UNIX_EPOCH.into(),
    }
}

fn written(letter: &Letter) -> String {
    let smtp = smtp();
    let message = message::write(letter, &smtp.message_id(letter.id), &smtp.from, smtp.reply_to.as_ref()).unwrap();
    String::from_utf8(message.formatted()).unwrap()
}

/// What stands before the first empty line.
fn headers(message: &str) -> Vec<&str> {
    message.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
}

#[test]
fn a_plain_message_says_who_wrote_it_and_that_a_program_did() {
    let message = written(&letter());
    let headers = headers(&message);
    for line in [
        "Message-ID: <00000000-0000-0000-0000-000000000007@example.com>",
        "Date: Thu, 01 Jan 1970 00:00:00 +0000",
        "From: Esteira <esteira@example.com>",
        "To: ana@example.com",
        "Reply-To: contas@example.com",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(headers.contains(&line), "{line} is missing:\n{message}");
    }
    assert!(!message.contains("List-Unsubscribe"), "{message}");
    assert_eq!(message, written(&letter()), "a second try is a copy");
}

#[test]
fn html_and_a_table_nest_as_mail_programs_expect() {
    let both = Letter {
        html: Some("<p>Olá</p>".to_owned()),
        attachment: Some(Attachment {
            filename: "esteira-2026-11.csv".to_owned(),
            csv: "\u{feff}a;b\r\n1;2\r\n".to_owned(),
        }),
        ..letter()
    };
    let message = written(&both);
    let places: Vec<usize> = [
        "Content-Type: multipart/mixed;",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "--esteira-alternative-00000000000000000000000000000007--",
        "Content-Type: text/csv; charset=utf-8",
        "--esteira-mixed-00000000000000000000000000000007--",
    ]
    .iter()
    .map(|part| {
        message
            .find(part)
            .unwrap_or_else(|| panic!("{part} is missing:\n{message}"))
    })
    .collect();
    assert!(places.is_sorted(), "{places:?}\n{message}");
    assert!(message.contains("filename=\"esteira-2026-11.csv\""), "{message}");
    // The byte order mark and the line ends arrive as they are.
    assert!(message.contains("77u/YTtiDQoxOzINCg=="), "{message}");

    let html_alone = Letter {
        attachment: None,
        ..both
    };
    let message = written(&html_alone);
    assert!(
        !message.contains("multipart/mixed") && message.contains("multipart/alternative"),
        "{message}"
    );
}

#[test]
fn a_reader_can_take_themselves_off_the_list_with_one_click() {
    let url = format!(
        "https://esteira.example.com/api/v1/reports/unsubscribe?token={}",
        "x".repeat(300)
    );
    let with = |url: &str| Letter {
        unsubscribe_url: Some(url.to_owned()),
        ..letter()
    };
    let message = written(&with(&url));
    let line = format!("List-Unsubscribe: <{url}>");
    assert!(headers(&message).contains(&line.as_str()), "in one piece:\n{message}");
    assert!(
        headers(&message).contains(&"List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{message}"
    );
    let message = written(&with("http://localhost:8080/x"));
    assert!(message.contains("List-Unsubscribe: <http"), "{message}");
    assert!(
        !message.contains("List-Unsubscribe-Post"),
        "only with encryption:\n{message}"
    );
    for bad in [
        "https://example.com/\r\nBcc: x@example.com",
        "https://example.com/> <x",
        "https://example.com/á",
    ] {
        assert!(!written(&with(bad)).contains("List-Unsubscribe"), "{bad:?}");
    }
}

#[test]
fn nothing_in_a_message_makes_a_header() {
    let message = written(&Letter {
        subject: "Olá\r\nBcc: x@example.com\n\n<script>\u{85}".to_owned(),
        attachment: Some(Attachment {
            filename: "a\"\r\nX-Evil: 1.csv".to_owned(),
            csv: String::new(),
        }),
        text: "fim\r\n.\r\nMAIL FROM:<x@example.com>".to_owned(),
        ..letter()
    });
    for part in message.split("\r\n") {
        assert!(!part.starts_with("Bcc") && !part.starts_with("X-Evil"), "{message}");
    }
    let bad = Letter {
        to: "ana@example.com>\r\nRCPT TO:<x@example.com".to_owned(),
        ..letter()
    };
    let smtp = smtp();
    assert!(message::write(&bad, "<1@example.com>", &smtp.from, None).is_err());
}

#[test]
fn an_address_of_a_server_that_cannot_be_used_is_refused_without_its_password() {
    for url in [
        "smtp.example.com",
        "http://u:segredo@smtp.example.com",
        "smtp://u:segredo@smtp.example.com?tls=maybe",
        "smtps://",
        "smtp://u:segredo%ff@smtp.example.com",
    ] {
        let error = Smtp::new(&url.to_owned().into(), "esteira@example.com", None)
            .err()
            .unwrap();
        assert!(!format!("{error:?}").contains("segredo"), "{url}: {error:?}");
    }
    for url in [
        SERVER,
        "smtps://smtp.example.com",
        "smtp://localhost",
        "smtp://relay.example.com/esteira.example.com",
    ] {
        assert!(
            Smtp::new(&url.to_owned().into(), "esteira@example.com", None).is_ok(),
            "{url}"
        );
    }
}

#[test]
fn what_the_page_accepts_can_be_written_to() {
    let accepted = |text: &str| {
        let mut fields = Fields::new();
        fields.email("email", text);
        fields.is_empty()
    };
    let long = format!("{}@example.com", "a".repeat(65));
    for (text, expected) in [
        ("ana@example.com", true),
        ("ana.maria+nf-e_1@sub.example.com.br", true),
        ("o'neil&filhos@example.com", true),
        ("ana@são-josé.example", true),
        ("ana..maria@example.com", false),
        (".ana@example.com", false),
        ("ana.@example.com", false),
        ("ana maria@example.com", false),
        ("ana,maria@example.com", false),
        ("<ana@example.com>", false),
        ("Ana<ana@example.com>", false),
        ("ana@exa_mple.com", false),
        ("ana@-example.com", false),
        ("ana@example-.com", false),
        ("ana@example..com", false),
        ("ana@example", false),
        ("ana@@example.com", false),
        ("ana\u{0}@example.com", false),
        (long.as_str(), false),
    ] {
        assert_eq!(accepted(text), expected, "{text}");
        assert!(!expected || is_address(text), "{text} cannot be written to");
    }
}
