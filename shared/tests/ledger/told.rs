//! What is told of a ledger ties out to it: standing, ages, statements of account, the ERP's list, branches, closed periods.

use super::{cny, day, differences, facts, first_day, owed, owner, policy};
use proptest::prelude::*;
use shared::facts::calendar::{Date, plus_days};
use shared::facts::id::{CustomerId, FeedNumber, PersonId, StatementId};
use shared::facts::ledger::{Document, Fact, Recorded};
use shared::facts::period::PeriodChange;
use shared::facts::relations::{Link, Relation};
use shared::facts::terms::agreed::Cycle;
use shared::questions::account_statement::drafts;
use shared::questions::statement::{for_the_customer, statement};
use shared::questions::tie_out::{Control, ControlDocument, tie_out};
use shared::readings::age::by_age;
use shared::readings::aging::aging;
use shared::readings::groups::Groups;
use shared::readings::journal::Journal;
use shared::readings::liable::facts_of;
use shared::readings::open_items::open_documents;
use shared::readings::standing::Standing;
use shared::record::sealing::seal;
use shared::rules::closing::admits;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// What our books wrote off never shows on a customer's statement.
    #[test]
    fn a_customer_sees_the_same_statement_without_our_write_offs(facts in facts(), from in day(), to in day()) {
        let (policy, seen) = (policy(), for_the_customer(facts.clone()));
        prop_assert!(!seen.iter().any(|fact| matches!(fact.fact, Fact::WrittenOff(_) | Fact::Recovered(_))));
        let made = |facts: &[Recorded]| statement(owner().id, facts, &policy.aging, from.min(to), to).unwrap();
        prop_assert_eq!(made(&facts), made(&seen));
    }

    #[test]
    fn the_standing_tells_what_the_journal_does(facts in facts()) {
        let standing = Standing::of(&owner(), &facts, &[], None).unwrap();
        let journal = Journal::of(&facts, None).unwrap();
        let open = journal.open_at(Date::MAX);
        let owed: i64 = journal.items.iter().zip(&open).filter(|(item, open)| item.document != Document::CreditNote && **open > 0).map(|(_, open)| open).sum();
        let disputed: i64 = journal.disputed_of(&open, Date::MAX).into_iter().sum();
        let of = |disputed: Option<bool>| {
            let buckets = standing.open.iter().filter(|bucket| disputed.is_none_or(|is| bucket.disputed == is));
            buckets.map(|bucket| bucket.amount.minor()).sum::<i64>()
        };
        prop_assert_eq!(of(None), owed);
        prop_assert_eq!(of(Some(true)), disputed);
        let notes: i64 = journal.items.iter().zip(&open).filter(|(item, open)| item.document == Document::CreditNote || **open < 0).map(|(_, open)| open).sum();
        let cash: i64 = journal.unapplied_at(Date::MAX).unwrap().values().map(|sum| sum.minor()).sum();
        let unapplied: i64 = standing.unapplied.iter().map(|amount| amount.minor()).sum();
        prop_assert_eq!(unapplied, cash.max(0) - notes);
    }

    #[test]
    fn ages_tie_out_to_the_same_balance(facts in facts(), as_of in day(), months in prop::collection::btree_set(1_u16..30, 1..4)) {
        let journal = Journal::of(&facts, None).unwrap();
        let months: Vec<u16> = months.into_iter().collect();
        let aged = by_age(&journal, &months, as_of).unwrap();
        let due = aging(&journal, &policy().aging, as_of).unwrap();
        prop_assert_eq!(aged.len(), due.len());
        for (aged, due) in aged.iter().zip(&due) {
            prop_assert_eq!(aged.open.minor(), due.open);
            prop_assert_eq!(aged.bands.iter().map(|band| band.minor()).sum::<i64>(), due.open);
        }
    }

    #[test]
    fn statements_of_cycles_follow_on(facts in facts(), as_of in day(), cut_off in 1_u8..=31) {
        let policy = policy();
        let cycle = Cycle { cut_off: cut_off.try_into().unwrap(), months: 0 };
        let made = |day| drafts(owner().id, &facts, &policy.aging, cycle, day).unwrap();
        for draft in made(as_of) {
            let lines: i64 = draft.lines.iter().map(|line| line.amount.minor()).sum();
            prop_assert_eq!(draft.opening.minor() + lines + draft.moved.minor(), draft.closing.minor());
            prop_assert_eq!(draft.closing.minor(), owed(&facts, draft.to) - differences(&facts, draft.to));
            let next = made(plus_days(draft.to, 1));
            prop_assert_eq!((next[0].from, next[0].opening), (plus_days(draft.to, 1), draft.closing));
            let sent = seal(&draft, StatementId::derived(&["s"]), draft.to).unwrap();
            let mut other = draft.clone();
            other.closing = cny(draft.closing.minor() + 1);
            prop_assert_ne!(seal(&other, sent.id, sent.sent).unwrap().digest, sent.digest);
        }
    }

    /// Against the ERP's own list of the same documents nothing differs; what is put wrong in it is named, to the cent.
    #[test]
    fn a_difference_is_told_document_by_document(facts in facts(), as_of in day(), wrong in 0_usize..1000, by in -500_i64..500) {
        let same = open_documents(&facts, as_of).unwrap();
        let mut documents: Vec<ControlDocument> =
            same.iter().map(|open| ControlDocument { number: open.number.clone(), open: open.open }).collect();
        prop_assume!(!documents.is_empty());
        let unapplied = Journal::of(&facts, None).unwrap().unapplied_at(as_of).unwrap();
        let unapplied: i64 = unapplied.values().map(|sum| sum.minor()).sum();
        let balance: i64 = same.iter().map(|open| open.open.minor()).sum::<i64>() - unapplied;
        let told = tie_out(&facts, &Control { balance: cny(balance), documents: documents.clone() }, as_of).unwrap();
        prop_assert!(told.difference.is_zero());
        prop_assert!(told.causes.iter().all(|cause| cause.number.is_empty()), "{:?}", told.causes);
        let place = wrong % documents.len();
        documents[place].open = cny(documents[place].open.minor() + by);
        let told = tie_out(&facts, &Control { balance: cny(balance + by), documents: documents.clone() }, as_of).unwrap();
        prop_assert_eq!(told.difference.minor(), by);
        let explained: i64 = told.causes.iter().map(|cause| cause.amount.minor()).sum();
        prop_assert_eq!(explained + told.unexplained.unwrap().minor(), by);
        let named: Vec<&str> = told.causes.iter().map(|cause| cause.number.as_str()).filter(|number| !number.is_empty()).collect();
        prop_assert_eq!(named, if by == 0 { Vec::new() } else { vec![documents[place].number.as_str()] });
    }

    /// However an entity's facts are spread over its branches, its standing is the same.
    #[test]
    fn a_branch_counts_for_the_entity(facts in facts(), spread in prop::collection::vec(0_u8..3, 1..20)) {
        let (branch, duplicate) = (CustomerId::derived(&["branch"]), CustomerId::derived(&["duplicate"]));
        let link = |customer, link| Relation { customer, date: first_day(), link, source: "test".into() };
        let relations = [
            link(branch, Link::Branch { of: Some(owner().id) }),
            link(duplicate, Link::Merged { into: Some(branch) }),
        ];
        let spread: Vec<Recorded> = facts
            .iter()
            .zip(spread.iter().cycle())
            .map(|(fact, to)| Recorded { customer: [owner().id, branch, duplicate][usize::from(*to)], ..fact.clone() })
            .collect();
        let groups = Groups::of(&relations, first_day());
        let own = facts_of(&groups, owner().id, &spread).unwrap();
        prop_assert_eq!(&own, &facts);
        prop_assert_eq!(Standing::of(&owner(), &own, &[], None), Standing::of(&owner(), &facts, &[], None));
        prop_assert!(facts_of(&groups, branch, &spread).unwrap().is_empty());
    }

    #[test]
    fn the_last_word_on_a_period_counts(changes in prop::collection::vec((0_u32..60, 0_u32..60, any::<bool>()), 0..8), day in 0_u32..120, turn in 0_usize..8) {
        let change = |((from, length, closed), feed): (&(u32, u32, bool), u64)| PeriodChange {
            feed: FeedNumber(feed),
            from: plus_days(first_day(), *from),
            to: plus_days(first_day(), from + length),
            closed: *closed,
            by: PersonId::derived(&["p"]),
            reason: None,
        };
        let mut all: Vec<PeriodChange> = changes.iter().zip(1_u64..).map(change).collect();
        let date = plus_days(first_day(), day);
        let mut open = true;
        for (from, length, closed) in &changes {
            if (*from..=from + length).contains(&day) {
                open = !closed;
            }
        }
        prop_assert_eq!(admits(&all, date, None).is_ok(), open);
        let told = admits(&all, date, None);
        let by = turn.min(all.len());
        all.rotate_left(by);
        prop_assert_eq!(admits(&all, date, None), told);
        prop_assert_eq!(admits(&all, date, Some(FeedNumber(0))), Ok(()));
    }
}
