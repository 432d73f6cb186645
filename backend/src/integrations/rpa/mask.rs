//! Keeping a secret out of what others say.

use std::mem;

use esteira_shared::reason::Reason;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    hash::ExecutionHash,
    payload::{FinalStatus, RpaResult, parse_result},
};

const SHOWN: &str = "•••";
/// A shorter secret would be found in too many words.
const SHORTEST_CHARS: usize = 4;
/// Only what begins so is ever read from a store.
const STORE: &str = "s3://";

/// Hides the secret that a robot was given wherever it comes back. Without a secret, or with a very short one, nothing is
/// hidden.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    /// As it is, and before that as JSON writes it, where that differs: objects become text on their way.
    forms: Vec<SecretString>,
}

impl Mask {
    #[must_use]
    pub fn new(secret: Option<&SecretString>) -> Self {
        let Some(secret) = secret else {
            return Self::default();
        };
        let plain = secret.expose_secret();
        if plain.chars().count() < SHORTEST_CHARS {
            return Self::default();
        }
        let quoted = Value::from(plain).to_string();
        let escaped = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let escaped = escaped.filter(|escaped| *escaped != plain).map(SecretString::from);
        Self {
            forms: escaped.into_iter().chain([secret.clone()]).collect(),
        }
    }

    /// The text without the secret. Where it is not found, this costs a search and nothing else.
    #[must_use]
    pub fn text(&self, mut text: String) -> String {
        for form in &self.forms {
            if text.contains(form.expose_secret()) {
                text = text.replace(form.expose_secret(), SHOWN);
            }
        }
        text
    }

    /// The reason without the secret, wherever in it others are quoted.
    #[must_use]
    pub fn reason(&self, reason: Reason) -> Reason {
        reason.map_texts(&mut |text| self.text(text))
    }

    /// A payload as it may be kept: every text without the secret, and every number that is the secret.
    #[must_use]
    pub fn kept(&self, payload: &Value) -> Value {
        let mut kept = payload.clone();
        if !self.forms.is_empty() {
            self.hide(&mut kept);
        }
        kept
    }

    /// What a payload says. Its words for people are without the secret; what is worked with (hashes, addresses in stores,
    /// dates, amounts) stays as it came, since a secret may be a part of that by chance.
    #[must_use]
    pub fn result(&self, payload: &Value) -> RpaResult {
        let mut result = parse_result(payload);
        if self.forms.is_empty() {
            return result;
        }
        // Read once more rather than masked afterwards: a word that was cut could end within the secret.
        let masked = parse_result(&self.kept(payload));
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

    fn hide(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(mem::take(text)),
            Value::Array(items) => {
                for item in items {
                    self.hide(item);
                }
            }
            Value::Object(fields) => {
                for field in fields.values_mut() {
                    self.hide(field);
                }
            }
            Value::Number(number) => {
                let digits = number.to_string();
                if self.forms.iter().any(|form| form.expose_secret() == digits) {
                    *value = Value::from(SHOWN);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mask(secret: &str) -> Mask {
        Mask::new(Some(&SecretString::from(secret)))
    }

    #[test]
    fn a_secret_is_hidden_as_it_is_and_as_json_writes_it() {
        let mask = mask("a\"b\\c");
        assert_eq!(mask.text("senha=a\"b\\c, a\"b\\c".to_owned()), "senha=•••, •••");
        let line = json!({ "senha": "a\"b\\c", "login": "ana" }).to_string();
        assert_eq!(mask.text(line), json!({ "senha": SHOWN, "login": "ana" }).to_string());
        assert_eq!(mask.text("a\"b".to_owned()), "a\"b");
        assert!(!format!("{mask:?}").contains("a\"b"));
    }

    #[test]
    fn short_secrets_and_none_hide_nothing() {
        for mask in [mask("abc"), mask(""), Mask::new(None)] {
            assert_eq!(mask.text("abcabc".to_owned()), "abcabc");
            assert_eq!(mask.kept(&json!({ "a": "abc" })), json!({ "a": "abc" }));
        }
        assert_eq!(mask("ábcd").text("ábcde".to_owned()), "•••e");
    }

    #[test]
    fn payloads_are_masked_at_any_depth() {
        let payload = json!({ "a": [{ "b": "x1234y" }, 1234, 12345, true, null], "c": "1234" });
        let kept = json!({ "a": [{ "b": "x•••y" }, SHOWN, 12345, true, null], "c": SHOWN });
        assert_eq!(mask("1234").kept(&payload), kept);
    }

    #[test]
    fn what_is_worked_with_stays_as_it_came() {
        let process = json!({
            "hash_execucao": "VIVO-12345678900012-DOWNLOAD-2026-10", "status_final": "UPLOADED_SAT",
            "faturas": [
                { "caminho": "s3://robos/2026/a.pdf", "data_vencimento": "20-10-2026", "ano": 2026, "valor": "2026.10" },
                { "caminho": "https://portal.example/2026", "data_vencimento": "x2026" },
            ],
            "detalhes": { "mensagem_erro": format!("{} 2026", "x".repeat(997)), "acao_recomendada": "trocar 2026" },
        });
        let payload = json!({ "message": "senha 2026", "processes": [process, { "hash_execucao": "x-2026" }] });
        let plain = parse_result(&payload);
        let masked = mask("2026").result(&payload);
        let (Some(before), Some(after), Some(odd)) = (
            plain.processes.first(),
            masked.processes.first(),
            masked.processes.last(),
        ) else {
            unreachable!("two processes were given")
        };
        assert_eq!(masked.message.as_deref(), Some("senha •••"));
        assert_eq!(after.hash_execucao, before.hash_execucao);
        assert_eq!(after.faturas.first(), before.faturas.first());
        let other = after.faturas.last().and_then(|fatura| fatura.caminho.as_deref());
        assert_eq!(other, Some("https://portal.example/•••"));
        let problem = Reason::ValueNotUnderstood {
            name: "data_vencimento".to_owned(),
            value: "x•••".to_owned(),
            expected: Box::new(Reason::ADate {}),
        };
        assert_eq!(after.problems, [problem]);
        let details = after.detalhes.clone().unwrap_or_default();
        assert!(
            details.mensagem_erro.is_some_and(|text| !text.contains('2')),
            "cut within the secret"
        );
        assert_eq!(details.acao_recomendada.as_deref(), Some("trocar •••"));
        assert_eq!(odd.hash_execucao.as_deref(), Some("x-•••"));
    }
}
