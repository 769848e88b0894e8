//! How people of the company come in: by company, login and password, or by a link that lets them set those. Both doors of
//! the company show these parts; a link that opens a door needs no more than the door's own button.
//!
//! What was typed stays until somebody is in; a refusal is said where it belongs. Nothing here is kept on the device but the
//! company's code.

mod joining;
mod password;

pub use joining::Joining;
pub use password::ByPassword;

use crate::data::client::ClientError;
use crate::lang::lang;
use crate::ui::ErrorNote;
use crate::words::failure;
use leptos::prelude::*;

/// Why the last try failed.
#[component]
pub fn Refused(
    /// Why.
    #[prop(into)]
    error: Signal<Option<ClientError>>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            // Each closure owns what it says: the next try takes this note away while its words may still be asked for.
            let what = error.clone();
            view! { <ErrorNote what=move || failure(lang(), &what).what next=move || failure(lang(), &error).next /> }
        })
    }
}

/// What is wrong with one field, of what the edge refused.
pub(crate) fn fault(error: Option<&ClientError>, field: &str) -> Option<String> {
    match error {
        Some(error @ ClientError::Problem(problem)) if problem.field.as_deref() == Some(field) => {
            let said = failure(lang(), error);
            Some(lang().fill("{0}。{1}", "{0}. {1}", &[&said.what, &said.next]))
        }
        _ => None,
    }
}
