//! Money: an exact count of a currency's smallest unit.
//!
//! Every amount in the house is a [`Money`]: an `i64` of minor units and the [`Currency`] it counts. Sums are checked,
//! two currencies never add, and what needs fractions (a rate, interest, a share) goes through `rust_decimal` and comes
//! back rounded half up by [`Money::round`]. There is no floating point here and no implicit conversion.
//!
//! On the wire an amount is `{"amount":"1234.56","currency":"CNY"}` with exactly the currency's decimals.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The largest count of minor units that every part of the house carries without loss: 2^53 − 1, what JavaScript and
/// SQLite's columns hold exactly.
pub const MINOR_MAX: i64 = 9_007_199_254_740_991;

/// What can be wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no number.
    #[error("'{0}' is no amount")]
    NotANumber(String),
    /// The amount has more decimals than its currency.
    #[error("{amount} has more decimals than {currency} allows ({decimals})")]
    TooManyDecimals {
        /// The amount as written.
        amount: String,
        /// Its currency.
        currency: Currency,
        /// How many decimals the currency has.
        decimals: u32,
    },
    /// The amount, or a sum, leaves ±(2^53 − 1) minor units.
    #[error("the amount is beyond what the book can hold")]
    OutOfRange,
    /// Two amounts of different currencies were to be combined.
    #[error("{0} and {1} cannot be added")]
    MixedCurrencies(Currency, Currency),
    /// The code names no currency that the house knows.
    #[error("'{0}' is no currency code that is known here")]
    UnknownCurrency(String),
}

/// An ISO 4217 currency that the house knows, with the number of its decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The currencies that the house knows, with their decimals (ISO 4217).
const CURRENCIES: [(&[u8; 3], u32); 22] = [
    (b"AED", 2),
    (b"AUD", 2),
    (b"CAD", 2),
    (b"CHF", 2),
    (b"CNY", 2),
    (b"DKK", 2),
    (b"EUR", 2),
    (b"GBP", 2),
    (b"HKD", 2),
    (b"IDR", 2),
    (b"INR", 2),
    (b"JPY", 0),
    (b"KRW", 0),
    (b"KWD", 3),
    (b"MYR", 2),
    (b"NOK", 2),
    (b"NZD", 2),
    (b"SEK", 2),
    (b"SGD", 2),
    (b"THB", 2),
    (b"USD", 2),
    (b"VND", 0),
];

