//! How a door opens: its page shows a static shell at once, and the app takes the shell's place when it is ready.
//! What stands behind a door is its binary's business.

use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;

/// Puts `view` in the place of the page's static shell, the element `#app`.
pub fn open<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) {
    console_error_panic_hook::set_once();
    let shell = document().get_element_by_id("app").and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    match shell {
        Some(shell) => {
            shell.set_inner_html("");
            mount_to(shell, view).forget();
        }
        None => mount_to_body(view),
    }
}
