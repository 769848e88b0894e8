//! What a card may look at, of all customers, as codes that keep its order, so that a bound of a policy becomes an integer
//! bound.
//!
//! Values are 64 bits wide, words, or absent for one of three reasons; what a policy asks of them is only whether they
//! reach a bound, or are a certain one. The place of a value is its rank among the distinct values, so each such question
//! is one comparison of 32-bit integers, which a vector unit does several at a time. Places before the first value say why
//! there is none. A code is twice the place; one more where the figure is marked ([`crate::readings::ratios::Mark`]).
//! Codes don't depend on the policy: they are worked out once for a book.

use crate::facts::number::Ratio;
use crate::rules::scoring::Value;
use std::collections::BTreeSet;

/// The place of an unknown value.
pub(super) const UNKNOWN: i32 = 0;
/// The place where a denominator is negative.
pub(super) const NEGATIVE: i32 = 1;
/// The place where a denominator is zero.
pub(super) const ZERO: i32 = 2;
/// The place of the least value.
pub(super) const FIRST: i32 = 3;

/// The code of a place without a mark, and the least one of that place.
pub(super) const fn code(place: i32) -> i32 {
    place.saturating_mul(2)
}

/// One measure of all customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The distinct numbers, rising.
    numbers: Vec<Ratio>,
    /// The distinct words, rising; a measure has either.
    words: Vec<String>,
    /// By row.
    codes: Vec<i32>,
    /// Whether any is marked.
    marked: bool,
}

impl Column {
    /// Tells the values of a measure apart.
    pub(super) fn of(column: &[(Option<Value>, bool)]) -> Self {
        let mut numbers: Vec<Ratio> = column.iter().filter_map(|(value, _)| number(value.as_ref())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let words: BTreeSet<&String> = column.iter().filter_map(|(value, _)| word(value.as_ref())).collect();
        let words: Vec<String> = words.into_iter().cloned().collect();
        let mut made = Self { numbers, words, codes: Vec::new(), marked: column.iter().any(|(_, marked)| *marked) };
        let place = |value: Option<&Value>| match value {
            None => UNKNOWN,
            Some(Value::NegativeDenominator) => NEGATIVE,
            Some(Value::ZeroDenominator) => ZERO,
            Some(Value::Number { number }) => made.reaching(*number),
            Some(Value::Word { word }) => made.of_word(word).unwrap_or(UNKNOWN),
        };
        let coded =
            |(value, marked): &(Option<Value>, bool)| code(place(value.as_ref())).saturating_add(i32::from(*marked));
        made.codes = column.iter().map(coded).collect();
        made
    }

    /// The codes by row.
    pub(super) fn codes(&self) -> &[i32] {
        &self.codes
    }

    /// Whether any figure is marked.
    pub(super) const fn marked(&self) -> bool {
        self.marked
    }

    /// The least place of a number that reaches a bound.
    pub(super) fn reaching(&self, bound: Ratio) -> i32 {
        self.beyond(|value| value < bound)
    }

    /// The least place of a number above a bound.
    pub(super) fn above(&self, bound: Ratio) -> i32 {
        self.beyond(|value| value <= bound)
    }

    /// The least place of a number that a condition, which holds for the least ones, doesn't hold for.
    pub(super) fn beyond(&self, holds: impl Fn(Ratio) -> bool) -> i32 {
        place(self.numbers.partition_point(|value| holds(*value)))
    }

    /// The place of a word that some customer has.
    pub(super) fn of_word(&self, word: &str) -> Option<i32> {
        self.words.binary_search_by(|known| known.as_str().cmp(word)).ok().map(place)
    }

    /// The words, in the order of their places.
    pub(super) fn words(&self) -> impl Iterator<Item = (i32, &str)> {
        (FIRST..).zip(self.words.iter().map(String::as_str))
    }

    /// The place after all numbers.
    pub(super) fn numbers_end(&self) -> i32 {
        place(self.numbers.len())
    }

    /// The place after all of them.
    pub(super) fn end(&self) -> i32 {
        place(self.numbers.len().max(self.words.len()))
    }
}

fn number(value: Option<&Value>) -> Option<Ratio> {
    match value? {
        Value::Number { number } => Some(*number),
        _ => None,
    }
}

fn word(value: Option<&Value>) -> Option<&String> {
    match value? {
        Value::Word { word } => Some(word),
        _ => None,
    }
}

/// A book doesn't have a thousand million customers.
fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX).saturating_add(FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reaches_a_bound_when_its_value_does() {
        let number = |units: i64| Some(Value::Number { number: Ratio::from_units(units) });
        let column = [
            (number(5), false),
            (None, false),
            (number(-3), true),
            (number(5), true),
            (Some(Value::ZeroDenominator), false),
            (Some(Value::NegativeDenominator), false),
            (number(9), false),
        ];
        let codes = Column::of(&column);
        assert_eq!(codes.codes(), [8, 0, 7, 9, 4, 2, 10]);
        assert_eq!((codes.end(), codes.marked()), (6, true));
        for bound in -5..12 {
            let ratio = Ratio::from_units(bound);
            let (reaching, above) = (code(codes.reaching(ratio)), code(codes.above(ratio)));
            for ((value, _), code) in column.iter().zip(codes.codes()) {
                let Some(Value::Number { number }) = value else {
                    assert!(*code < reaching && *code < above);
                    continue;
                };
                assert_eq!(*code >= reaching, number.units() >= bound);
                assert_eq!(*code >= above, number.units() > bound);
            }
        }
    }

    #[test]
    fn a_word_has_a_place_of_its_own() {
        let word = |word: &str| (Some(Value::Word { word: word.to_owned() }), false);
        let codes = Column::of(&[word("weak"), word("leading"), (None, false), word("weak")]);
        assert_eq!(codes.codes(), [8, 6, 0, 8]);
        assert_eq!(codes.of_word("leading"), Some(FIRST));
        assert_eq!(codes.of_word("sound"), None);
    }
}