impl Currency {
    /// 人民币.
    pub const CNY: Self = Self(*b"CNY");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Every currency that the house knows.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.iter().map(|(code, _)| Self(**code))
    }

    /// How many decimals its minor unit stands for.
    pub fn decimals(self) -> u32 {
        CURRENCIES.iter().find(|(code, _)| **code == self.0).map_or(2, |(_, decimals)| *decimals)
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let upper = text.trim().to_ascii_uppercase();
        CURRENCIES
            .iter()
            .find(|(code, _)| code.as_slice() == upper.as_bytes())
            .map(|(code, _)| Self(**code))
            .ok_or_else(|| MoneyError::UnknownCurrency(text.to_owned()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An exact amount in one currency. Adding two currencies is an error, not a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// So many minor units (分, cents).
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] beyond ±(2^53 − 1).
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if (-MINOR_MAX..=MINOR_MAX).contains(&minor) {
            Ok(Self { minor, currency })
        } else {
            Err(MoneyError::OutOfRange)
        }
    }

    /// Reads `1234.56`: digits, one optional minus, one optional point, no more decimals than the currency has.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotANumber`] for anything else, [`MoneyError::TooManyDecimals`] for a part of a minor unit,
    /// [`MoneyError::OutOfRange`] beyond ±(2^53 − 1) minor units.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
            return Err(MoneyError::NotANumber(text.to_owned()));
        }
        let decimals = currency.decimals();
        let kept = fraction.trim_end_matches('0');
        if kept.len() > decimals as usize {
            return Err(MoneyError::TooManyDecimals { amount: text.to_owned(), currency, decimals });
        }
        let padding = std::iter::repeat_n(b'0', (decimals as usize).saturating_sub(kept.len()));
        let mut minor: i64 = 0;
        for byte in whole.bytes().chain(kept.bytes()).chain(padding) {
            minor = minor
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(i64::from(byte.wrapping_sub(b'0'))))
                .ok_or(MoneyError::OutOfRange)?;
        }
        Self::from_minor(if negative { minor.saturating_neg() } else { minor }, currency)
    }

    /// The count of minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency counted.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether this is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] for two currencies, [`MoneyError::OutOfRange`] when the sum leaves the range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::from_minor(self.minor.checked_add(other.minor).ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The same amount with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        // The range is symmetric, so that the negative always exists.
        Self { minor: self.minor.saturating_neg(), currency: self.currency }
    }

    /// The larger of two amounts of one currency.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] for two currencies.
    pub fn max(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if self.minor >= other.minor { self } else { other })
    }

    /// The smaller of two amounts of one currency.
    ///
    /// # Errors
    ///
    /// [`MoneyError::MixedCurrencies`] for two currencies.
    pub fn min(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if self.minor <= other.minor { self } else { other })
    }

    /// Adds up amounts of one currency; nothing adds up to zero of `currency`.
    ///
    /// # Errors
    ///
    /// As [`Money::plus`]: one amount in another currency, or a sum on the way that leaves the range.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount as a decimal number of whole units, for what needs fractions.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.decimals())
    }

    /// Rounds a number of whole units to the currency's minor unit, half away from zero (四舍五入).
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when what is rounded leaves the range.
    pub fn round(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let decimals = currency.decimals();
        let mut rounded = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(decimals);
        if rounded.scale() != decimals {
            return Err(MoneyError::OutOfRange);
        }
        Self::from_minor(i64::try_from(rounded.mantissa()).map_err(|_| MoneyError::OutOfRange)?, currency)
    }

    /// This amount times a number, rounded half up.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the product leaves the range.
    pub fn scaled(self, factor: Decimal) -> Result<Self, MoneyError> {
        Self::round(self.to_decimal().checked_mul(factor).ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// This amount in another currency: units of `to` per unit of this currency, rounded half up.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] when the product leaves the range.
    pub fn converted(self, to: Currency, rate: Decimal) -> Result<Self, MoneyError> {
        Self::round(self.to_decimal().checked_mul(rate).ok_or(MoneyError::OutOfRange)?, to)
    }

    /// Splits the amount in proportion to `weights` so that the parts add up to it (largest remainder; of equal
    /// remainders the earlier part gets the unit). Weights that are all zero give everything to the first part.
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let part_of = |units: i64| Self { minor: units, currency: self.currency };
        let total = weights.iter().fold(0_i128, |sum, weight| sum.saturating_add(i128::from(*weight)));
        if total == 0 {
            return weights.iter().enumerate().map(|(i, _)| part_of(if i == 0 { self.minor } else { 0 })).collect();
        }
        let magnitude = i128::from(self.minor.unsigned_abs());
        // |minor| < 2^53 and a weight < 2^64, so that the product stays below 2^117.
        let product = |weight: &u64| magnitude.saturating_mul(i128::from(*weight));
        let quotient = |weight: &u64| i64::try_from(product(weight).checked_div(total).unwrap_or(0)).unwrap_or(0);
        let mut parts: Vec<i64> = weights.iter().map(quotient).collect();
        let given = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
        let left = self.minor.saturating_abs().saturating_sub(given);
        let mut by_remainder: Vec<(i128, usize)> = weights
            .iter()
            .enumerate()
            .map(|(i, weight)| (product(weight).checked_rem(total).unwrap_or(0), i))
            .collect();
        by_remainder.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, index) in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
            if let Some(part) = parts.get_mut(index) {
                *part = part.saturating_add(1);
            }
        }
        parts.into_iter().map(|part| part_of(if self.minor < 0 { part.saturating_neg() } else { part })).collect()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::MixedCurrencies(self.currency, other.currency))
        }
    }
}

