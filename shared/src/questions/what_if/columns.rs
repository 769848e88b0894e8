//! A characteristic of all customers as codes that keep its order, so that a bound of a policy becomes an integer bound.
//!
//! Values are 64 bits wide and may be absent; what a policy asks of them is only whether they reach a bound. The code of a
//! value is its place among the distinct values, so each such question is one comparison of 32-bit integers, which a
//! vector unit does several at a time. Codes don't depend on the policy: they are worked out once for a book.

use crate::facts::number::Ratio;

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codes {
    /// The distinct values, rising.
    values: Vec<Ratio>,
    /// By customer: 0 where the value is unknown, else its place in `values`, counted from 1.
    codes: Vec<i32>,
}

/// The code of an unknown value.
pub(super) const UNKNOWN: i32 = 0;

impl Codes {
    /// Tells the values of a column apart.
    pub(super) fn of(column: &[Option<Ratio>]) -> Self {
        let mut values: Vec<Ratio> = column.iter().copied().flatten().collect();
        values.sort_unstable();
        values.dedup();
        let code = |value: &Option<Ratio>| {
            let value = (*value)?;
            values.binary_search(&value).ok().map(place)
        };
        let codes = column.iter().map(|value| code(value).unwrap_or(UNKNOWN)).collect();
        Self { values, codes }
    }

    /// The codes by customer.
    pub(super) fn codes(&self) -> &[i32] {
        &self.codes
    }

    /// The least code of a value that reaches a bound.
    pub(super) fn reaching(&self, bound: Ratio) -> i32 {
        place(self.values.partition_point(|value| *value < bound))
    }

    /// The least code of a value above a bound.
    pub(super) fn above(&self, bound: Ratio) -> i32 {
        place(self.values.partition_point(|value| *value <= bound))
    }
}

/// Places are counted from 1, since 0 says unknown. A book doesn't have two thousand million customers.
fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reaches_a_bound_when_its_value_does() {
        let ratio = Ratio::from_units;
        let column = [Some(ratio(5)), None, Some(ratio(-3)), Some(ratio(5)), Some(ratio(9))];
        let codes = Codes::of(&column);
        assert_eq!(codes.codes(), [2, UNKNOWN, 1, 2, 3]);
        for bound in -5..12 {
            let (reaching, above) = (codes.reaching(ratio(bound)), codes.above(ratio(bound)));
            for (value, code) in column.iter().zip(codes.codes()) {
                let Some(value) = value else {
                    assert!(*code < reaching && *code < above);
                    continue;
                };
                assert_eq!(*code >= reaching, value.units() >= bound);
                assert_eq!(*code >= above, value.units() > bound);
            }
        }
    }
}
