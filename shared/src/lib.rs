//! The domain of Xinheng 信衡: may we sell this much, on these terms, to this customer, today, and why?
//!
//! Everything here is a pure function of what it is given. There is no I/O, no clock, no floating point for money or
//! score, and nothing depends on the order of a hash map: the same question gets the same bytes in the browser, at the
//! edge and in a test. The crate has five floors, and a file imports only from its own floor or below:
//!
//! 1. [`facts`]: what happened, dated and immutable
//! 2. [`readings`]: what the facts say
//! 3. [`rules`]: judgement, rule data and function side by side
//! 4. [`questions`]: what people ask
//! 5. [`record`]: store and replay, who may, the wire, rows coming in

pub mod facts;
pub mod questions;
pub mod readings;
pub mod record;
pub mod rules;
