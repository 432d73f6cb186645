#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::json;

use super::*;

#[test]
fn a_text_says_its_level_at_its_beginning() {
    let texts = [
        ("", LogLevel::Info),
        ("abrindo o portal", LogLevel::Info),
        ("[ERROR] portal fora do ar", LogLevel::Error),
        ("[error]: portal fora do ar", LogLevel::Error),
        ("ERROR portal fora do ar", LogLevel::Error),
        ("ERRO: portal fora do ar", LogLevel::Error),
        ("ERROR:root:portal fora do ar", LogLevel::Error),
        ("CRITICAL portal", LogLevel::Error),
        ("(FATAL) portal", LogLevel::Error),
        ("2025-10-15 13:42:51,201 ERROR portal", LogLevel::Error),
        ("2025-10-15T13:42:51.201Z [WARNING] devagar", LogLevel::Warn),
        ("[2025-10-15 13:42:51] [4711] AVISO devagar", LogLevel::Warn),
        ("15/10/2025 13:42:51 - WARN - devagar", LogLevel::Warn),
        ("[15/Oct/2025:13:42:51 -0300] | DEBUG | clique", LogLevel::Debug),
        ("\u{1b}[1;31mERROR\u{1b}[0m portal", LogLevel::Error),
        (
            "\u{1b}[2m2025-10-15T13:42:51Z\u{1b}[0m \u{1b}[33m WARN\u{1b}[0m devagar",
            LogLevel::Warn,
        ),
        ("DEBUG clique\nERROR depois", LogLevel::Debug),
        ("[INFO] ERROR é só uma palavra", LogLevel::Info),
        // Sentences.
        ("Error ao abrir? Não.", LogLevel::Info),
        ("erro nenhum", LogLevel::Info),
        ("3 ERRORS", LogLevel::Info),
        ("sem ERROR aqui", LogLevel::Info),
        ("ERRORS 0", LogLevel::Info),
    ];
    for (text, level) in texts {
        let draft = Draft::text(text.to_owned());
        assert_eq!((draft.level, draft.message.as_str()), (level, text));
    }
}

#[test]
fn an_object_says_it_in_a_field() {
    let levels = [
        (json!({"level": "error"}), LogLevel::Error),
        (json!({"nivel": " Erro "}), LogLevel::Error),
        (json!({"severity": "CRITICAL"}), LogLevel::Error),
        (json!({"level": "fatal"}), LogLevel::Error),
        (json!({"level": "Warning"}), LogLevel::Warn),
        (json!({"nivel": "aviso"}), LogLevel::Warn),
        (json!({"level": "trace"}), LogLevel::Debug),
        (json!({"level": null, "nivel": "DEBUG"}), LogLevel::Debug),
        (json!({"level": "Info", "message": "[ERROR] x"}), LogLevel::Info),
        (json!({"level": "LOUD"}), LogLevel::Info),
        (json!({"level": 50}), LogLevel::Info),
        (json!({"message": "[ERROR] x"}), LogLevel::Error),
    ];
    for (mut object, level) in levels {
        let fields = object.as_object_mut().unwrap();
        fields.entry("message").or_insert(json!("x"));
        assert_eq!(Draft::item(object.clone()).level, level, "{object}");
        assert_eq!(Draft::data(object.to_string()).level, level, "{object}");
    }
}

#[test]
fn times_and_places_are_taken_when_they_can_be_read() {
    let read = |object: Value| {
        let draft = Draft::item(object);
        (draft.at.map(|at| at.timestamp_millis()), draft.number, draft.message)
    };
    let at = 1_760_535_771_201;
    let good = json!({"at": "2025-10-15T10:42:51.201-03:00", "n": 3, "msg": "x"});
    assert_eq!(read(good), (Some(at), Some(3), "x".to_owned()));
    let good = json!({"hora": "2025-10-15T13:42:51.201Z", "n": " 3 ", "message": 7});
    assert_eq!(read(good), (Some(at), Some(3), "7".to_owned()));
    // Some count from 0.
    assert_eq!(read(json!({"n": 0, "message": "x"})).1, Some(0));
    for n in [json!(-1), json!(1.5), json!("x"), json!(u64::MAX), json!(null)] {
        // Without a zone a time could be any of many.
        let bad = json!({"timestamp": "2025-10-15 13:42:51", "n": n, "message": ""});
        assert_eq!(read(bad), (None, None, String::new()));
    }
    assert_eq!(
        read(json!({"timestamp": "+9999-01-01T00:00:00Z", "message": "x"})).0,
        None
    );
    assert_eq!(
        read(json!({"timestamp": "0001-01-01T00:00:00Z", "message": "x"})).0,
        None
    );
}

#[test]
fn what_is_no_line_is_its_own_message() {
    assert_eq!(Draft::item(json!({"a": 1})).message, r#"{"a":1}"#);
    assert_eq!(Draft::item(json!({"message": null})).message, r#"{"message":null}"#);
    assert_eq!(Draft::item(json!([1, "b"])).message, r#"[1,"b"]"#);
    // Text that a robot wrote stays as it wrote it.
    let text = r#"{ "message": "x" }"#;
    assert_eq!(Draft::item(json!(text)).message, text);
    assert_eq!(Draft::data(text.to_owned()).message, "x");
    for text in [r#"{ "a": 1 }"#, "{", "\"x\"", "[1]"] {
        assert_eq!(Draft::data(text.to_owned()).message, text);
    }
    let draft = Draft::item(json!({"message": "x".repeat(MESSAGE_MAX_BYTES + 1)}));
    assert_eq!(draft.message.len(), MESSAGE_MAX_BYTES + CUT.len());
}
