//! Passwords that others try first, as far as page and server can both tell. The server has a list of common ones beside.

/// For developers, with [`crate::error::FieldCode::EasilyGuessed`].
pub const EASILY_GUESSED: &str = "others try this one first; take a longer phrase";

/// With fewer different characters than this, a password is guessed by its pattern.
const DIFFERENT: usize = 4;

/// Whether a password is made of spaces, of a few characters, of a run such as `1234567890`, or of what everybody knows
/// of the person. `own` is name and e-mail.
#[must_use]
pub fn easily_guessed(password: &str, own: &[&str]) -> bool {
    let forms = forms(password);
    let Some(once) = forms.first() else { return true };
    let chars: Vec<char> = once.chars().collect();
    few(&chars)
        || run(&chars)
        || own
            .iter()
            .flat_map(|text| known(text))
            .any(|word| forms.contains(&word))
}

/// What remains of a password when its decoration is taken away: all of it once, if it is the same several times, and
/// the same without what stands before the first and after the last letter. In small letters, without spaces.
#[must_use]
pub fn forms(password: &str) -> Vec<String> {
    let whole = plain(password);
    let bare = whole.trim_matches(|c: char| !c.is_alphabetic());
    let mut forms: Vec<String> = [whole.as_str(), bare]
        .into_iter()
        .map(once)
        .filter(|form| !form.is_empty())
        .collect();
    forms.dedup();
    forms
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// `abcabcabc` → `abc`
fn once(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let repeated = (1..=chars.len() / 2).find(|size| {
        chars.len().is_multiple_of(*size)
            && chars
                .chunks(*size)
                .zip(chars.chunks(*size).skip(1))
                .all(|(one, next)| one == next)
    });
    chars.iter().take(repeated.unwrap_or(chars.len())).collect()
}

fn few(chars: &[char]) -> bool {
    let mut different = chars.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len() < DIFFERENT
}

/// Each character is the one after the one before, or each the one before it; 0 follows 9.
fn run(chars: &[char]) -> bool {
    let all = |follows: fn(char, char) -> bool| chars.iter().zip(chars.iter().skip(1)).all(|(a, b)| follows(*a, *b));
    all(|a, b| next(a) == Some(b)) || all(|a, b| next(b) == Some(a))
}

fn next(c: char) -> Option<char> {
    match c {
        '9' => Some('0'),
        c => char::from_u32(u32::from(c) + 1),
    }
}

/// A name or an e-mail, whole and in its words.
fn known(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let before_at = text.split('@').next();
    [text]
        .into_iter()
        .chain(before_at)
        .chain(words)
        .map(plain)
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_the_own_name_are_guessed() {
        let own = ["Marina Rocha", "marina.rocha@example.com"];
        for password in [
            "          ",
            "1234567890",
            "0987654321",
            "9012345678",
            "abcdefghijkl",
            "aaaaaaaaaaaa",
            "1010101010",
            "1 2 3 4 5 6 7",
            "123123123123",
            "marina.rocha@example.com",
            "MARINA.ROCHA@EXAMPLE.COM",
            "Marina Rocha",
            "marinarocha",
            "marina12345",
            "123.Rocha.456",
            "marinamarina",
            "marina.rocha!",
        ] {
            assert!(easily_guessed(password, &own), "{password:?}");
        }
    }

    #[test]
    fn a_phrase_is_not() {
        let own = ["Marina Rocha", "marina.rocha@example.com"];
        for password in [
            "correct horse battery",
            "uma frase que ninguém adivinha",
            "marina gosta de café",
            "8472910563",
            "longa-o-bastante",
            "from the office 1",
        ] {
            assert!(!easily_guessed(password, &own), "{password:?}");
        }
    }

    #[test]
    fn decoration_is_taken_away() {
        assert_eq!(forms("Flamengo 2024!"), ["flamengo2024!", "flamengo"]);
        assert_eq!(forms("brasilbrasil"), ["brasil"]);
        assert_eq!(forms("  "), [""; 0]);
    }
}
