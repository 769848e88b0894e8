//! The parts that pages are made of: small functions over native HTML. Values come in as signals, events go out as
//! callbacks, and what a part looks like is in `style/`. Every part in every state is on the gallery page.
//!
//! A page calls [`start`] before it draws, and puts one [`Sprite`] and one [`Toasts`] into its body.

mod beam;
mod charts;
mod choice;
mod feedback;
mod figure;
mod form;
mod judged;
mod password;
mod seal;
mod table;
mod typing;

pub use beam::{Beam, BeamLegend, Ceiling, Load, Piece};
pub use charts::{AgingBand, AgingBar, MigrationMatrix, Sparkline};
pub use choice::{LangSwitch, ThemeSwitch};
pub use feedback::{Dialog, Empty, ErrorNote, Progress, Skeleton, Toaster, Toasts};
pub use figure::{Age, Amount, Chip, DemoMark, Freshness, Grade, Kpi, Tone, amount};
pub use form::{AmountField, Button, Field, Kind, RangeField, SelectField};
pub use judged::{Proof, ProofState, ReasonRow, SuggestRow};
pub use password::PasswordField;
pub use seal::{Brand, Mark, Seal, Sprite};
pub use table::{Sort, SortHead, VirtualTable};

use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Takes up the language and the theme that this device keeps. Call it before anything is drawn.
pub fn start() {
    crate::lang::start();
    choice::start();
}

/// The browser's small store, unless the browser refuses one.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps the page's title at `text` in the reader's language.
pub fn page_title(text: impl Fn() -> String + 'static) {
    Effect::new(move |_| document().set_title(&text()));
}

/// A name for an element that others point at, unique on the page.
fn name_of(kind: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let mut name = String::from(kind);
    name.push_str(&LAST.fetch_add(1, Ordering::Relaxed).to_string());
    name
}

/// `part / whole` as a percentage for SVG: `63.99%`. Geometry only; figures on the page come from [`crate::lang::Lang`].
fn geometry(part: i64, whole: i64) -> String {
    let hundredths = i128::from(part) * 10_000 / i128::from(whole.max(1));
    let mut text = crate::lang::fixed(i64::try_from(hundredths).unwrap_or(0), 2, 2).replace('\u{2212}', "-");
    text.retain(|character| character != ',');
    text.push('%');
    text
}
