//! Passwords that very many people have, and that are tried first.

use std::{collections::HashSet, sync::LazyLock};

use esteira_shared::validate::password::forms;

use crate::fold::fold;

/// One on each line, in small letters without accents.
const LIST: &str = include_str!("common.txt");

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether a password is on the list, in any case and with any accents, also with digits and signs around it or several
/// times over.
pub(super) fn contains(password: &str) -> bool {
    let folded = fold(password);
    COMMON.contains(folded.as_str()) || forms(&folded).iter().any(|form| COMMON.contains(form.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_ones_are_found_however_they_are_dressed_up() {
        for password in [
            "brasil123",
            "123mudar",
            "Mudar123",
            "FLAMENGO",
            "Flamengo2024!",
            "flamengoflamengo",
            "Senha@2024",
            "qwertyuiop",
            "Esteira12345",
            "Cora\u{e7}\u{e3}o 123",
            "Corac\u{327}a\u{303}o 123",
            "password12",
            "p@ssw0rd1234",
            "eu te amo 10",
        ] {
            assert!(contains(password), "{password}");
        }
        for password in ["correct horse battery", "uma frase que ninguem adivinha", "8472910563"] {
            assert!(!contains(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_as_it_is_searched() {
        let count = LIST.lines().count();
        assert!(count >= 1_000, "{count}");
        assert_eq!(COMMON.len(), count, "each once");
        for line in LIST.lines() {
            assert_eq!(fold(line), line);
            assert!(!line.is_empty() && !line.contains(' '), "{line:?}");
        }
    }
}
