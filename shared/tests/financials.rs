//! Laws that hold for every statement: what adds up has no fault, what is moved by a cent has one, and no figure makes a
//! reading panic.

use proptest::prelude::*;
use shared::facts::financials::{
    Audit, FinancialStatement, Form, Line, Scope, StatementFault, StatementSource, TOTALS,
};
use shared::facts::money::{Currency, MINOR_MAX, Money};
use shared::readings::altman::AltmanModel;
use shared::readings::ratios::{Accounts, RatioError};
use std::collections::BTreeMap;

fn yuan(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn statement(end: &str, lines: BTreeMap<Line, Money>, complete: &[Form]) -> FinancialStatement {
    FinancialStatement {
        end: end.parse().unwrap(),
        months: 12,
        scope: Scope::Company,
        source: StatementSource::Customer,
        audit: Audit::Unaudited,
        currency: Currency::CNY,
        printed_in: None,
        complete: complete.iter().copied().collect(),
        lines,
        opening: BTreeMap::new(),
    }
}

fn is_total(line: Line) -> bool {
    TOTALS.iter().any(|total| total.line == line)
}

fn lines(amounts: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = BTreeMap<Line, Money>> {
    let line = prop::sample::select(Line::ALL);
    prop::collection::btree_map(line, amounts.prop_map(yuan), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn totals_worked_out_are_totals_that_hold(leaves in lines(0..=1_000_000_000)) {
        let mut lines: BTreeMap<Line, Money> = leaves.into_iter().filter(|(line, _)| !is_total(*line)).collect();
        // Equity is what is left, so that the sheet balances.
        lines.remove(&Line::UndistributedProfit);
        let every = [Form::BalanceSheet, Form::Income, Form::CashFlow];
        let open = statement("2025-12-31", lines.clone(), &every);
        let read = |line| open.amount(line).unwrap().unwrap();
        let rest = read(Line::TotalAssets).minus(read(Line::LiabilitiesAndEquity)).unwrap();
        lines.insert(Line::UndistributedProfit, rest);
        lines.entry(Line::Revenue).or_insert(yuan(1));
        lines.entry(Line::OpeningCash).or_insert(yuan(1));
        let balanced = statement("2025-12-31", lines.clone(), &every);
        let stated: Vec<(Line, Money)> =
            TOTALS.iter().map(|total| (total.line, balanced.amount(total.line).unwrap().unwrap())).collect();
        lines.extend(stated.iter().copied());
        let whole = statement("2025-12-31", lines.clone(), &every);
        prop_assert!(whole.is_sound(), "{:?}", whole.faults());
        // A cent on any total is seen.
        for (line, amount) in stated {
            let mut off = whole.clone();
            off.lines.insert(line, amount.plus(yuan(1)).unwrap());
            let named = |fault: &StatementFault| matches!(fault, StatementFault::TotalDiffers { line: found, .. } if *found == line);
            prop_assert!(off.faults().iter().any(named), "{line:?}");
        }
    }

    #[test]
    fn whatever_is_stated_gives_a_number_or_a_reason(
        now in lines(-MINOR_MAX..=MINOR_MAX),
        before in lines(-MINOR_MAX..=MINOR_MAX),
        months in 0_u8..=13,
        complete in any::<bool>(),
    ) {
        let every: &[Form] = if complete { &[Form::BalanceSheet, Form::Income, Form::CashFlow] } else { &[] };
        let mut now = statement("2025-12-31", now, every);
        now.months = months;
        now.opening = before.clone();
        let statements = [statement("2024-12-31", before, every), now];
        let accounts = Accounts::at(&statements, "2026-06-30".parse().unwrap()).unwrap();
        prop_assert_eq!(accounts.current.end, statements[1].end);
        let _ = accounts.current.faults();
        for reading in accounts.ratios() {
            prop_assert_ne!(reading.value.is_some(), reading.error.is_some());
            if let Some(RatioError::Missing { inputs }) = &reading.error {
                prop_assert!(!inputs.is_empty());
            }
            prop_assert_eq!(&accounts.ratio(reading.ratio), &reading);
        }
        for model in AltmanModel::ALL {
            if let Ok(score) = model.score(accounts.current, Some(yuan(MINOR_MAX))) {
                prop_assert_eq!(score.zone, model.zone(score.score));
            }
        }
    }
}
