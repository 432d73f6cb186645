//! An answer that was read whole, whoever gave it: what it says beside what was asked for.

use esteira_shared::reason::Reason;
use serde_json::Value;

const QUOTE_MAX_CHARS: usize = 500;

/// JSON, bytes that are no text replaced.
pub(super) fn json(body: &[u8]) -> serde_json::Result<Value> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
}

/// The answer itself, on one line and as much of it as a person reads.
pub(super) fn quote(text: &str) -> Reason {
    let text = text.trim();
    if text.is_empty() {
        return Reason::EmptyAnswer {};
    }
    let end = if text.chars().count() > QUOTE_MAX_CHARS {
        "…"
    } else {
        ""
    };
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    Reason::quoted(line.take(QUOTE_MAX_CHARS).collect::<String>() + end)
}

/// True when it says of itself that it is no success, whatever its status is.
pub(super) fn says_no(answer: &Value) -> bool {
    let any = |names: &[&str], holds: fn(&Value) -> bool| names.iter().filter_map(|name| answer.get(*name)).any(holds);
    any(&["success", "sucesso"], is_false) || any(&["error", "erro", "errors", "erros"], says_something)
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::String(text) => text.trim().eq_ignore_ascii_case("false"),
        _ => false,
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("false"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_quote_is_one_line_of_bounded_length() {
        assert_eq!(quote(" \r\n"), Reason::EmptyAnswer {});
        assert_eq!(quote(" <ok>\n</ok> "), Reason::quoted("<ok> </ok>"));
        assert_eq!(quote(&"é".repeat(500)), Reason::quoted("é".repeat(500)));
        assert_eq!(quote(&"é".repeat(501)), Reason::quoted(format!("{}…", "é".repeat(500))));
    }

    #[test]
    fn only_what_says_so_is_no_success() {
        for no in [
            json!({ "success": false }),
            json!({ "sucesso": " False " }),
            json!({ "success": true, "error": "fila cheia" }),
            json!({ "erro": { "codigo": 1 } }),
            json!({ "errors": ["x"] }),
        ] {
            assert!(says_no(&no), "{no}");
        }
        for other in [
            json!({ "success": true }),
            json!({ "success": null, "error": null, "erro": "", "errors": [], "erros": {} }),
            json!({ "error": false, "erro": 0 }),
            json!([]),
            json!(7),
        ] {
            assert!(!says_no(&other), "{other}");
        }
    }
}
