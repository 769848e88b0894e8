//! The customer or prospect: the legal entity that we sell to, or might.
//!
//! A file that people edit. It is kept in versions with a feed number, like every other file; what is unknown is absent,
//! never zero.

use super::calendar::Date;
use super::id::{CustomerId, PersonId};
use super::identifiers::CreditCode;
use super::money::{Currency, Money};
use serde::{Deserialize, Serialize};

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
