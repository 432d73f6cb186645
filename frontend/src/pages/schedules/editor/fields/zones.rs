//! Time zones to choose from, with what their clocks show now: the organisation's first, then what the browser knows.

use js_sys::{
    Array, Date, Function,
    Intl::{DateTimeFormat, DateTimeFormatOptions, TimeZoneNameFormat},
    Object, Reflect,
};
use wasm_bindgen::{JsCast, JsValue};

use crate::{components::Choice, i18n::tr};

/// Without a word typed: those of Brazil, each with the time of a whole region.
const NEAR: [&str; 8] = [
    "America/Sao_Paulo",
    "America/Bahia",
    "America/Fortaleza",
    "America/Belem",
    "America/Cuiaba",
    "America/Manaus",
    "America/Rio_Branco",
    "America/Noronha",
];

/// While one types.
const SHOWN: usize = 12;

/// What fits `typed`, always with the chosen zone among it.
pub fn choices(typed: &str, chosen: &str, organization: &str) -> Vec<Choice> {
    let wanted = typed.trim().to_lowercase().replace(' ', "_");
    let fits = |name: &str| name.to_lowercase().contains(&wanted);
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|other| other == name) {
            names.push(name.to_owned());
        }
    };
    if fits(organization) {
        add(organization);
    }
    if wanted.is_empty() {
        NEAR.into_iter().for_each(&mut add);
    } else {
        let known = browser_zones();
        known
            .iter()
            .filter(|name| fits(name))
            .take(SHOWN)
            .for_each(|name| add(name));
        // The server knows every IANA name and has the last word.
        let exact = typed.trim();
        if exact.contains('/') {
            add(exact);
        }
    }
    add(chosen);
    names
        .into_iter()
        .map(|name| {
            let offset = offset(&name).unwrap_or_default();
            let note = if name == organization {
                tr!(schedule_editor.zone_organization, offset = offset)
            } else {
                offset
            };
            Choice::with_note(name.clone(), name, note)
        })
        .collect()
}

/// `Intl.supportedValuesOf('timeZone')`; nothing in a browser without it.
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

/// `−03:00` now; nothing for a zone that the browser does not know.
fn offset(zone: &str) -> Option<String> {
    let options = DateTimeFormatOptions::new();
    options.set_time_zone(zone);
    options.set_time_zone_name(TimeZoneNameFormat::LongOffset);
    // `DateTimeFormat::new` does not catch what the browser throws at a zone that it does not know; `construct` does.
    let class = DateTimeFormat::new(&Array::new(), &Object::new()).constructor();
    let made = Reflect::construct(&class, &Array::of2(&"en-US".into(), &options)).ok()?;
    let written = made.dyn_into::<DateTimeFormat>().ok()?.format();
    let text = written.call1(&JsValue::NULL, &Date::new_0()).ok()?.as_string()?;
    let (_, offset) = text.rsplit_once("GMT")?;
    Some(if offset.is_empty() {
        "+00:00".to_owned()
    } else {
        offset.replace('-', "−")
    })
}
