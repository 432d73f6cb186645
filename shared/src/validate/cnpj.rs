//! CNPJ, the fourteen-character company number, numeric or alphanumeric.
//!
//! Source: Receita Federal, Instrução Normativa RFB 2.229/2024: twelve characters `0-9A-Z` and two check digits by
//! modulo 11, each character worth its ASCII code minus 48.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A CNPJ whose check digits fit; held without punctuation, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cnpj(String);

#[cfg(feature = "openapi")]
crate::text_schema!(Cnpj, "12ABC34501DE35");

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CnpjProblem {
    #[error("must not be empty")]
    Missing,
    #[error("must have twelve letters or digits and two check digits")]
    Form,
    #[error("the check digits do not fit the number")]
    CheckDigits,
}

impl Cnpj {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `12.ABC.345/01DE-35`
    #[must_use]
    pub fn formatted(&self) -> String {
        self.0
            .char_indices()
            .fold(String::with_capacity(18), |mut text, (index, c)| {
                match index {
                    2 | 5 => text.push('.'),
                    8 => text.push('/'),
                    12 => text.push('-'),
                    _ => {}
                }
                text.push(c);
                text
            })
    }

    /// A valid CNPJ from its first twelve characters, for demonstration and test data.
    ///
    /// # Errors
    /// When these are not twelve letters or digits.
    pub fn from_base(base: &str) -> Result<Self, CnpjProblem> {
        if base.len() != 12
            || !base
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        {
            return Err(CnpjProblem::Form);
        }
        let first = check_digit(base.as_bytes());
        let second = check_digit(format!("{base}{first}").as_bytes());
        Ok(Self(format!("{base}{first}{second}")))
    }
}

/// Modulo 11 with the weights 2 to 9, from the right, again and again.
fn check_digit(characters: &[u8]) -> u8 {
    let sum: u32 = characters
        .iter()
        .rev()
        .zip((2..=9).cycle())
        .map(|(character, weight)| (u32::from(*character) - 48) * weight)
        .sum();
    let rest = sum % 11;
    if rest < 2 {
        0
    } else {
        u8::try_from(11 - rest).unwrap_or_default()
    }
}

impl FromStr for Cnpj {
    type Err = CnpjProblem;

    fn from_str(text: &str) -> Result<Self, CnpjProblem> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, '.' | '/' | '-') && !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if plain.is_empty() {
            return Err(CnpjProblem::Missing);
        }
        let (base, digits) = plain.split_at_checked(12).ok_or(CnpjProblem::Form)?;
        // One character repeated passes the arithmetic, but is never issued.
        let repeated = plain.chars().all(|c| plain.starts_with(c));
        if digits.len() != 2 || repeated || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CnpjProblem::Form);
        }
        let expected = Self::from_base(base)?;
        if expected.0 == plain {
            Ok(expected)
        } else {
            Err(CnpjProblem::CheckDigits)
        }
    }
}

impl fmt::Display for Cnpj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Cnpj {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cnpj {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_example_fits() {
        // The worked example of the authority's own note on the alphanumeric form.
        assert_eq!(
            "12.ABC.345/01DE-35".parse::<Cnpj>().map(|cnpj| cnpj.formatted()),
            Ok("12.ABC.345/01DE-35".to_owned())
        );
        assert_eq!(
            "12abc34501de35".parse::<Cnpj>().map(|cnpj| cnpj.to_string()),
            Ok("12ABC34501DE35".to_owned())
        );
    }

    #[test]
    fn refuses_with_the_reason() {
        assert_eq!("".parse::<Cnpj>(), Err(CnpjProblem::Missing));
        assert_eq!("123".parse::<Cnpj>(), Err(CnpjProblem::Form));
        assert_eq!("00.000.000/0000-00".parse::<Cnpj>(), Err(CnpjProblem::Form));
        assert_eq!("12ABC34501DEA5".parse::<Cnpj>(), Err(CnpjProblem::Form));
        assert_eq!("ÇÇÇÇÇÇÇÇÇÇÇÇ35".parse::<Cnpj>(), Err(CnpjProblem::Form));
        assert_eq!("12ABC34501DE36".parse::<Cnpj>(), Err(CnpjProblem::CheckDigits));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_noticed(base in "[0-9A-Z]{12}", place in 0_usize..12) {
            let good = Cnpj::from_base(&base).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let changed: String = good.as_str().char_indices()
                .map(|(index, c)| if index == place { if c == '0' { '1' } else { '0' } } else { c }).collect();
            // Modulo 11 maps two remainders to 0, so a rare change can pass both digits; both digits must then agree.
            if let Ok(passed) = changed.parse::<Cnpj>() {
                prop_assert_eq!(Cnpj::from_base(&changed[..12]), Ok(passed));
            }
            prop_assert_eq!(good.as_str().parse(), Ok(good.clone()));
        }
    }
}
