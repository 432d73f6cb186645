//! A robot's password in what it says.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use esteira_shared::status::LogLevel;
use secrecy::SecretString;
use serde_json::Value;

use crate::integrations::rpa::{Mask, RpaLogLine, Seam};

/// The third has quotes and a backslash of its own, the last what looks like escapes.
const SECRETS: [&str; 4] = ["segredo77", "Se nh@&+\u{c7}\"\u{e9}1", "a\"b\\c<d>", "p%25&amp;x"];

/// A text with a secret in it, in some form.
pub fn mask(data: &[u8]) {
    let [which, form, cut, text @ ..] = data else { return };
    let secret = secret(*which);
    let written = written(secret, *form);
    let text = String::from_utf8_lossy(text);
    let (before, after) = text.split_at(boundary(&text, usize::from(*cut)));
    // A space, because what stands before may turn its first character into another: `\` before `n`.
    let whole = format!("{before} {written} {after}");
    let shown = Mask::new(Some(&SecretString::from(secret))).text(whole.clone());
    assert!(!shown.contains(&written), "{whole:?} became {shown:?}");
    hidden(secret, &shown);
    // In base64 it stands behind whatever is encoded with it.
    let whole = BASE64_STANDARD.encode(format!("{before}{secret}{after}"));
    let shown = Mask::new(Some(&SecretString::from(secret))).text(whole.clone());
    assert_ne!(shown, whole, "{before:?} {after:?}");
}

/// A secret that several lines share.
pub fn seam(data: &[u8]) {
    let [which, a, b, c, d, text @ ..] = data else { return };
    let text = String::from_utf8_lossy(text);
    let secret = secret(*which);
    let (before, after) = text.split_at(boundary(&text, text.len() / 2));
    let whole = format!("{before}{secret}{after}");
    let mut ends = [a, b, c, d].map(|cut| boundary(&whole, usize::from(*cut))).to_vec();
    ends.push(whole.len());
    ends.sort_unstable();
    let mut seam = Seam::new(Mask::new(Some(&SecretString::from(secret))));
    let mut given = Vec::new();
    let mut from = 0;
    for (number, end) in (1..).zip(&ends) {
        given.extend(seam.push(line(number, whole.get(from..*end).unwrap_or_default())));
        from = *end;
    }
    given.extend(seam.rest());
    assert!(!seam.is_waiting());
    let numbers = given.iter().map(|line| line.number);
    assert!(numbers.eq((1..).take(ends.len())), "all lines, in their order");
    let shown: String = given.into_iter().map(|line| line.message).collect();
    hidden(secret, &shown);
}

fn hidden(secret: &str, shown: &str) {
    assert!(!shown.to_lowercase().contains(&secret.to_lowercase()), "{shown:?}");
}

fn secret(which: u8) -> &'static str {
    SECRETS
        .get(usize::from(which) % SECRETS.len())
        .copied()
        .unwrap_or_default()
}

fn written(secret: &str, form: u8) -> String {
    let each = |write: fn(char) -> String| secret.chars().map(write).collect::<String>();
    match form % 7 {
        0 => secret.to_owned(),
        1 => secret.to_uppercase(),
        2 => {
            let json = Value::from(secret).to_string();
            json.get(1..json.len() - 1).unwrap_or_default().to_owned()
        }
        3 => each(|c| {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect()
        }),
        4 => secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        5 => each(|c| format!("&#{};", u32::from(c))),
        _ => BASE64_STANDARD.encode(secret),
    }
}

/// The last place up to this one at which the text may be cut.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

fn line(number: u64, message: &str) -> RpaLogLine {
    RpaLogLine {
        number,
        numbered: true,
        id: None,
        at: None,
        level: LogLevel::Info,
        message: message.to_owned(),
        unfinished: false,
    }
}
