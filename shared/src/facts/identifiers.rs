//! Numbers that tell who a customer is: unified social credit code, organisation code, tax number, citizen identity number,
//! each with its check.
//!
//! A number that fails its check is refused with the digit that would fit, so that a slip of the pen is found while the paper
//! is still at hand.

use super::calendar::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is no such number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// It has another length than such numbers have.
    #[error("'{text}' has {length} characters, not {expected}")]
    Length {
        /// As written.
        text: String,
        /// How many characters it has.
        length: usize,
        /// How many it should have.
        expected: &'static str,
    },
    /// A character that such a number doesn't have at that place.
    #[error("'{character}' does not belong in {text}")]
    Character {
        /// As written.
        text: String,
        /// Which.
        character: char,
    },
    /// The check digit doesn't fit.
    #[error("the check digit of {text} should be {expected}")]
    CheckDigit {
        /// As written.
        text: String,
        /// The one that would fit.
        expected: char,
    },
    /// The digits that should be a date of birth are none.
    #[error("'{digits}' is no date of birth")]
    Birth {
        /// These digits.
        digits: String,
    },
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

/// An organisation code (组织机构代码): eight digits or letters and a check character, without the hyphen. Source: GB
/// 11714-1997, 2.1: C9 = 11 − Σ Ci × Wi mod 11 with the weights 3 7 9 10 5 8 4 2; ten is written X, eleven 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode(String);

/// A citizen identity number (公民身份号码) of 18 characters. Source: GB 11643-1999, check character by ISO 7064 MOD 11-2. It is
/// personal data: [`fmt::Display`] shows it masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenNumber(String);

/// A Chinese tax number (纳税人识别号) in any of the forms that old papers still show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxNumber {
    /// 18 characters, since 2015: the unified social credit code.
    Unified(CreditCode),
    /// 15 characters: six digits for the region, then the organisation code.
    Organisation {
        /// 行政区划码.
        region: String,
        /// The code.
        code: OrganisationCode,
    },
    /// Of an individual business (个体工商户): the owner's identity number.
    Citizen(CitizenNumber),
    /// 20 characters: the owner's identity number and two digits that tell several businesses apart.
    CitizenAndSerial {
        /// Of the owner.
        citizen: CitizenNumber,
        /// Counted from 00.
        serial: String,
    },
}

/// The digits with the weights multiplied and added up; letters count 10 and on, from A (GB 11714-1997, 附录A).
fn weighted(text: &str, weights: &[u32]) -> u32 {
    text.chars().zip(weights).fold(0_u32, |sum, (character, weight)| {
        sum.saturating_add(character.to_digit(36).unwrap_or(0).saturating_mul(*weight))
    })
}

fn length(text: &str, expected: &'static str, fits: impl Fn(usize) -> bool) -> Result<(), IdentifierError> {
    let length = text.chars().count();
    if fits(length) { Ok(()) } else { Err(IdentifierError::Length { text: text.to_owned(), length, expected }) }
}

fn only(text: &str, part: &str, allowed: impl Fn(char) -> bool) -> Result<(), IdentifierError> {
    match part.chars().find(|character| !allowed(*character)) {
        None => Ok(()),
        Some(character) => Err(IdentifierError::Character { text: text.to_owned(), character }),
    }
}

/// The characters from one place on; a text with others than ASCII is cut by characters all the same.
fn part(text: &str, from: usize, count: usize) -> String {
    text.chars().skip(from).take(count).collect()
}

impl FromStr for OrganisationCode {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let code: String = text.trim().to_ascii_uppercase().chars().filter(|character| *character != '-').collect();
        length(&code, "9", |length| length == 9)?;
        only(&code, &code, |character| character.is_ascii_digit() || character.is_ascii_uppercase())?;
        let remainder = weighted(&code, &[3, 7, 9, 10, 5, 8, 4, 2]).checked_rem(11).unwrap_or(0);
        let expected = match 11_u32.saturating_sub(remainder) {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        };
        if code.ends_with(expected) {
            Ok(Self(code))
        } else {
            Err(IdentifierError::CheckDigit { text: code, expected })
        }
    }
}

