//! The door `field`.

use leptos::prelude::*;

fn main() {
    app::door::open(|| view! { <main><h1>"信用检查"</h1></main> });
}
