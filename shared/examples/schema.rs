//! Writes the files that are made from the types: `cargo run -p shared --features schema --example schema`.

use shared::record::schema::files;
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    for (path, text) in files() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path), &text)?;
        println!("{path}: {} bytes", text.len());
    }
    Ok(())
}
