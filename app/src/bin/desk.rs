//! The door `desk`.

use leptos::prelude::*;

fn main() {
    app::door::open(|| view! { <main><h1>"信用管理"</h1></main> });
}
