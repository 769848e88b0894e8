//! The door `desk`.

fn main() {
    app::desk::open();
}
