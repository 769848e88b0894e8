//! Writes the demo book as the files that a forwarder would import:
//! `cargo run -p shared --example demo -- OUTDIR` makes customers.csv, receivables.csv and receipts.csv.

mod book;
mod names;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: demo OUTDIR");
        return ExitCode::FAILURE;
    };
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(&folder)?;
        for (name, text) in book::files() {
            std::fs::write(folder.join(name), &text)?;
            println!("{name}: {} rows", text.lines().count().saturating_sub(1));
        }
        Ok(())
    };
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
