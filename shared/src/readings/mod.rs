//! What the facts say: open items, aging, behaviour, exposure, and the standing of one customer.

pub mod age;
pub mod aging;
pub mod altman;
pub mod arising;
pub mod behaviour;
pub mod bills;
pub mod concentration;
pub mod dso;
pub mod exchange;
pub mod expected;
pub mod exposure;
pub mod groups;
pub mod journal;
pub mod liable;
pub mod open_items;
pub mod papers;
pub mod payment_index;
pub mod ratios;
pub mod revaluation;
pub mod standing;
