//! What every answer tells the browser to refuse. One policy for pages, files and API alike: nothing of a third party, no
//! inline script or style, no framing.

use worker::{Headers, Result};

/// `'wasm-unsafe-eval'` is what compiling WebAssembly needs; it allows no JavaScript from text. `data:` and `blob:` images are
/// drawn by the page itself (previews, marks in the style sheet).
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Over plain HTTP a browser passes `strict-transport-security` over (RFC 6797, 8.1), so that it can always be sent: where TLS
/// ends at a proxy or at the platform, nothing here knows by which the browser came. A name of ours, not all below it.
const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Adds the headers that guard every answer.
pub fn harden(headers: &Headers) -> Result<()> {
    ALWAYS.iter().try_for_each(|(name, value)| headers.set(name, value))
}