impl FromStr for CitizenNumber {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let number = text.trim().to_ascii_uppercase();
        length(&number, "18", |length| length == 18)?;
        only(&number, &part(&number, 0, 17), |character| character.is_ascii_digit())?;
        only(&number, &part(&number, 17, 1), |character| character.is_ascii_digit() || character == 'X')?;
        let digits = part(&number, 6, 8);
        if Date::parse_from_str(&digits, "%Y%m%d").is_err() {
            return Err(IdentifierError::Birth { digits });
        }
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let remainder = weighted(&number, &weights).checked_rem(11).unwrap_or(0);
        let expected = "10X98765432".chars().nth(remainder as usize).unwrap_or('0');
        if number.ends_with(expected) {
            Ok(Self(number))
        } else {
            Err(IdentifierError::CheckDigit { text: number, expected })
        }
    }
}

impl FromStr for TaxNumber {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let number = text.trim().to_ascii_uppercase();
        length(&number, "15, 18 or 20", |length| matches!(length, 15 | 18 | 20))?;
        match number.chars().count() {
            15 => {
                let region = part(&number, 0, 6);
                only(&number, &region, |character| character.is_ascii_digit())?;
                Ok(Self::Organisation { region, code: part(&number, 6, 9).parse()? })
            }
            18 => match (number.parse::<CreditCode>(), number.parse::<CitizenNumber>()) {
                (Ok(code), _) => Ok(Self::Unified(code)),
                (Err(_), Ok(citizen)) => Ok(Self::Citizen(citizen)),
                (Err(CreditCodeError::CheckDigit { code, expected }), Err(_)) => {
                    Err(IdentifierError::CheckDigit { text: code, expected })
                }
                (Err(_), Err(error)) => Err(error),
            },
            _ => {
                let serial = part(&number, 18, 2);
                only(&number, &serial, |character| character.is_ascii_digit())?;
                Ok(Self::CitizenAndSerial { citizen: part(&number, 0, 18).parse()?, serial })
            }
        }
    }
}

/// What a unified social credit code says of its bearer. Source: GB 32100-2015, 表1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// 91: 企业.
    Enterprise,
    /// 92: 个体工商户: its owner answers with what they own, or the family that runs it does (民法典 第五十六条).
    IndividualBusiness,
    /// 93: 农民专业合作社.
    Cooperative,
    /// 11, 12, 13: 机关, 事业单位 and others under 机构编制.
    Institution,
    /// 51, 52, 53: 社会团体, 民办非企业单位, 基金会.
    CivilOrganisation,
    /// Anything else.
    Other,
}

impl CreditCode {
    const ALPHABET: &'static str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// The check character for the first 17 characters: 31 − Σ value × 3^i mod 31, modulo 31 (GB 32100-2015, 5.2).
    ///
    /// # Errors
    ///
    /// [`CreditCodeError::Character`] for a character that no code has.
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

    /// Which kind of bearer the first two characters name.
    pub fn entity_kind(&self) -> EntityKind {
        match part(self.as_str(), 0, 2).as_str() {
            "91" => EntityKind::Enterprise,
            "92" => EntityKind::IndividualBusiness,
            "93" => EntityKind::Cooperative,
            "11" | "12" | "13" | "19" => EntityKind::Institution,
            "51" | "52" | "53" | "59" => EntityKind::CivilOrganisation,
            _ => EntityKind::Other,
        }
    }

