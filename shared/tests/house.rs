//! The house's own rules: no import climbs a floor, no floating point, no clock, no room too crowded, every room on its
//! floor's page.

use std::path::{Path, PathBuf};

const FLOORS: [&str; 5] = ["facts", "readings", "rules", "questions", "record"];

fn sources() -> Vec<(PathBuf, String)> {
    files("src")
}

/// Every file of Rust in a folder of this crate.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
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
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} was not found");
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
        // Tests of the rooms included.
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
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
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(files) {
        let lines = code(&text).count();
        assert!(lines <= 500, "{} has {lines} lines of code", path.display());
    }
}

/// What a file says of itself: the text of its page.
fn page(text: &str) -> String {
    let own = |line: &&str| line.starts_with("//!") || line.starts_with("#![cfg_attr");
    text.lines().filter(own).flat_map(|line| [line, "\n"]).collect()
}

/// The rooms that a file opens to everybody.
fn rooms(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
}

#[test]
fn every_room_is_on_the_page_above_it() {
    let mut seen = 0;
    for (path, text) in sources() {
        for room in rooms(&text) {
            seen += 1;
            let link = format!("[`{room}`]");
            assert!(page(&text).contains(&link), "{} doesn't lead to {room}: its page lacks {link}", path.display());
        }
    }
    assert!(seen > 100, "only {seen} rooms were found");
}

#[test]
fn every_computation_is_on_the_front_page() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let front = page(&std::fs::read_to_string(source.join("lib.rs")).unwrap());
    for floor in ["readings", "rules", "questions"] {
        let text = std::fs::read_to_string(source.join(floor).join("mod.rs")).unwrap();
        for room in rooms(&text) {
            assert!(front.contains(&format!("[`{floor}::{room}`]")), "the front page doesn't lead to {floor}::{room}");
        }
    }
}

#[test]
fn a_page_lists_rooms_by_topic_and_each_once() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for floor in FLOORS {
        let text = std::fs::read_to_string(source.join(floor).join("mod.rs")).unwrap();
        let page = page(&text);
        let listed: Vec<&str> = page
            .lines()
            .filter_map(|line| line.split_once("- [`")?.1.split_once("`]: ").map(|(room, _)| room))
            .collect();
        let mut own: Vec<&str> = rooms(&text).collect();
        own.sort_unstable();
        assert_ne!(listed, own, "{floor} lists its rooms by the alphabet");
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, own, "{floor} lists each of its rooms once, with a line each");
    }
}

/// Whoever reads nothing but the tree in the README finds every room in it.
#[test]
fn the_tree_in_the_readme_names_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md")).unwrap();
    for floor in FLOORS {
        let (_, tree) = readme.split_once(&format!("\n  {floor}/ ")).unwrap();
        // Its lines, down to the next floor or folder.
        let lines = tree.lines().enumerate().take_while(|(place, line)| *place == 0 || line.starts_with("      "));
        let names = lines.filter_map(|(_, line)| line.trim().split("  ").next());
        let named: Vec<&str> = names.flat_map(|names| names.split(" · ")).collect();
        let text = std::fs::read_to_string(root.join("src").join(floor).join("mod.rs")).unwrap();
        for room in rooms(&text) {
            assert!(named.contains(&room), "{floor}/{room} isn't in the README's tree");
        }
    }
}
