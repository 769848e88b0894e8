//! What went out to a customer and what was said to it: notices, contacts, and the wish to be left alone for a time.

use super::calendar::Date;
use super::id::ItemId;
use serde::{Deserialize, Serialize};

/// A message that went out.
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
