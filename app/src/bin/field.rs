//! The door `field`.

use leptos::prelude::*;

fn main() {
    app::ui::start();
    app::door::open(|| view! { <app::field::Field /> });
}
