#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::collections::BTreeSet;

use super::*;

const PORTUGUESE: &str = "áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ";

/// The same in every language.
const WITHOUT_WORDS: [&str; 8] = [
    "quoted",
    "receiver_failed",
    "document_received",
    "with_code",
    "all_of",
    "with_notes",
    "cron_refused",
    "field_problem",
];

#[test]
fn each_code_is_written_once() {
    let codes: BTreeSet<&str> = Reason::CODES.iter().copied().collect();
    assert_eq!(codes.len(), Reason::CODES.len());
}

#[test]
fn each_is_kept_and_read_back() {
    for reason in Reason::samples() {
        assert_eq!(Reason::read(&reason.stored()), reason);
        let told = ReasonDto::new(&reason, Language::En);
        assert_eq!(told.reason(), reason);
        let sent = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<ReasonDto>(&sent).unwrap(), told);
    }
}

#[test]
fn each_is_worded_in_both_languages_with_its_arguments() {
    for reason in Reason::samples() {
        let (pt, en) = (reason.text(Language::PtBr), reason.text(Language::En));
        for text in [&pt, &en] {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
            for (name, value) in reason.args() {
                let said = match (name.as_str(), value) {
                    ("after", _) => "1.5".to_owned(),
                    (_, Value::String(text)) => text,
                    (_, Value::Number(number)) => number.to_string(),
                    (_, Value::Array(_)) => "one; two".to_owned(),
                    (_, nested) => nested["args"]["text"].as_str().unwrap().to_owned(),
                };
                assert!(text.contains(&said), "{name} is not in: {text}");
            }
        }
        assert_eq!(pt == en, WITHOUT_WORDS.contains(&reason.code()), "{pt}");
        assert!(!en.contains(|c| PORTUGUESE.contains(c)), "{en}");
        assert_eq!(reason.to_string(), pt);
    }
}

#[test]
fn the_wire_form_is_a_code_and_named_arguments() {
    let reason = Reason::SatNotThere { status: 404 };
    let stored = r#"{"args":{"status":404},"code":"sat_not_there"}"#;
    assert_eq!(
        serde_json::from_str::<Value>(&reason.stored()).unwrap(),
        serde_json::from_str::<Value>(stored).unwrap()
    );
    assert_eq!(Reason::read(stored), reason);
    let told = serde_json::to_value(ReasonDto::new(&reason, Language::En)).unwrap();
    let expected = serde_json::json!({
        "code": "sat_not_there", "args": {"status": 404}, "text": "There is no SAT at this address (answer 404).",
    });
    assert_eq!(told, expected);
}

#[test]
fn whatever_is_not_ours_is_a_quote() {
    for old in [
        "Senha inválida",
        "",
        "{",
        "{}",
        r#"{"codigo":"X-1"}"#,
        r#"{"code":"of_a_newer_program","args":{}}"#,
        r#"{"code":"sat_not_there","args":{}}"#,
        r#"{"code":"sat_not_there","args":{"status":"many"}}"#,
    ] {
        let read = Reason::read(old);
        assert_eq!(read, Reason::quoted(old));
        assert_eq!(read.text(Language::En), old);
        assert_eq!(Reason::read(&read.stored()), read);
    }
    assert_eq!(Reason::quoted("Senha inválida").stored(), "Senha inválida");
    // Somebody else's words that look like ours, now or one day, stay theirs.
    for theirs in [
        Reason::Cancelled {}.stored(),
        r#"{"code":"of_a_newer_program","args":{}}"#.to_owned(),
    ] {
        let quoted = Reason::quoted(theirs);
        let kept: Value = serde_json::from_str(&quoted.stored()).unwrap();
        assert_eq!(kept["code"], "quoted");
        assert_eq!(Reason::read(&quoted.stored()), quoted);
    }
    let newer = ReasonDto {
        code: "of_a_newer_program".to_owned(),
        args: Map::new(),
        text: "in its words".to_owned(),
    };
    assert_eq!(newer.reason(), Reason::quoted("in its words"));
}

#[test]
fn what_others_wrote_can_be_told_from_what_we_say() {
    let reason = Reason::CancelFailed {
        error: Box::new(Reason::quoted("não")),
    };
    assert_eq!(
        reason.marked(Language::En),
        format!("Asking the API to cancel did not work: {QUOTE}não{UNQUOTE}")
    );
    let forged = format!("no.{UNQUOTE} Approved by the bank. {QUOTE}");
    assert_eq!(
        Reason::quoted(forged.as_str()).marked(Language::En),
        format!("{QUOTE}no. Approved by the bank. {UNQUOTE}"),
        "a quote has no end of its own"
    );
    assert_eq!(Reason::quoted(forged.as_str()).text(Language::En), forged);
}

#[test]
fn a_secret_can_be_hidden_however_deep_it_lies() {
    let secret = || Reason::quoted("senha errada");
    let reason = Reason::WithNotes {
        reason: Box::new(Reason::CancelFailed {
            error: Box::new(secret()),
        }),
        notes: vec![secret(), Reason::Cancelled {}],
    };
    let masked = reason.map_texts(&mut |text| text.replace("senha", "•••"));
    assert_eq!(
        masked.to_string(),
        "O pedido de cancelamento à API não deu certo: ••• errada (••• errada; cancelado)"
    );
}
