//! The customer or prospect: the legal entity that we sell to, or might.
//!
//! A file that people edit. It is kept in versions with a feed number, like every other file; what is unknown is absent,
//! never zero.

use super::calendar::Date;
use super::id::{CustomerId, PersonId};
use super::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One version of a customer's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Our own number for it, unique in the book.
    pub code: String,
    /// Its registered name.
    pub name: String,
    /// Its name in Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Whether we have sold to it yet.
    pub stage: Stage,
    /// Its unified social credit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<CreditCode>,
    /// The group of customers that policy treats alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Its trade, in the words of whoever keeps the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// The salesperson who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salesperson: Option<PersonId>,
    /// The day it was founded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub founded: Option<Date>,
    /// The day from which we have done business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Registered capital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_capital: Option<Money>,
    /// The currency of its limit.
    pub currency: Currency,
    /// Who to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

impl Customer {
    /// A customer that we sell to and know nothing else of.
    pub fn plain(id: CustomerId, code: impl Into<String>, name: impl Into<String>, currency: Currency) -> Self {
        Self {
            id,
            code: code.into(),
            name: name.into(),
            name_en: None,
            stage: Stage::Active,
            credit_code: None,
            segment: None,
            industry: None,
            salesperson: None,
            founded: None,
            since: None,
            registered_capital: None,
            currency,
            contact: None,
        }
    }
}

/// A person at the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Telephone, as it is dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Where a customer stands in its life with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 潜在: we might sell to it.
    Prospect,
    /// 准入: its file was approved, and no business was done yet.
    Admitted,
    /// 合作: we sell to it.
    Active,
    /// 暂停: supply is suspended.
    Suspended,
    /// 退出: we no longer sell to it.
    Ended,
}

/// A unified social credit code (统一社会信用代码) whose check digit is right. Source: GB 32100-2015.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is no unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// It has not 18 characters.
    #[error("a credit code has 18 characters, '{0}' has {1}")]
    Length(String, usize),
    /// A character that GB 32100 doesn't use (it leaves out I, O, Z, S and V).
    #[error("'{0}' does not occur in a credit code")]
    Character(char),
    /// The check digit does not fit.
    #[error("the check digit of {code} should be {expected}")]
    CheckDigit {
        /// The code as written.
        code: String,
        /// The digit that would fit.
        expected: char,
    },
}

impl CreditCode {
    const ALPHABET: &'static str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// The check character for the first 17 characters: 31 − Σ value × 3^i mod 31, modulo 31 (GB 32100-2015, 5.2).
    pub fn check_digit(first: &str) -> Result<char, CreditCodeError> {
        let mut sum: u32 = 0;
        let mut weight: u32 = 1;
        for character in first.chars().take(17) {
            let value = Self::ALPHABET.find(character).ok_or(CreditCodeError::Character(character))?;
            let value = u32::try_from(value).unwrap_or(0);
            sum = sum.saturating_add(value.saturating_mul(weight));
            weight = weight.saturating_mul(3).checked_rem(31).unwrap_or(1);
        }
        let check = 31_u32.saturating_sub(sum.checked_rem(31).unwrap_or(0)).checked_rem(31).unwrap_or(0);
        Ok(Self::ALPHABET.chars().nth(check as usize).unwrap_or('0'))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;
    fn from_str(text: &str) -> Result<Self, CreditCodeError> {
        let code = text.trim().to_ascii_uppercase();
        let length = code.chars().count();
        if length != 18 {
            return Err(CreditCodeError::Length(code, length));
        }
        let expected = Self::check_digit(&code)?;
        match code.chars().last() {
            Some(last) if last == expected => Ok(Self(code)),
            _ => Err(CreditCodeError::CheckDigit { code, expected }),
        }
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CreditCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CreditCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CreditCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A unified social credit code (GB 32100-2015), whose last character checks the others.",
            "type": "string",
            "pattern": "^[0-9A-HJ-NP-RTUWXY]{18}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        // Published registrations: 阿里巴巴（中国）网络技术有限公司 and 腾讯科技（深圳）有限公司 in the public register.
        for code in ["91330100799655058B", "9144030071526726XG"] {
            assert_eq!(code.parse::<CreditCode>().map(|code| code.to_string()), Ok(code.to_owned()));
        }
        assert_eq!(
            "91330100799655058C".parse::<CreditCode>(),
            Err(CreditCodeError::CheckDigit { code: "91330100799655058C".into(), expected: 'B' })
        );
        assert!(matches!("9133".parse::<CreditCode>(), Err(CreditCodeError::Length(_, 4))));
        assert!(matches!("91330100799655058I".parse::<CreditCode>(), Err(CreditCodeError::CheckDigit { .. })));
        assert_eq!("9133010079965505OB".parse::<CreditCode>(), Err(CreditCodeError::Character('O')));
    }
}
