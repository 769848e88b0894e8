//! The browser: what the three doors have in common. Each door is a binary of its own (`src/bin/`), so that none carries
//! another's code. Judgement is not here: it lives in `shared`, the same at the edge.

pub mod data;
pub mod desk;
pub mod door;
pub mod download;
pub mod field;
pub mod lang;
pub mod portal;
pub mod ui;
pub mod way_in;
pub mod words;
