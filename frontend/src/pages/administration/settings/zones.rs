//! Time zones to choose from: those of Brazil first, then what the browser knows, then whatever was typed.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::{components::Choice, i18n::tr};

/// Zone and who lives in it. IANA knows more Brazilian names, but each keeps the time of one of these today.
fn brazil() -> [(&'static str, &'static str); 8] {
    [
        ("America/Sao_Paulo", tr!(settings.zone_sao_paulo)),
        ("America/Bahia", tr!(settings.zone_bahia)),
        ("America/Fortaleza", tr!(settings.zone_fortaleza)),
        ("America/Belem", tr!(settings.zone_belem)),
        ("America/Cuiaba", tr!(settings.zone_cuiaba)),
        ("America/Manaus", tr!(settings.zone_manaus)),
        ("America/Rio_Branco", tr!(settings.zone_rio_branco)),
        ("America/Noronha", tr!(settings.zone_noronha)),
    ]
}

/// Names beyond Brazil are only listed while one types.
const OTHERS_SHOWN: usize = 8;

/// What fits `typed`, always with the chosen zone among it.
pub(super) fn choices(typed: &str, chosen: &str) -> Vec<Choice> {
    let wanted = typed.trim().to_lowercase().replace(' ', "_");
    let fits = |name: &str, note: &str| {
        name.to_lowercase().contains(&wanted) || note.to_lowercase().replace(' ', "_").contains(&wanted)
    };
    let mut found: Vec<Choice> = brazil()
        .into_iter()
        .filter(|(name, note)| fits(name, note))
        .map(|(name, note)| Choice::with_note(name, name, note))
        .collect();
    if wanted.len() >= 2 {
        let known = |found: &[Choice], name: &str| found.iter().any(|choice| choice.value == name);
        let others = browser_zones()
            .into_iter()
            .filter(|name| fits(name, "") && !known(&found, name));
        let others: Vec<Choice> = others
            .take(OTHERS_SHOWN)
            .map(|name| Choice::new(name.clone(), name))
            .collect();
        found.extend(others);
        // The server knows every IANA name and has the last word.
        let exact = typed.trim();
        if exact.contains('/') && !known(&found, exact) {
            found.push(Choice::with_note(exact, exact, tr!(settings.zone_typed)));
        }
    }
    if !chosen.is_empty() && !found.iter().any(|choice| choice.value == chosen) {
        found.push(Choice::with_note(chosen, chosen, tr!(settings.zone_chosen)));
    }
    found
}

/// `Intl.supportedValuesOf('timeZone')`; nothing in a browser without it, which is why `js_sys`'s own form, which does not
/// catch, is not used.
fn browser_zones() -> Vec<String> {
    let ask = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let list: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
        list.call1(&JsValue::NULL, &"timeZone".into())
            .ok()?
            .dyn_into::<Array>()
            .ok()
    };
    ask()
        .map(|names| names.iter().filter_map(|name| name.as_string()).collect())
        .unwrap_or_default()
}
