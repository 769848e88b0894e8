//! Who belongs to whom: branches, controllers and duplicates.
//!
//! Each relation is a dated fact; for one customer and one kind of relation the later word stands, so that an end is a fact
//! as well. What follows from them on a day is read by [`crate::readings::groups`].

use super::calendar::Date;
use super::id::CustomerId;
use super::number::Ratio;
use serde::{Deserialize, Serialize};

/// A relation of one customer, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Whose.
    pub customer: CustomerId,
    /// From this day on.
    pub date: Date,
    /// What holds.
    pub link: Link,
    /// Who says so: a register, a shareholder list, our own finding.
    pub source: String,
}

/// What binds a customer to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RelationLink"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Link {
    /// It is a branch (分公司, 分支机构) of a legal entity, which is liable for it (民法典 第七十四条; 公司法 第十三条); absent: of none.
    Branch {
        /// Of which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<CustomerId>,
    },
    /// Somebody controls it (实际控制人); absent: nobody does.
    Control {
        /// Who.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Party>,
        /// The share held, directly and through others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share: Option<Ratio>,
    },
    /// It is a duplicate of another customer, which goes on in its stead; absent: the merge was a mistake.
    Merged {
        /// Into which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<CustomerId>,
    },
}

/// Somebody who may control a customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Party {
    /// A customer of the book.
    Customer {
        /// Which.
        customer: CustomerId,
    },
    /// A person or company outside it, by name.
    Outside {
        /// The name, always spelt alike.
        name: String,
    },
}
