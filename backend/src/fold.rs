//! Names as they are ordered and searched: lower case, without accents, so that "São" is found by "sao" and both
//! databases agree on the order.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// `Clínica  São José` → `clinica sao jose`
#[must_use]
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folded words of a text, without punctuation, each once.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The first text that is greater than every text starting with `prefix`: the end of an index range.
#[must_use]
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn folds_accents_case_and_space() {
        assert_eq!(super::fold(" Clínica  SÃO José "), "clinica sao jose");
        assert_eq!(super::words("Pão & Cia. Pão"), ["cia", "pao"]);
    }
}
