//! What cannot be guessed and what is never made twice: secrets of links and sessions, ids of things that the edge makes.

use js_sys::{Function, Reflect, Uint8Array};
use uuid::{Builder, Uuid};
use wasm_bindgen::{JsCast, JsValue};
use worker::Result;

use crate::tokens::hex;

/// 256 random bits as 64 hexadecimal digits.
pub fn secret() -> Result<String> {
    Ok(hex(&bytes::<32>()?))
}

/// A new UUID v7, made at this moment.
pub fn id(millis: i64) -> Result<Uuid> {
    let random: [u8; 10] = bytes()?;
    Ok(Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or_default(), &random).into_uuid())
}

/// Random bytes from the platform's cryptographic source.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let fill: Function =
        Reflect::get(&crypto, &"getRandomValues".into())?.dyn_into().map_err(|_| "no source of randomness")?;
    let array = Uint8Array::new_with_length(u32::try_from(N).unwrap_or_default());
    let filled: JsValue = fill.call1(&crypto, &array)?;
    let mut out = [0; N];
    filled.unchecked_into::<Uint8Array>().copy_to(&mut out);
    Ok(out)
}
