//! The door `portal`.

use leptos::prelude::*;

fn main() {
    app::ui::start();
    app::door::open(|| view! { <app::portal::Portal /> });
}
