//! The house's own rules: no import climbs a floor, no floating point, no clock, no room too crowded.

use std::path::{Path, PathBuf};

const FLOORS: [&str; 5] = ["facts", "readings", "rules", "questions", "record"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The lines that are code: neither comment nor empty, and before the file's tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let product = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    product.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

#[test]
fn no_import_climbs_a_floor() {
    for (path, text) in sources() {
        let Some(floor) = FLOORS.iter().position(|floor| path.components().any(|part| part.as_os_str() == *floor))
        else {
            continue;
        };
        for (above, name) in FLOORS.iter().enumerate().skip(floor + 1) {
            let climbs = code(&text).find(|line| line.contains(&format!("crate::{name}")));
            assert!(climbs.is_none(), "{} stands on floor {floor} and reaches {above}: {climbs:?}", path.display());
        }
    }
}

#[test]
fn nothing_floats_and_nothing_reads_a_clock() {
    for (path, text) in sources() {
        for line in code(&text) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            for word in words {
                let banned = ["f32", "f64", "Utc::now", "Local::now", "SystemTime", "Instant"];
                assert!(!banned.contains(&word), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn no_room_is_too_crowded() {
    for (path, text) in sources() {
        let lines = code(&text).count();
        assert!(lines <= 500, "{} has {lines} lines of code", path.display());
    }
}
