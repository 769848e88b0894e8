//! The pieces that a customer's file is put together from: what people write down, one thing at a time.
//!
//! A book keeps each piece in versions with a feed number; a correction and a removal are further versions. [`Filed`] puts
//! the pieces of one customer together again, each in its place: the [`super::credit_file::CreditFile`], and the facts that
//! follow-up, warning and recovery read. [`unsound`] says what may not stand in any of them: texts that are too long or
//! hide something, dates that are nobody's.
//!
//! A further kind costs its line in [`Piece`], its place in [`Filed::of`], and its line in the table of who may.

mod filed;
mod text;

pub use filed::Filed;
pub use text::{ITEMS_MOST, TEXT_MOST, Unsound, unsound};

use super::calendar::Date;
use super::cover::Cover;
use super::credit_file::{
    Activity, Address, Agreement, Appraisal, FormerName, Licence, Payables, Reference, Screening, StageChange,
};
use super::financials::FinancialStatement;
use super::id::{CustomerId, ItemId, PersonId};
use super::identifiers::TaxNumber;
use super::ledger::Limit;
use super::matter::Matter;
use super::money::Money;
use super::notice::{Block, Contact, Notice};
use super::observation::{Acknowledgement, DocumentReceived, Observation, TriggerEvent};
use super::promise::{Covering, Plan, Promise};
use super::recovery::RecoveryCase;
use super::relations::{Link, Party, Relation};
use serde::{Deserialize, Serialize};

/// When a piece holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// It happened on a day, which cannot lie ahead.
    Happened(Date),
    /// It holds from a day, which may lie ahead.
    Holds(Date),
    /// It has no day of its own: it holds from when it was written down.
    Undated,
}

macro_rules! pieces {
    ($($(#[$doc:meta])* $name:ident($what:ty), $day:expr;)+) => {
        /// One piece of a customer's file.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(tag = "kind", content = "what", rename_all = "snake_case", deny_unknown_fields)]
        #[allow(clippy::large_enum_variant)] // one is written at a time
        pub enum Piece {
            $($(#[$doc])* $name($what),)+
        }

        /// What kind of piece.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum PieceKind {
            $($(#[$doc])* $name,)+
        }

        impl PieceKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }

        impl Piece {
            /// What kind it is.
            pub const fn kind(&self) -> PieceKind {
                match self {
                    $(Self::$name(_) => PieceKind::$name,)+
                }
            }

            /// When it holds.
            pub fn day(&self) -> Day {
                match self {
                    $(Self::$name(what) => {
                        let day: fn(&$what) -> Day = $day;
                        day(what)
                    })+
                }
            }
        }
    };
}

pieces! {
    /// What the register says of it, and what it does.
    Registration(Registration), |_| Day::Undated;
    /// A name that it had (曾用名).
    FormerName(FormerName), |_| Day::Undated;
    /// What else it is called.
    Alias(Alias), |_| Day::Undated;
    /// A tax number on its papers.
    TaxNumber(TaxPaper), |_| Day::Undated;
    /// An address.
    Address(Address), |_| Day::Undated;
    /// A person at the customer.
    Contact(ContactPerson), |_| Day::Undated;
    /// One of our people who answers for it beside the salesperson.
    Responsible(Responsible), |_| Day::Undated;
    /// What we owe it.
    Payables(Payables), |what| Day::Happened(what.date);
    /// A financial statement.
    Statement(FinancialStatement), |what| Day::Happened(what.end);
    /// A look-up in a public register or list.
    Screening(Screening), |what| Day::Happened(what.date);
    /// A licence or permit.
    Licence(Licence), |what| what.from.map_or(Day::Undated, Day::Holds);
    /// A contract.
    Agreement(Agreement), |what| Day::Holds(what.from);
    /// What a third party says.
    Reference(Reference), |what| Day::Happened(what.date);
    /// Our own word on something.
    Appraisal(Appraisal), |what| Day::Happened(what.date);
    /// A visit, a call, and what came of it.
    Activity(Activity), |what| Day::Happened(what.date);
    /// A document that came.
    Document(DocumentReceived), |what| Day::Happened(what.date);
    /// A step in its life with us.
    Stage(StageChange), |what| Day::Happened(what.date);
    /// Who it belongs to.
    Relation(Relation), |what| Day::Happened(what.date);
    /// What its whole group may owe.
    GroupLimit(GroupLimit), |what| Day::Happened(what.from);
    /// What stands in when it doesn't pay.
    Cover(Cover), |what| Day::Holds(what.from);
    /// A promise to pay.
    Promise(Covering<Promise>), |what| Day::Happened(what.what.made);
    /// An instalment plan.
    Plan(Covering<Plan>), |what| Day::Happened(what.what.agreed);
    /// A message that went out.
    Notice(Notice), |what| Day::Happened(what.date);
    /// What was said when it was asked to pay.
    Talk(Contact), |what| Day::Happened(what.date);
    /// A wish to be left alone for a time.
    Block(Covering<Block>), |what| Day::Holds(what.what.from);
    /// What the customer doesn't agree with.
    Dispute(DisputeRaised), |what| Day::Happened(what.closed.unwrap_or(what.date).max(what.date));
    /// Somebody's word that a dispute is one.
    DisputeAccepted(DisputeAccepted), |what| Day::Happened(what.date);
    /// What a legal clock runs for.
    Matter(Matter), |_| Day::Undated;
    /// A recovery case.
    Recovery(RecoveryCase), |what| what.moves.first().map_or(Day::Undated, |first| Day::Happened(first.date));
    /// A value that was seen.
    Observation(Observation), |what| Day::Happened(what.date);
    /// An event that asks for another look.
    Event(TriggerEvent), |what| Day::Happened(what.date);
    /// Somebody has seen a warning.
    Acknowledgement(Acknowledgement), |what| Day::Happened(what.date);
}

/// What the register says of a customer, and what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Who represents it by law (法定代表人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_representative: Option<String>,
    /// What it may do by its licence (经营范围).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_scope: Option<String>,
    /// What it sells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// How it sells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sales_channels: Vec<String>,
    /// Whether it is related to ourselves (本公司关联方).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_related_party: bool,
}

/// What else a customer is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name: a brand, a short name, the payer's name on bank statements.
    pub name: String,
}

/// A tax number on a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxPaper {
    /// The number. That of an individual business is its owner's identity number.
    pub number: TaxNumber,
}

/// A person at a customer: personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactPerson {
    /// Name.
    pub name: String,
    /// What they do there: 财务, 关务.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Telephone, as it is dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
}