/// Prints the bare number with exactly the currency's decimals: `-1234.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals() as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
        let sign = if self.minor < 0 { "-" } else { "" };
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.currency)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTheWire {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OnTheWire { amount: self.to_string(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = OnTheWire::deserialize(deserializer)?;
        let money = Self::parse(&wire.amount, wire.currency).map_err(serde::de::Error::custom)?;
        // One amount has one spelling, or two documents that mean the same would have two digests.
        if money.to_string() == wire.amount {
            Ok(money)
        } else {
            Err(serde::de::Error::custom(format!("write {} as {money}", wire.amount)))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes: Vec<String> = Self::all().map(|currency| currency.to_string()).collect();
        schemars::json_schema!({
            "description": "A currency by its ISO 4217 code.",
            "type": "string",
            "enum": codes,
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let currency = generator.subschema_for::<Currency>();
        schemars::json_schema!({
            "description": "An exact amount: a text with exactly the currency's decimals, within ±(2^53 − 1) of its smallest units.",
            "type": "object",
            "properties": {
                "amount": { "type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{2,3})?$", "examples": ["1234.50"] },
                "currency": currency,
            },
            "required": ["amount", "currency"],
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::CNY).unwrap()
    }

    #[test]
    fn json_is_pinned() {
        // Changing this needs a migration: it is stored in every decision.
        assert_eq!(serde_json::to_string(&yuan("1234.5")).unwrap(), r#"{"amount":"1234.50","currency":"CNY"}"#);
        let yen = Money::parse("1200", "JPY".parse().unwrap()).unwrap();
        assert_eq!(serde_json::to_string(&yen).unwrap(), r#"{"amount":"1200","currency":"JPY"}"#);
        for refused in [
            r#"{"amount":"1.5","currency":"CNY"}"#,
            r#"{"amount":"01.50","currency":"CNY"}"#,
            r#"{"amount":1,"currency":"CNY"}"#,
            r#"{"amount":"-0.00","currency":"CNY"}"#,
        ] {
            assert!(serde_json::from_str::<Money>(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn bad_amounts_say_why() {
        assert!(matches!(Money::parse("1.234", Currency::CNY), Err(MoneyError::TooManyDecimals { decimals: 2, .. })));
        for text in ["", "-", ".5", "5.", "1,000", "1e3", "１２", " 1", "--1"] {
            assert!(matches!(Money::parse(text, Currency::CNY), Err(MoneyError::NotANumber(_))), "{text}");
        }
        assert_eq!(Money::parse("90071992547409.92", Currency::CNY), Err(MoneyError::OutOfRange));
        assert_eq!(yuan("90071992547409.91").minor(), MINOR_MAX);
        let dollar = Money::zero(Currency::USD);
        assert_eq!(yuan("1.00").plus(dollar), Err(MoneyError::MixedCurrencies(Currency::CNY, Currency::USD)));
    }

    #[test]
    fn half_is_rounded_away_from_zero() {
        for (value, rounded) in [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.344999", "2.34"), ("2.345", "2.35")] {
            assert_eq!(Money::round(value.parse().unwrap(), Currency::CNY).unwrap(), yuan(rounded));
        }
    }

    proptest! {
        #[test]
        fn parse_undoes_print(minor in -MINOR_MAX..=MINOR_MAX) {
            for currency in Currency::all() {
                let money = Money::from_minor(minor, currency).unwrap();
                prop_assert_eq!(Money::parse(&money.to_string(), currency).unwrap(), money);
            }
        }

        #[test]
        fn parts_add_up(minor in -MINOR_MAX..=MINOR_MAX, weights in prop::collection::vec(0_u64..1_000_000, 1..20)) {
            let whole = Money::from_minor(minor, Currency::CNY).unwrap();
            prop_assert_eq!(Money::sum(Currency::CNY, whole.split(&weights)).unwrap(), whole);
        }
    }
}
