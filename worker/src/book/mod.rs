//! The Book: one company's whole data, in one Durable Object with SQLite inside. It is single-threaded, and every command is
//! one synchronous transaction ([`atomically`]), so that checking credit and reserving it cannot be parted.
//!
//! A Book that was never created answers 404 and writes nothing. It keeps no ledger in memory.

mod atomically;
mod schema;
#[cfg(feature = "testing")]
mod testing;

pub use atomically::atomically;

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::problem;

/// One company's book.
#[durable_object]
pub struct Book {
    state: State,
}

impl DurableObject for Book {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let storage = self.state.storage();
        #[cfg(feature = "testing")]
        if let Some(call) = request.path().strip_prefix("/testing/") {
            return testing::answer(call, &storage, &request);
        }
        if !schema::exists(&storage)? {
            return problem(404, "no_such_book", "there is no such book");
        }
        schema::bring_up_to_date(&storage)?;
        problem(404, "not_found", &format!("the book has no answer to {}", request.path()))
    }

    async fn alarm(&self) -> Result<Response> {
        Response::empty()
    }
}
