//! Keeping a secret out of what others say.

mod needles;
mod seam;
mod unfold;

use std::{fmt, mem, ops::Range, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use esteira_shared::reason::Reason;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

pub use self::seam::Seam;
use self::{
    needles::{Needle, Needles},
    unfold::{Unfolded, cut_escape},
};
use super::{
    hash::ExecutionHash,
    payload::{FinalStatus, RpaResult, parse_result},
};

const SHOWN: &str = "•••";
/// A shorter secret would be found in too many words.
const SHORTEST_CHARS: usize = 4;
/// Fewer characters of base64 at the end of a text are no sign that more of the secret follows.
const SHORTEST_ENCODED: usize = 3;
/// Layers of escapes, one within the other, that are read.
const LAYERS: usize = 3;
/// How much of a text is unfolded at once, and how much of that again with the next part: more than a secret in its
/// longest form.
const WINDOW_BYTES: usize = 32 * 1024;
const OVERLAP_BYTES: usize = 4 * 1024;
/// Only what begins so is ever read from a store.
const STORE: &str = "s3://";

/// Hides the secret that a robot was given wherever it comes back: as it is, in other letter cases, decomposed, within
/// escapes of JSON, addresses, forms and HTML, and in base64 behind whatever stands before it. Without a secret, or with
/// a very short one, nothing is hidden.
#[derive(Clone, Default)]
pub struct Mask {
    known: Option<Arc<Known>>,
}

struct Known {
    secret: SecretString,
    /// The secret as [`Unfolded`] texts have it.
    plain: Needles,
    /// In base64, which is read in the first text and keeps its letter cases.
    encoded: Needles,
    is_ascii: bool,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mask")
            .field("hides", &self.known.is_some())
            .finish_non_exhaustive()
    }
}

impl Known {
    fn new(secret: &SecretString) -> Self {
        let text = secret.expose_secret();
        let folded = Unfolded::of(text).text;
        // A form writes `+` for a space; everything else in it is an escape.
        let in_form = folded.contains(' ').then(|| folded.replace(' ', "+"));
        let plain = [folded].into_iter().chain(in_form).map(Needle::new).collect();
        let mut encoded = base64_of(text.as_bytes());
        for other in [text.nfc().collect::<String>(), text.nfd().collect()] {
            if other != text {
                encoded.extend(base64_of(other.as_bytes()));
            }
        }
        Self {
            plain: Needles::new(plain, true, 1),
            encoded: Needles::new(encoded, false, SHORTEST_ENCODED),
            is_ascii: text.is_ascii(),
            secret: secret.clone(),
        }
    }

    /// Where the secret stands, in order and apart from each other.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.encoded.find(text, &mut found);
        if self.reads_as_it_is(text) {
            self.plain.find(text, &mut found);
        } else {
            for (from, part) in windows(text) {
                self.each_layer(part, |layer| {
                    let mut here = Vec::new();
                    self.plain.find(&layer.text, &mut here);
                    let places = here.iter().filter_map(|range| layer.place(range));
                    found.extend(places.map(|place| from + place.start..from + place.end));
                });
            }
        }
        if found.len() > 1 {
            found.sort_unstable_by_key(|range| (range.start, range.end));
            found.dedup_by(|next, before| {
                let overlaps = next.start < before.end;
                if overlaps {
                    before.end = before.end.max(next.end);
                }
                overlaps
            });
        }
        found
    }

    /// From where the end of the text may be the beginning of the secret, and whether some of the secret is there already:
    /// otherwise it is an escape that is cut off.
    fn begun(&self, text: &str) -> Option<(usize, bool)> {
        let cut = cut_escape(text);
        let body = cut.and_then(|at| text.get(..at)).unwrap_or(text);
        let mut first = self.encoded.begun(text).map(|bytes| text.len() - bytes);
        let mut see = |at: Option<usize>| first = first.into_iter().chain(at).min();
        if self.reads_as_it_is(body) {
            see(self.plain.begun(body).map(|bytes| body.len() - bytes));
        } else {
            self.each_layer(body, |layer| {
                let bytes = self.plain.begun(&layer.text);
                let range = bytes.map(|bytes| layer.text.len() - bytes..layer.text.len());
                see(range.and_then(|range| layer.place(&range)).map(|range| range.start));
            });
        }
        first.map(|at| (at, true)).or(cut.map(|at| (at, false)))
    }

    /// Letter cases are all that may differ, and these are no matter to the search.
    fn reads_as_it_is(&self, text: &str) -> bool {
        let odd = |byte: u8| matches!(byte, b'\\' | b'%' | b'&' | b'\n' | b'\r') || !(self.is_ascii || byte.is_ascii());
        !text.bytes().any(odd)
    }

    fn each_layer(&self, text: &str, mut see: impl FnMut(&Unfolded)) {
        let mut layer = Some(Unfolded::of(text));
        for _ in 0..=LAYERS {
            let Some(seen) = layer else { return };
            see(&seen);
            layer = seen.decoded();
        }
    }
}

