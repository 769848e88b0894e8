//! What the facts say: open items, aging, behaviour, exposure, and the standing of one customer.

pub mod aging;
pub mod altman;
pub mod behaviour;
pub mod exposure;
pub mod journal;
pub mod ratios;
pub mod standing;
