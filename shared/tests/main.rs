//! What the domain promises: reference cases, properties and bad input, one file a topic.
//!
//! One program, for the domain is linked into each. Its topics are run alone by their name: `cargo test -p shared books::`.
//! Only fuzzing has a program of its own, since it takes over what happens on a panic.

// A failed test is what a panic means here, and the figures are small.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::panic,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::unwrap_used
)]

mod common;

mod allocation;
mod any_order;
mod bad_input;
mod bank;
mod books;
mod calibrate;
mod corpus;
mod demo;
mod dunning;
mod financials;
mod follow_up;
mod goods;
mod house;
mod import;
mod lab;
mod ledger;
mod limits;
mod order_check;
mod publish;
mod rates;
mod rating;
#[cfg(feature = "schema")]
mod schema;
mod standing;
mod terms;
mod waivers;
mod watch;
mod what_if;
mod workbook;