/// A long text in parts that overlap, each with its place: unfolding takes many times the memory of a text.
fn windows(text: &str) -> Vec<(usize, &str)> {
    let boundary = |at: usize| {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let to = boundary(from + WINDOW_BYTES);
        all.push((from, text.get(from..to).unwrap_or_default()));
        if to == text.len() {
            return all;
        }
        from = boundary(to - OVERLAP_BYTES);
    }
}

/// Base64 of the bytes behind none, one or two others (three are none again): the characters that these bytes alone
/// decide. In its two alphabets, and as addresses and JSON write them.
fn base64_of(bytes: &[u8]) -> Vec<Needle> {
    let mut all: Vec<Needle> = Vec::new();
    for before in 0..3_usize {
        let text = STANDARD_NO_PAD.encode([[0; 2].get(..before).unwrap_or_default(), bytes].concat());
        let bits = (before + bytes.len()) * 8;
        // One byte before decides one character and a part of the second, two decide two and a part of the third.
        let skipped = if before == 0 { 0 } else { before + 1 };
        let own = text.get(skipped..bits / 6).unwrap_or_default();
        let forms = [
            own.to_owned(),
            own.replace('+', "-").replace('/', "_"),
            own.replace('+', "%2B").replace('/', "%2F"),
            own.replace('+', "%2b").replace('/', "%2f"),
            own.replace('/', "\\/"),
        ];
        for text in forms {
            if !text.is_empty() && all.iter().all(|known| known.text != text) {
                all.push(Needle {
                    text,
                    before: before > 0,
                    after: !bits.is_multiple_of(6),
                });
            }
        }
    }
    all
}

impl Mask {
    #[must_use]
    pub fn new(secret: Option<&SecretString>) -> Self {
        let secret = secret.filter(|secret| secret.expose_secret().chars().count() >= SHORTEST_CHARS);
        Self {
            known: secret.map(|secret| Arc::new(Known::new(secret))),
        }
    }

    /// The text without the secret. Where it is not found, this costs a search and nothing else.
    #[must_use]
    pub fn text(&self, text: String) -> String {
        match &self.known {
            Some(known) => {
                let found = known.find(&text);
                without(text, &found)
            }
            None => text,
        }
    }

    /// The reason without the secret, wherever in it others are quoted.
    #[must_use]
    pub fn reason(&self, reason: Reason) -> Reason {
        reason.map_texts(&mut |text| self.text(text))
    }

    /// A payload as it may be kept: every text without the secret, names of fields too, and every number that is the secret.
    #[must_use]
    pub fn kept(&self, payload: &Value) -> Value {
        let mut kept = payload.clone();
        if self.known.is_some() {
            self.hide(&mut kept, true);
        }
        kept
    }

    /// What a payload says. Its words for people are without the secret; what is worked with (hashes, addresses in stores,
    /// dates, amounts) stays as it came, since a secret may be a part of that by chance.
    #[must_use]
    pub fn result(&self, payload: &Value) -> RpaResult {
        let mut result = parse_result(payload);
        if self.known.is_none() {
            return result;
        }
        // Read once more rather than masked afterwards: a word that was cut could end within the secret. Fields keep their
        // names, by which they are found.
        let mut masked = payload.clone();
        self.hide(&mut masked, false);
        let masked = parse_result(&masked);
        result.message = masked.message;
        for (process, masked) in result.processes.iter_mut().zip(masked.processes) {
            process.detalhes = masked.detalhes;
            let problems = mem::take(&mut process.problems);
            process.problems = problems.into_iter().map(|problem| self.reason(problem)).collect();
            if let FinalStatus::Unknown(word) = &mut process.status_final {
                *word = self.text(mem::take(word));
            }
            let hash = process.hash_execucao.as_deref();
            if hash.is_some_and(|hash| hash.parse::<ExecutionHash>().is_err()) {
                process.hash_execucao = masked.hash_execucao;
            }
            for (fatura, masked) in process.faturas.iter_mut().zip(masked.faturas) {
                let path = fatura.caminho.as_deref();
                if path.is_some_and(|path| !path.starts_with(STORE)) {
                    fatura.caminho = masked.caminho;
                }
            }
        }
        result
    }

    fn hide(&self, value: &mut Value, names: bool) {
        match value {
            Value::String(text) => *text = self.text(mem::take(text)),
            Value::Array(items) => {
                for item in items {
                    self.hide(item, names);
                }
            }
            Value::Object(fields) => {
                for field in fields.values_mut() {
                    self.hide(field, names);
                }
                if names {
                    let named = mem::take(fields).into_iter();
                    *fields = named.map(|(name, field)| (self.text(name), field)).collect();
                }
            }
            Value::Number(number) => {
                let digits = number.to_string();
                if self
                    .known
                    .as_ref()
                    .is_some_and(|known| known.secret.expose_secret() == digits)
                {
                    *value = Value::from(SHOWN);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// The text with a mark in place of each range.
fn without(text: String, ranges: &[Range<usize>]) -> String {
    if ranges.is_empty() {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        shown.push_str(text.get(from..range.start).unwrap_or_default());
        shown.push_str(SHOWN);
        from = range.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests;
