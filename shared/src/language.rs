//! The languages that people read here.

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// Named as `Accept-Language` and the page name it.
    Language {
        PtBr = "pt-BR",
        En = "en",
    }
}

/// Of e-mails, of jobs, and of callers that ask for none.
impl Default for Language {
    fn default() -> Self {
        Self::PtBr
    }
}

impl Language {
    /// What an `Accept-Language` header asks for most; the default when it names no language that is spoken here.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::default(), 0.0_f32);
        for choice in header.split(',') {
            let mut parts = choice.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let language = match tag.split('-').next() {
                Some(primary) if primary.eq_ignore_ascii_case("pt") => Self::PtBr,
                Some(primary) if primary.eq_ignore_ascii_case("en") => Self::En,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let weight = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_wish_that_weighs_most_counts() {
        for (header, expected) in [
            ("", Language::PtBr),
            ("*", Language::PtBr),
            ("de, fr;q=0.8", Language::PtBr),
            ("en", Language::En),
            ("EN-us", Language::En),
            ("en-US,en;q=0.9,pt;q=0.8", Language::En),
            ("pt-BR,pt;q=0.9,en;q=0.8", Language::PtBr),
            ("pt;q=0.3, en;q=0.7", Language::En),
            ("de, en;q=0.2", Language::En),
            ("en;q=0, pt;q=0.1", Language::PtBr),
            ("en;q=x", Language::PtBr),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header:?}");
        }
    }
}
