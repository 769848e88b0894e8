//! One command, one transaction. The platform undoes writes only for an exception thrown inside `transactionSync`; a Rust
//! error leaves them in place. So everything that writes goes through here.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::ScopedClosure};
use worker::{Error, Storage};

/// Runs `body` in one SQLite transaction: `Ok` commits, `Err` undoes every write.
///
/// The body is synchronous: no cursor and no transaction lives across an await. What it returns must not be acted upon
/// outside the book before this returns.
pub fn atomically<T, E: From<Error>>(storage: &Storage, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let raw: &JsValue = storage.as_raw().as_ref();
    let transaction_sync: Function =
        Reflect::get(raw, &"transactionSync".into()).map_err(Error::from)?.unchecked_into();
    let mut body = Some(body);
    let mut outcome = None;
    let thrown = {
        let mut run = || -> Result<(), JsValue> {
            let result = body.take().map(|body| body());
            let done = matches!(result, Some(Ok(_)));
            outcome = result;
            if done { Ok(()) } else { Err("rolled back".into()) }
        };
        let closure = ScopedClosure::borrow_mut_assert_unwind_safe(&mut run);
        transaction_sync.call1(raw, closure.as_js_value().unchecked_ref())
    };
    match (outcome, thrown) {
        (Some(Ok(value)), Ok(_)) => Ok(value),
        (Some(Err(error)), _) => Err(error),
        (_, Err(exception)) => Err(Error::from(exception).into()),
        (None, Ok(_)) => Err(Error::from("the transaction did not run its body").into()),
    }
}
