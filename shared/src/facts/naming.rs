//! Names and numbers as people write them: full-width or narrow, with or without spaces, in any case.

use super::number::Ratio;
use std::collections::BTreeSet;

/// A text with full-width characters made narrow, in capitals, without space around it.
pub fn folded(text: &str) -> String {
    text.trim().chars().map(narrow).flat_map(char::to_uppercase).collect()
}

/// A name without spaces and punctuation too: two spellings of a name that differ in nothing else are the same.
pub fn plain_name(name: &str) -> String {
    folded(name).chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Whether a folded number stands in a folded text with no Latin letter or digit beside it: `INV-1` does not stand in
/// `INV-12`.
pub fn stands_in(text: &str, number: &str) -> bool {
    let part = |side: Option<char>| side.is_some_and(|character| character.is_ascii_alphanumeric());
    !number.is_empty()
        && text.match_indices(number).any(|(at, _)| {
            let (before, rest) = text.split_at(at);
            let after = rest.strip_prefix(number).unwrap_or_default();
            !part(before.chars().next_back()) && !part(after.chars().next())
        })
}

/// Dice's coefficient over pairs of neighbouring characters: 2 × shared / (pairs of one + pairs of the other), each pair
/// counted once. Absent when both names are too short to have a pair.
pub fn likeness(a: &str, b: &str) -> Option<Ratio> {
    let pairs = |name: &str| -> BTreeSet<(char, char)> { name.chars().zip(name.chars().skip(1)).collect() };
    let (a, b) = (pairs(a), pairs(b));
    let count = |pairs: usize| i64::try_from(pairs).unwrap_or(i64::MAX);
    let shared = count(a.intersection(&b).count()).saturating_mul(2);
    Ratio::of(shared, count(a.len()).saturating_add(count(b.len())))
}

fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character).saturating_sub(0xfee0)).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(plain_name("宁波 远航（国际）货运有限公司"), plain_name("宁波远航(国际)货运有限公司"));
        assert!(stands_in(&folded("货款ＩＮＶ－１２，谢谢"), "INV-12"));
        assert!(!stands_in("INV-123", "INV-12") && !stands_in("XINV-12", "INV-12") && !stands_in("ANY", ""));
        assert_eq!(likeness("NIGHT", "NACHT"), "0.25".parse().ok());
        assert_eq!(likeness("甲", "乙"), None);
    }
}