    /// The organisation code within (characters 9 to 17), whose own check must fit too. A code that passes the outer
    /// check and fails this one is worth a look at the paper.
    ///
    /// # Errors
    ///
    /// [`IdentifierError`] when these nine characters are no organisation code: a character that has no place in one,
    /// or a check character that doesn't fit.
    pub fn organisation_code(&self) -> Result<OrganisationCode, IdentifierError> {
        part(self.as_str(), 8, 9).parse()
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

impl OrganisationCode {
    /// The nine characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CitizenNumber {
    /// The 18 characters. Personal data: for the tax papers, not for a page.
    pub fn in_full(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Region and last character; the birthday and the serial are masked.
impl fmt::Display for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***********{}", part(&self.0, 0, 6), part(&self.0, 17, 1))
    }
}

impl TaxNumber {
    /// The number as it is written on papers.
    pub fn in_full(&self) -> String {
        match self {
            Self::Unified(code) => code.to_string(),
            Self::Organisation { region, code } => format!("{region}{code}"),
            Self::Citizen(citizen) => citizen.in_full().to_owned(),
            Self::CitizenAndSerial { citizen, serial } => format!("{}{serial}", citizen.in_full()),
        }
    }

    /// The organisation code within, by which an old number and a unified one of the same company are recognised.
    pub fn organisation_code(&self) -> Option<OrganisationCode> {
        match self {
            Self::Unified(code) => code.organisation_code().ok(),
            Self::Organisation { code, .. } => Some(code.clone()),
            Self::Citizen(_) | Self::CitizenAndSerial { .. } => None,
        }
    }
}

macro_rules! as_text {
    ($($name:ident $text:expr, $about:literal, $pattern:literal;)+) => {
        $(impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text: fn(&Self) -> String = $text;
                serializer.serialize_str(&text(self))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": $about, "type": "string", "pattern": $pattern })
            }
        })+
    };
}

as_text! {
    OrganisationCode |code| code.0.clone(), "A code of GB 11714, with its check character.", "^[0-9A-Z]{8}-?[0-9X]$";
    CitizenNumber |number| number.0.clone(), "A number of GB 11643, with its check character.", "^[0-9]{17}[0-9X]$";
    TaxNumber TaxNumber::in_full, "A taxpayer's number of 15, 18 or 20 characters, whose check characters are right.", "^[0-9A-Z]{15,20}$";
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

    #[test]
    fn unified_codes_hold_an_organisation_code() {
        // The registrations above.
        for (code, organisation) in [("91330100799655058B", "799655058"), ("9144030071526726XG", "71526726X")] {
            let unified: CreditCode = code.parse().unwrap();
            assert_eq!(unified.organisation_code().unwrap().as_str(), organisation);
            assert_eq!(unified.entity_kind(), EntityKind::Enterprise);
            let old: TaxNumber = format!("{}{organisation}", &code[2..8]).parse().unwrap();
            assert_eq!(old.organisation_code(), TaxNumber::Unified(unified).organisation_code());
        }
    }

    #[test]
    fn citizens() {
        // The examples of GB 11643-1999.
        for number in ["11010519491231002X", "440524188001010014"] {
            let citizen: CitizenNumber = number.parse().unwrap();
            assert!(!citizen.to_string().contains(&number[6..14]));
            assert_eq!(number.parse(), Ok(TaxNumber::Citizen(citizen.clone())));
            let serial = format!("{number}01").parse::<TaxNumber>().unwrap();
            assert_eq!(serial, TaxNumber::CitizenAndSerial { citizen, serial: "01".into() });
        }
        let wrong = "110105194912310021".parse::<CitizenNumber>();
        assert_eq!(wrong, Err(IdentifierError::CheckDigit { text: "110105194912310021".into(), expected: 'X' }));
        assert!(matches!("110105194913310021".parse::<CitizenNumber>(), Err(IdentifierError::Birth { .. })));
    }

    #[test]
    fn whatever_is_written_is_read_or_refused() {
        for text in ["", "企业", "１２３４５６７８９", "一二三四五六七八九十一二三四五六七八", "9133010079965505", "-"]
        {
            assert!(text.parse::<TaxNumber>().is_err(), "{text}");
            assert!(text.parse::<OrganisationCode>().is_err(), "{text}");
        }
        assert_eq!("79965505-8".parse::<OrganisationCode>().unwrap().as_str(), "799655058");
    }
}
