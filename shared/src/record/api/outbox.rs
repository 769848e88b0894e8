//! The wire of outgoing messages: what goes to the company's own receiver, a signed webhook, and what the book tells of it.
//!
//! A message is written in the transaction that causes it and sent afterwards, until the receiver takes it or the book gives
//! up: at least once, so that the receiver has to look at its id. A secret is never in one; whoever gets it is a program of
//! the company's that passes things on to mail, SMS, 企业微信, 钉钉 or 飞书.
//!
//! Each is a POST of [`Message`] as JSON with these headers:
//!
//! - `xinheng-message`: the message's id, the same at every try
//! - `xinheng-signature`: `t=<seconds since 1970>,v1=<hex>`, where the second is the HMAC-SHA-256, keyed by the secret that an
//!   admin set, of the seconds, a full stop and the body's bytes. A receiver compares it and refuses what is older than some
//!   minutes.

use super::OrderStatus;
use super::applications::ApplicationState;
use crate::facts::id::{ApplicationId, CustomerId, MessageId, OrderId, PersonId, PieceId};
use crate::facts::money::Money;
use crate::facts::notice::Channel;
use crate::record::access::Role;
use serde::{Deserialize, Serialize};

/// How many messages a list names at most.
pub const MESSAGES_LISTED_MOST: u32 = 200;

/// A message, as it goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its id. The same id again is the same message again.
    pub id: MessageId,
    /// The company's code.
    pub book: String,
    /// When what it tells of happened, in seconds since 1970.
    pub at: i64,
    /// The customer that it is about; absent when it is about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<MessageCustomer>,
    /// What happened.
    pub body: MessageBody,
}

/// The customer that a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageCustomer {
    /// The customer.
    pub id: CustomerId,
    /// Their code.
    pub code: String,
    /// Their name.
    pub name: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MessageBody {
    /// An order waits for somebody with authority.
    OrderHeld {
        /// The order.
        order: OrderId,
        /// Its amount.
        amount: Money,
    },
    /// It was decided on: by somebody, or by the book when money came.
    OrderDecided {
        /// The order.
        order: OrderId,
        /// Its amount.
        amount: Money,
        /// What it is now.
        status: OrderStatus,
        /// The number to quote, when it may go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// Why, when somebody decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An application was granted, refused or asked back.
    ApplicationDecided {
        /// The application.
        application: ApplicationId,
        /// What it is now.
        state: ApplicationState,
        /// Why.
        reason: String,
    },
    /// Supply to a customer stopped or resumed.
    Supply {
        /// Whether it stopped.
        stopped: bool,
        /// Why.
        reason: String,
    },
    /// A notice was filed that nothing shows to have arrived: whoever sends messages of its channel sends it.
    Notice {
        /// The piece of the customer's file.
        piece: PieceId,
        /// The step's name.
        step: String,
        /// How it is to go.
        channel: Channel,
        /// To whom.
        recipient: String,
        /// The text.
        text: String,
    },
    /// A link into the portal was made for a customer. The link itself is with whoever made it.
    PortalLink {
        /// The link's name.
        link: String,
        /// Until when it can be spent, in seconds since 1970.
        until: u64,
    },
    /// Somebody of the company was invited.
    Invited {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
        /// Until when they can join, in seconds since 1970.
        until: u64,
    },
    /// Another version of the policy is in force.
    PolicyInForce {
        /// The version.
        version: u32,
    },
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It waits for its first try.
    Queued,
    /// It was tried and not taken; it is tried again.
    Failed,
    /// The receiver took it.
    Sent,
    /// It was tried often enough.
    GivenUp,
    /// An admin called it off.
    Cancelled,
}

/// Why the receiver didn't take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum HookFault {
    /// Nobody answers at the address.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// It answered something else than that it took it. Redirections are not followed.
    Status {
        /// The HTTP status.
        status: u16,
    },
}

/// `GET messages`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessagesAnswer {
    /// The messages.
    pub messages: Vec<MessageLine>,
    /// Where the list goes on; absent when it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A message, as lists tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageLine {
    /// Its id.
    pub message: MessageId,
    /// What kind of thing happened.
    pub kind: String,
    /// When, in seconds since 1970.
    pub made_at: i64,
    /// What became of it.
    pub state: MessageState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next; absent when it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
    /// When it ended; absent while it is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<i64>,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<HookFault>,
    /// The message; absent for who may not see the customer that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Message>,
}

/// Where messages go, as `GET settings` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HookState {
    /// The address.
    pub url: String,
    /// Whether there is a secret to sign with; without one nothing goes out.
    pub signs: bool,
}

/// Where messages go, as `POST settings` sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetHook {
    /// The address: `https`, and a name, not a number.
    pub url: String,
    /// What messages are signed with: 32 to 200 characters. Absent: what they are signed with now, at the same address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}
