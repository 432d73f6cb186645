//! Money as whole cents: exact, sortable and summable on every database. Travels as a decimal string (`"1284.90"`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An amount in Brazilian reais, held in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i64);

#[cfg(feature = "openapi")]
crate::text_schema!(Money, "1284.90");

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount: digits with at most two decimals, such as 1284.90")]
pub struct InvalidMoney;

impl Money {
    /// `1.284,90`, the way Brazil writes amounts; without the currency sign.
    #[must_use]
    pub fn to_brazilian(self) -> String {
        let whole = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{grouped},{:02}", self.0.unsigned_abs() % 100)
    }

    /// Reads what a person types: `1284.90`, `1.284,90`, `1284,9` or `R$ 1.284,90`.
    ///
    /// # Errors
    /// When the text is no amount or does not fit.
    pub fn parse_typed(text: &str) -> Result<Self, InvalidMoney> {
        let text = text.trim().trim_start_matches("R$").trim();
        if text.contains(',') {
            text.replace('.', "").replace(',', ".").parse()
        } else {
            text.parse()
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;

    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 2 || !all_digits(whole) || !all_digits(decimals) {
            return Err(InvalidMoney);
        }
        let cents: i64 = format!("{whole}{decimals:0<2}").parse().map_err(|_| InvalidMoney)?;
        Ok(Self(if negative { -cents } else { cents }))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_and_writes_both_notations() {
        assert_eq!("1284.90".parse(), Ok(Money(128_490)));
        assert_eq!(Money::parse_typed("R$ 1.284,9"), Ok(Money(128_490)));
        assert_eq!(Money(123_456_789).to_brazilian(), "1.234.567,89");
        assert_eq!(Money(-5).to_string(), "-0.05");
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["", ".", "1.234", "1e3", "R$", "12,345", "99999999999999999999"] {
            assert_eq!(Money::parse_typed(text), Err(InvalidMoney), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_wire(cents in any::<i32>()) {
            let money = Money(i64::from(cents));
            prop_assert_eq!(money.to_string().parse(), Ok(money));
            prop_assert_eq!(Money::parse_typed(&money.to_brazilian()), Ok(money));
        }
    }
}
