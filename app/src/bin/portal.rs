//! The door `portal`.

use leptos::prelude::*;

fn main() {
    app::door::open(|| view! { <main><h1>"对账单"</h1></main> });
}
