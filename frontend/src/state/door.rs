//! The sign-in form, and the first question to the server: who is signed in. `frontend/door.js` has both before the
//! program is there.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::session::SessionState;

/// What was found out before the program was there; `None` when the server has to be asked again.
pub async fn first() -> Option<SessionState> {
    let answer = call("first", &JsValue::UNDEFINED)?.dyn_into::<js_sys::Promise>().ok()?;
    let answer = JsFuture::from(answer).await.ok()?;
    let of = |name: &str| Reflect::get(&answer, &JsValue::from_str(name)).ok();
    match of("session")?.as_string() {
        Some(session) => serde_json::from_str(&session).ok().map(SessionState::SignedIn),
        None => Some(SessionState::Nobody {
            setup: of("setup")?.as_bool()?,
        }),
    }
}

/// Shows the form, or leaves it as it is. When somebody signs in, `come` gets their session, as the server wrote it.
pub fn open(come: impl Fn(String) + 'static) {
    let come = Closure::<dyn Fn(String)>::new(come).into_js_value();
    call("open", &come);
}

/// Removes the form, or what was painted before the program, from the screen.
pub fn close() {
    call("close", &JsValue::UNDEFINED);
}

fn call(name: &str, argument: &JsValue) -> Option<JsValue> {
    let door = Reflect::get(&js_sys::global(), &JsValue::from_str("esteiraDoor")).ok()?;
    let function = Reflect::get(&door, &JsValue::from_str(name)).ok()?;
    function
        .dyn_into::<js_sys::Function>()
        .ok()?
        .call1(&door, argument)
        .ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    const DOOR: &str = include_str!("../../door.js");

    /// `key: "text",` line by line, from the line that opens the language to the one that closes it.
    fn said(opening: &str) -> BTreeMap<&'static str, &'static str> {
        let (_, texts) = DOOR.split_once(opening).unwrap();
        let (texts, _) = texts.split_once("\n    },").unwrap();
        texts
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                let (key, text) = line.trim().split_once(": \"").unwrap();
                (key, text.strip_suffix("\",").unwrap())
            })
            .collect()
    }

    fn file(language: &str, name: &str) -> Value {
        let path = format!("{}/locales/{language}/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn the_form_says_what_the_locales_say() {
        for (language, opening) in [("pt-BR", "\"pt-BR\": {"), ("en", "\n    en: {")] {
            let files = ["access", "errors", "frame", "parts"].map(|name| file(language, name));
            let said = said(opening);
            assert!(said.len() > 20, "{language}: texts were found");
            for (key, text) in said {
                let known = files
                    .iter()
                    .any(|file| file.get(key).and_then(Value::as_str) == Some(text));
                assert!(known, "{language}: {key} is not what the locales say");
            }
        }
    }

    #[test]
    fn both_languages_say_the_same() {
        let keys = |opening| said(opening).into_keys().collect::<Vec<_>>();
        assert_eq!(keys("\"pt-BR\": {"), keys("\n    en: {"));
    }
}
