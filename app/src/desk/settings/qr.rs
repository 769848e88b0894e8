//! A QR code as SVG, drawn here: what it says never leaves the page.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// The quiet zone around it, in modules (ISO/IEC 18004: four).
const QUIET: i32 = 4;

/// The code of a text; nothing for a text that is too long for one.
#[component]
pub fn Qr(
    /// What it says.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for those who don't see it.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    text.with_untracked(|text| drawn(text)).map(|(side, path)| {
        // Dark on light in both themes: not every camera reads it the other way round.
        view! {
            <svg class="qr print-exact" viewBox=format!("0 0 {side} {side}") role="img" aria-label=move || label.get()>
                <rect width=side height=side fill="#fff" />
                <path d=path fill="#000" shape-rendering="crispEdges" />
            </svg>
        }
    })
}

/// The side in modules with the quiet zone, and the dark modules as a path.
fn drawn(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run + 1;
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_in_runs_inside_its_quiet_zone() {
        let uri = "otpauth://totp/Xinheng:ma@pages.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Xinheng";
        let (side, path) = drawn(uri).unwrap();
        let code = QrCode::encode_text(uri, QrCodeEcc::Medium).unwrap();
        assert_eq!(side, code.size() + 8);
        // A finder pattern's upper edge: seven dark modules, then a light one.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = dark.filter(|(x, y)| code.get_module(*x, *y)).count();
        let drawn: usize = path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, dark);
        assert_eq!(super::drawn(&"x".repeat(4000)), None);
    }
}
