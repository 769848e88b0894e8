//! What a customer is found by: its code and names, and the initials of its name's pinyin, because that is how people type a
//! Chinese name on a phone (`hcgj` for 海川国际).

use shared::facts::customer::Customer;
use std::collections::BTreeMap;

/// The characters of GB 2312 by the first letter of their reading, a line for each letter. A character that is read in two
/// ways in the names of firms and places stands in both.
const INITIALS: &str = include_str!("initials.txt");

/// How many spellings of one name are kept: 重 and 长 in one name make four.
const SPELLINGS_MOST: usize = 8;

/// Looks up initials. Made once for many customers.
pub struct Search(BTreeMap<char, Vec<char>>);

impl Search {
    /// Reads the table.
    pub fn new() -> Self {
        let mut by_character: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for line in INITIALS.lines() {
            let mut characters = line.chars();
            let Some(letter) = characters.next() else { continue };
            for character in characters {
                by_character.entry(character).or_default().push(letter);
            }
        }
        Self(by_character)
    }

    /// What a customer is found by, in lower case.
    pub fn text(&self, customer: &Customer) -> String {
        let mut parts = vec![customer.code.to_lowercase(), customer.name.to_lowercase()];
        parts.extend(customer.name_en.as_ref().map(|name| name.to_lowercase()));
        parts.extend(self.spellings(&customer.name));
        parts.join(" ")
    }

    /// The initials of a name in every way in which it can be read; none for a name without Chinese characters.
    fn spellings(&self, name: &str) -> Vec<String> {
        let mut spellings = vec![String::new()];
        for letters in name.chars().filter_map(|character| self.0.get(&character)) {
            spellings = letters
                .iter()
                .flat_map(|letter| spellings.iter().map(move |spelling| format!("{spelling}{letter}")))
                .take(SPELLINGS_MOST)
                .collect();
        }
        spellings.retain(|spelling| !spelling.is_empty());
        spellings
    }
}