/// One of our people who answers for a customer: 操作, 催收, 法务, the salesperson's lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Responsible {
    /// Who.
    pub person: PersonId,
}

/// What all members of a group together may owe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupLimit {
    /// From this day on.
    pub from: Date,
    /// How much.
    pub limit: Limit,
    /// The last day on which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A customer doesn't agree with a document. In the ledger it is disputed from then on, until it is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DisputeRaised {
    /// The document.
    pub item: ItemId,
    /// How much of the document it is about; all of it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Since when.
    pub date: Date,
    /// What about: the price, the weight, the service, a missing paper.
    pub reason: String,
    /// When it was settled; absent while it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Date>,
}

/// Somebody other than sales accepted that a document is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DisputeAccepted {
    /// The document.
    pub item: ItemId,
    /// When.
    pub date: Date,
}

impl PieceKind {
    /// Whether a piece of this kind is about a person, so that a book keeps it apart and can erase it.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Contact | Self::TaxNumber)
    }

    /// The JSON name.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Piece {
    /// The people of the company that it names.
    pub fn people(&self) -> Vec<PersonId> {
        match self {
            Self::Appraisal(word) => vec![word.by],
            Self::Activity(activity) => vec![activity.by],
            Self::Responsible(responsible) => vec![responsible.person],
            Self::Stage(step) => vec![step.asked_by, step.approved_by],
            _ => Vec::new(),
        }
    }

    /// The customers that it names, whose it is among them where it says so.
    pub fn customers(&self) -> Vec<CustomerId> {
        let Self::Relation(relation) = self else { return Vec::new() };
        let other = match &relation.link {
            Link::Branch { of } => *of,
            Link::Merged { into } => *into,
            Link::Control { by: Some(Party::Customer { customer }), .. } => Some(*customer),
            Link::Control { .. } => None,
        };
        std::iter::once(relation.customer).chain(other).collect()
    }

    /// The documents that it names.
    pub fn items(&self) -> Vec<ItemId> {
        match self {
            Self::Promise(covering) => covering.items.clone(),
            Self::Plan(covering) => covering.items.clone(),
            Self::Block(covering) => covering.items.clone(),
            Self::Notice(notice) => notice.items.clone(),
            Self::Dispute(dispute) => vec![dispute.item],
            Self::DisputeAccepted(accepted) => vec![accepted.item],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A book stores these bytes: changing them needs a migration.
    #[test]
    fn what_is_stored_stays_readable() {
        let stored = [
            r#"{"kind":"screening","what":{"kind":"sanctions","date":"2026-11-20","source":"OFAC"}}"#,
            r#"{"kind":"contact","what":{"name":"王芳","position":"财务","phone":"+86 574 8888 0000"}}"#,
            r#"{"kind":"promise","what":{"what":{"made":"2026-11-01","due":"2026-11-10","amount":{"amount":"100.00","currency":"CNY"}}}}"#,
            r#"{"kind":"matter","what":{"kind":"recourse","from":"2026-01-05","exercised":null}}"#,
        ];
        for text in stored {
            let piece: Piece = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&piece).unwrap(), text);
        }
    }

    #[test]
    fn kinds_have_the_names_that_pieces_carry() {
        let piece = Piece::Alias(Alias { name: "海川".into() });
        assert_eq!(serde_json::to_value(&piece).unwrap()["kind"], piece.kind().name());
        assert_eq!(PieceKind::GroupLimit.name(), "group_limit");
        assert!(PieceKind::ALL.contains(&PieceKind::Acknowledgement));
    }
}
