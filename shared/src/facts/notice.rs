//! What went out to a customer and what was said to it: notices, contacts, and the wish to be left alone for a time.

use super::calendar::Date;
use super::id::ItemId;
use super::money::Money;
use serde::{Deserialize, Serialize};

/// A message that went out. Of what is overdue each one asks for payment, so that it begins limitation anew once it can be
/// proven to have arrived; see [`crate::rules::clock::demands`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// When.
    pub date: Date,
    /// The step's name.
    pub step: String,
    /// The documents it named.
    pub items: Vec<ItemId>,
    /// What it charged the customer; kept as it was, whatever the step costs later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// What was sent, to whom, and that it arrived; absent on notices that were kept before that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
}

/// What was sent, to whom and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// How it went.
    pub channel: Channel,
    /// To whom: name, and the address or number that it went to.
    pub recipient: String,
    /// The text as it went out.
    pub text: String,
    /// That it arrived; absent while nothing shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Delivered>,
}

/// Proof that a notice arrived (送达证明).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// The day on which it arrived.
    pub date: Date,
    /// What shows it: a receipt number, a signature, the courier's record, a mail server's answer.
    pub proof: String,
}

impl Notice {
    /// The day on which it arrived, where that can be shown; a proof without content shows nothing.
    pub fn arrival(&self) -> Option<Date> {
        let delivered = self.sent.as_ref()?.delivered.as_ref()?;
        (!delivered.proof.trim().is_empty()).then_some(delivered.date)
    }
}

/// How a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 邮件.
    Mail,
    /// 短信.
    Sms,
    /// 企业微信.
    Wecom,
    /// 钉钉.
    Dingtalk,
    /// 电话.
    Phone,
    /// 上门.
    Visit,
    /// 挂号信或快递, with proof of delivery.
    RegisteredLetter,
    /// 律师函.
    LawyersLetter,
}

/// A customer or document is left alone for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// From this day …
    pub from: Date,
    /// … to this one.
    pub until: Date,
    /// Why.
    pub reason: String,
}

/// A call, visit or message, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "NoticeContact"))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// When.
    pub date: Date,
    /// How.
    pub channel: Channel,
    /// With whom, and what was said.
    pub note: String,
}
