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
use shared::record::api::Door;

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

/// Where somebody may want to go instead.
fn door_name(door: Door) -> (&'static str, &'static str) {
    match door {
        Door::Field => ("信用检查", "Credit check"),
        Door::Desk => ("信用管理", "Credit desk"),
        Door::Portal => ("对账单", "Statement"),
    }
}

/// This browser is signed in at another door of the house: the way there.
#[component]
pub fn OtherDoor(
    /// Which.
    door: Door,
) -> impl IntoView {
    let (zh, en) = door_name(door);
    let words =
        move || lang().fill("这个浏览器已登录“{0}”。", "This browser is signed in at “{0}”.", &[lang().pick(zh, en)]);
    view! {
        <p class="elsewhere">
            {words}" "
            <a href=door.path() rel="external">{move || lang().fill("去那里", "Go there", &[])}</a>
        </p>
    }
}
