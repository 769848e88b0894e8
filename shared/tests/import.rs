//! Laws of the import: from a file's text to a book, through the public road only.

use chrono::Datelike;
use proptest::prelude::*;
use shared::facts::calendar::{Calendar, Date};
use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FactId, ImportId, PersonId};
use shared::facts::ledger::{Fact, Limit, LimitGrant};
use shared::facts::money::{Currency, Money};
use shared::facts::terms::Terms;
use shared::record::import::{
    Column, DateOrder, DecimalMark, Defaults, Field, FileError, FileKind, Inspection, KnownCustomer, Mapping,
    MemoryBook, Mode, Plan, Question, Setting, UnknownCustomers, examine, inspect, plan, sniff,
};
use std::collections::{BTreeMap, BTreeSet};

const TODAY: &str = "2026-11-20";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn defaults() -> Defaults {
    Defaults { today: day(TODAY), currency: Currency::CNY }
}

fn look(text: &str) -> Inspection {
    inspect(text, None, defaults(), |_| None).unwrap()
}

/// The proposal, with customers created as they come.
fn mapping(text: &str) -> Mapping {
    let inspection = look(text);
    assert_eq!(inspection.questions, vec![], "{:?}", inspection.mapping);
    creating(inspection.mapping)
}

fn creating(mut mapping: Mapping) -> Mapping {
    mapping.choices.unknown_customers = UnknownCustomers::Create;
    mapping
}

fn listed_on(mut mapping: Mapping, as_of: &str) -> Mapping {
    mapping.choices.mode = Mode::Snapshot { as_of: Some(day(as_of)) };
    creating(mapping)
}

fn planned(text: &str, mapping: &Mapping, book: &MemoryBook, import: &str) -> Plan {
    let setting = Setting {
        import: ImportId::derived(&[import]),
        today: day(TODAY),
        currency: Currency::CNY,
        calendar: &Calendar::default(),
    };
    plan(text, mapping, book, setting).unwrap()
}

/// Imports a text that has nothing wrong with it and returns what it came to.
#[track_caller]
fn take_in(book: &mut MemoryBook, text: &str, mapping: &Mapping, import: &str) -> Plan {
    let plan = planned(text, mapping, book, import);
    assert!(!plan.is_refused(), "{:#?}", plan.problems);
    book.record(&plan).unwrap();
    if let Mode::Snapshot { as_of: Some(as_of) } = mapping.choices.mode {
        book.add_snapshot(as_of);
    }
    plan
}

/// What is open, as `number amount`.
fn open(book: &MemoryBook) -> Vec<String> {
    let mut open: Vec<String> = book
        .items()
        .filter(|item| !item.open.is_zero())
        .map(|item| format!("{} {}{}", item.number, item.open, if item.disputed { " disputed" } else { "" }))
        .collect();
    open.sort();
    open
}

fn ids(plan: &Plan) -> BTreeSet<FactId> {
    plan.facts.iter().map(|fact| fact.id).collect()
}

fn known(code: &str, name: &str) -> KnownCustomer {
    let customer = Customer::plain(CustomerId::derived(&["customer", code]), code, name, Currency::CNY);
    KnownCustomer { customer, terms: None, limit: None }
}

const EVENTS: &str = "客户编号,发票号,开票日期,到期日,金额,结清日期,争议\n\
    C1,F1,2026-08-01,2026-08-31,100.00,2026-09-02,否\n\
    C1,F2,2026-09-01,2026-10-01,250.50,,是\n\
    C2,F1,2026-10-01,2026-10-31,-40.00,,\n";

#[test]
fn documents_receipts_and_disputes_become_facts() {
    let mut book = MemoryBook::default();
    let plan = take_in(&mut book, EVENTS, &mapping(EVENTS), "1");
    assert_eq!(open(&book), ["F1 -40.00", "F2 250.50 disputed"]);
    let summary = &plan.summary;
    assert_eq!((summary.new_customers, summary.new_items, summary.settled, summary.disputes), (2, 3, 1, 1));
    let totals = summary.totals["CNY"];
    assert_eq!((totals.charged.to_string(), totals.settled.to_string()), ("310.50".into(), "100.00".into()));
    let kinds: Vec<&str> = plan
        .facts
        .iter()
        .map(|planned| match planned.fact {
            Fact::Charged(_) => "charged",
            Fact::Received(_) => "received",
            Fact::Allocated(_) => "allocated",
            Fact::Disputed(_) => "disputed",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["charged", "received", "allocated", "charged", "disputed", "charged"]);
}

#[test]
fn the_same_file_twice_adds_nothing() {
    let mut book = MemoryBook::default();
    let mapping = mapping(EVENTS);
    take_in(&mut book, EVENTS, &mapping, "1");
    let again = take_in(&mut book, EVENTS, &mapping, "2");
    assert!(again.summary.is_nothing_new() && again.facts.is_empty() && again.customers.is_empty());
    assert_eq!(again.summary.unchanged, 3);
}

#[test]
fn a_later_file_settles_what_was_open() {
    let (mut forward, mut backward) = (MemoryBook::default(), MemoryBook::default());
    let later = EVENTS.replace("250.50,,是", "250.50,2026-11-02,否");
    let mapping = mapping(EVENTS);
    take_in(&mut forward, EVENTS, &mapping, "1");
    take_in(&mut forward, &later, &mapping, "2");
    take_in(&mut backward, &later, &mapping, "2");
    take_in(&mut backward, EVENTS, &mapping, "1");
    assert_eq!(open(&forward), ["F1 -40.00"]);
    assert_eq!(open(&backward), open(&forward));
}

#[test]
fn what_contradicts_keeps_the_whole_file_out() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut book = MemoryBook::default();
        take_in(&mut book, EVENTS, &mapping(EVENTS), "1");
        let before = book.clone();
        let refused = planned(text, &mapping(EVENTS), &book, "2");
        assert!(refused.is_refused() && refused.facts.is_empty() && refused.customers.is_empty());
        assert!(refused.problems.listed[0].to_string().contains(expected), "{:?}", refused.problems.listed);
        assert_eq!(book, before);
    }
    let header = "客户编号,发票号,开票日期,到期日,金额,结清日期,争议\n";
    let good = "C9,N1,2026-08-01,2026-08-31,100.00,,\n";
    check(&format!("{header}{good}C9,N1,2026-08-01,2026-08-31,100.01,,\n"), "N1 stands in line 2 too");
    check(
        &format!("{header}{good}C1,F2,2026-09-01,2026-10-01,250.00,,\n"),
        "in the book with 250.50, in the file with 250.00",
    );
    check(&format!("{header}{good}C1,F2,2026-09-02,2026-10-01,250.50,,\n"), "in the book with the date 2026-09-01");
    check(&format!("{header}{good}C9,N2,2026-11-21,2026-12-21,1.00,,\n"), "2026-11-21 is after today");
    check(&format!("{header}{good}C9,N2,2026-10-21,2026-12-21,1.00,2026-12-01,\n"), "2026-12-01 is after today");
}

#[test]
fn unknown_customers_are_refused_once_each_or_created() {
    let mut mapping = mapping(EVENTS);
    mapping.choices.unknown_customers = UnknownCustomers::Refuse;
    let refused = planned(EVENTS, &mapping, &MemoryBook::default(), "1");
    let shown: Vec<String> = refused.problems.listed.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 2, 客户编号 (customer): customer 'C1' is not in the book",
            "line 4, 客户编号 (customer): customer 'C2' is not in the book"
        ]
    );
    let created = planned(EVENTS, &creating(mapping), &MemoryBook::default(), "1");
    let codes: Vec<&str> = created.customers.iter().map(|planned| planned.customer.name.as_str()).collect();
    assert_eq!(codes, ["C1", "C2"]);
}

#[test]
fn a_repeated_row_counts_once() {
    let text = format!("{EVENTS}C1,F2,2026-09-01,2026-10-01,250.50,,是\n");
    let mut book = MemoryBook::default();
    let plan = take_in(&mut book, &text, &mapping(&text), "1");
    assert_eq!((plan.summary.new_items, plan.problems.warnings), (3, 1));
}

#[test]
fn terms_say_when_a_document_falls_due() {
    let text = "客户编号,发票号,开票日期,金额\nC1,F1,2026-08-05,100.00\nC2,F1,2026-08-05,100.00\n";
    let inspection = look(text);
    assert_eq!(inspection.questions, [Question::Terms]);
    let mut mapping = creating(inspection.mapping);
    mapping.choices.terms = Some(Terms::Net { days: 30 });
    let mut book = MemoryBook::default();
    book.add_customer(KnownCustomer { terms: Some(Terms::MonthEnd { days: 30 }), ..known("C1", "一") });
    take_in(&mut book, text, &mapping, "1");
    let due: BTreeSet<String> = book.items().map(|item| item.due.to_string()).collect();
    // The customer's own terms before those chosen for the file: 30 days after 31 August, 30 days after 5 August.
    assert_eq!(due, ["2026-09-04".to_owned(), "2026-09-30".to_owned()].into());
}

const OCTOBER: &str = "客户编号,单据号,单据日期,到期日,应收金额,未收余额\n\
    C1,A1,2026-08-01,2026-08-31,100.00,100.00\n\
    C1,A2,2026-09-01,2026-09-30,200.00,150.00\n\
    C2,A3,2026-09-05,2026-10-05,300.00,300.00\n";
const NOVEMBER: &str = "客户编号,单据号,单据日期,到期日,应收金额,未收余额\n\
    C1,A2,2026-09-01,2026-09-30,200.00,50.00\n\
    C2,A3,2026-09-05,2026-10-05,300.00,300.00\n\
    C3,A4,2026-10-20,2026-11-20,70.00,70.00\n";

#[test]
fn a_list_a_month_later_settles_corrects_and_adds() {
    let mut book = MemoryBook::default();
    let inspection = look(OCTOBER);
    assert_eq!(inspection.questions, [Question::AsOf]);
    let first = take_in(&mut book, OCTOBER, &listed_on(inspection.mapping.clone(), "2026-09-30"), "oct");
    assert_eq!(open(&book), ["A1 100.00", "A2 150.00", "A3 300.00"]);
    let opening = |plan: &Plan| {
        plan.facts.iter().filter(|planned| matches!(&planned.fact, Fact::Charged(item) if item.opening)).count()
    };
    assert_eq!((opening(&first), first.summary.new_items), (3, 3));

    let november = listed_on(inspection.mapping, "2026-10-31");
    let second = take_in(&mut book, NOVEMBER, &november, "nov");
    assert_eq!(open(&book), ["A2 50.00", "A3 300.00", "A4 70.00"]);
    let summary = &second.summary;
    assert_eq!((summary.new_items, summary.settled, summary.corrected, summary.unchanged), (1, 1, 1, 1));
    assert_eq!((opening(&second), summary.totals["CNY"].settled.to_string()), (0, "200.00".into()));
    assert!(second.facts.iter().all(|fact| fact.date <= day("2026-10-31")));

    let again = planned(NOVEMBER, &november, &book, "again");
    assert!(again.summary.is_nothing_new() && again.facts.is_empty(), "{:?}", again.summary);
}

#[test]
fn a_list_needs_its_day() {
    let mapping = look(OCTOBER).mapping;
    let mut book = MemoryBook::default();
    book.add_snapshot(day("2026-10-31"));
    let refusal = |mapping: &Mapping| {
        let (import, calendar) = (ImportId::derived(&["1"]), Calendar::default());
        let setting = Setting { import, today: day(TODAY), currency: Currency::CNY, calendar: &calendar };
        plan(OCTOBER, mapping, &book, setting).unwrap_err()
    };
    assert_eq!(refusal(&mapping), FileError::AsOfMissing);
    assert!(matches!(refusal(&listed_on(mapping.clone(), "2026-11-21")), FileError::AsOfInFuture { .. }));
    assert!(matches!(refusal(&listed_on(mapping, "2026-10-30")), FileError::AsOfTooOld { .. }));
}

#[test]
fn what_moved_after_the_day_of_the_list_is_left_alone() {
    let mut book = MemoryBook::default();
    let inspection = look(OCTOBER);
    take_in(&mut book, OCTOBER, &listed_on(inspection.mapping.clone(), "2026-09-30"), "oct");
    let receipts = "客户编号,收款日期,收款金额,发票号\nC1,2026-11-05,100.00,A1\nC1,2026-11-05,30.00,A2\n";
    take_in(&mut book, receipts, &mapping(receipts), "bank");
    let plan = take_in(&mut book, NOVEMBER, &listed_on(inspection.mapping, "2026-10-31"), "nov");
    assert_eq!(open(&book), ["A2 120.00", "A3 300.00", "A4 70.00"]);
    assert!(plan.problems.listed[0].to_string().contains("A2 moved in the book on 2026-11-05"), "{:?}", plan.problems);
}

#[test]
fn receipts_are_applied_where_they_say_so() {
    let invoices = "客户编号,发票号,开票日期,到期日,金额\nC1,F1,2026-08-01,2026-08-31,100.00\n";
    let receipts = "客户编号,到账日期,到账金额,银行流水号,对应发票号\n\
        C1,2026-09-01,60.00,B1,F1\nC1,2026-09-02,60.00,B2,F1\nC1,2026-09-03,5.00,,\nC1,2026-09-03,5.00,,\nC1,2026-09-03,5.00,,F9\n";
    let mut book = MemoryBook::default();
    take_in(&mut book, invoices, &mapping(invoices), "1");
    let mapping = mapping(receipts);
    assert_eq!(mapping.kind, FileKind::Receipts);
    let plan = take_in(&mut book, receipts, &mapping, "2");
    assert_eq!(open(&book), [""; 0]);
    let allocated: Vec<String> = plan
        .facts
        .iter()
        .filter_map(|planned| match &planned.fact {
            Fact::Allocated(allocation) => Some(format!("{} {}", planned.date, allocation.amount)),
            _ => None,
        })
        .collect();
    assert_eq!(allocated, ["2026-09-01 60.00", "2026-09-02 40.00"]);
    assert_eq!((plan.summary.receipts, plan.problems.warnings), (5, 1));
    let again = planned(receipts, &mapping, &book, "3");
    assert!(again.summary.is_nothing_new() && again.facts.is_empty());
    assert_eq!(again.summary.unchanged_receipts, 5);
}

#[test]
fn a_ledger_without_allocations_settles_the_oldest_first() {
    let text = "日期,凭证号,客户名称,摘要,借方,贷方,到期日\n\
        2026-10-05,记2,宁波恒通,海运费,200.00,,2026-11-04\n\
        2026-10-20,收1,宁波恒通,到款,,250.00,\n\
        2026-09-01,记1,宁波恒通,海运费,100.00,,2026-10-01\n";
    let mut book = MemoryBook::default();
    let mapping = mapping(text);
    assert_eq!(mapping.choices.mode, Mode::Unallocated);
    let plan = take_in(&mut book, text, &mapping, "1");
    assert_eq!(open(&book), ["记2 50.00"]);
    assert_eq!(plan.facts.iter().filter(|fact| fact.derived).count(), 2);
    let again = planned(text, &mapping, &book, "2");
    assert!(again.summary.is_nothing_new() && again.facts.is_empty());
    // Money that comes later goes on where the first file stopped.
    let more = text.replace("收1", "收2").replace("250.00", "60.00").replace("2026-10-20", "2026-11-10");
    take_in(&mut book, &more, &mapping, "3");
    assert_eq!(open(&book), [""; 0]);
}

#[test]
fn a_customer_file_creates_changes_and_grants() {
    let text = "客户编号,客户名称,业务员,合作日期,账期,信用额度\n\
        C1,宁波恒通进出口有限公司,chen.jing,2019-03-01,月结30天,\"500,000\"\nC2,杭州远景贸易有限公司,nobody,,票结60,不授信\n";
    let mut book = MemoryBook::default();
    book.add_person("chen.jing", PersonId::derived(&["chen"]));
    let mapping = look(text).mapping;
    assert_eq!(mapping.kind, FileKind::Customers);
    // 500,000 alone could be five hundred; somebody has to say.
    assert_eq!(look(text).questions, [Question::DecimalMark]);
    let text = &text.replace("500,000", "500,000.00");
    let mapping = look(text).mapping;
    let plan = take_in(&mut book, text, &mapping, "1");
    assert_eq!((plan.summary.new_customers, plan.summary.grants, plan.problems.warnings), (2, 4, 1));
    assert_eq!(plan.facts[0].date, day("2019-03-01"));
    let again = planned(text, &mapping, &book, "2");
    assert!(
        again.summary.is_nothing_new() && again.customers.is_empty() && again.facts.is_empty(),
        "{:?}",
        again.summary
    );
    let changed = text.replace("500,000.00", "800,000.00").replace("杭州远景贸易", "杭州远景国际贸易");
    let plan = take_in(&mut book, &changed, &mapping, "3");
    assert_eq!((plan.summary.changed_customers, plan.summary.grants), (1, 1));
    assert!(!plan.customers[0].new && plan.facts[0].date == day(TODAY));
    let granted = Money::parse("800000", Currency::CNY).unwrap();
    let expected = LimitGrant { limit: Limit::Amount { amount: granted }, until: None, decision: None };
    assert_eq!(plan.facts[0].fact, Fact::LimitGranted(expected));
}

#[test]
fn customers_are_found_by_name_where_a_file_has_no_numbers() {
    let text = "客户名称,发票号,开票日期,到期日,金额\n宁波恒通进出口有限公司,F1,2026-08-01,2026-08-31,100.00\n";
    let mut book = MemoryBook::default();
    book.add_customer(known("C1", "宁波恒通进出口有限公司"));
    let plan = take_in(&mut book, text, &look(text).mapping, "1");
    assert_eq!(plan.facts[0].customer, CustomerId::derived(&["customer", "C1"]));
}

#[test]
fn a_remembered_mapping_is_weighed_against_the_next_file() {
    let dmy = "cust id,invoice no,invoice date,due date,amount\nK1,1,13/01/2012,12/02/2012,5.00\n";
    let first = look(dmy).mapping;
    let next = dmy.replace("13/01/2012", "1/13/2012").replace("12/02/2012", "2/12/2012");
    let by = |text: &str, known: &Mapping| {
        inspect(text, None, defaults(), |source| (source == known.source).then(|| known.clone())).unwrap()
    };
    // What this file says holds, and what gave way is named.
    let again = by(&next, &first);
    assert_eq!((again.questions, again.gave_way.date_order), (vec![], Some(DateOrder::DayFirst)));
    assert_eq!(again.mapping.choices.date_order, Some(DateOrder::MonthFirst));
    let back = by(dmy, &again.mapping);
    assert_eq!((back.questions, back.gave_way.date_order), (vec![], Some(DateOrder::MonthFirst)));
    assert_eq!(back.mapping.choices.date_order, Some(DateOrder::DayFirst));
    // Where this file doesn't tell, what was remembered stands; where it contradicts itself, somebody is asked.
    let either = dmy.replace("13/01/2012", "03/01/2012").replace("12/02/2012", "02/02/2012");
    let kept = by(&either, &again.mapping);
    assert_eq!((kept.questions, kept.gave_way.is_nothing()), (vec![], true));
    assert_eq!(kept.mapping.choices.date_order, Some(DateOrder::MonthFirst));
    let torn = format!("{dmy}K1,2,01/13/2012,02/12/2012,5.00\n");
    assert_eq!(by(&torn, &first).questions, [Question::DateOrder]);
    // The same for the decimals.
    let comma = dmy.replace("5.00", "\"1.234,50\"");
    let other = by(&comma, &first);
    assert_eq!((other.questions, other.gave_way.decimal_mark), (vec![], Some(DecimalMark::Point)));
    // An order that somebody chose against what the file says is asked again.
    let mut chosen = again.mapping;
    chosen.choices.date_order = Some(DateOrder::DayFirst);
    assert_eq!(examine(&next, chosen, defaults()).unwrap().questions, [Question::DateOrder]);
    let same = inspect(dmy, None, defaults(), |_| Some(first.clone())).unwrap();
    assert_eq!((same.questions, same.mapping), (vec![], first.clone()));
    assert_eq!(serde_json::from_str::<Mapping>(&serde_json::to_string(&first).unwrap()).unwrap(), first);
}

#[test]
fn the_json_of_a_mapping_is_pinned() {
    // It is remembered by the book: changing this needs a migration.
    let text = "customer id,invoice no,invoice date,due date,amount\nK1,1,13/01/2012,12/02/2012,5.00\n";
    assert_eq!(
        serde_json::to_string(&listed_on(look(text).mapping, "2026-10-31")).unwrap(),
        concat!(
            r#"{"kind":"receivables","separator":"comma","header_line":1,"source":"5b23057a-7d53-859b-b550-a7f5ffaf1956","columns":{"#,
            r#""customer":{"index":0,"name":"customer id"},"number":{"index":1,"name":"invoice no"},"#,
            r#""date":{"index":2,"name":"invoice date"},"due":{"index":3,"name":"due date"},"#,
            r#""amount":{"index":4,"name":"amount"}},"choices":{"date_order":"day_first","decimal_mark":"point","#,
            r#""currency":"CNY","mode":{"kind":"snapshot","as_of":"2026-10-31"},"unknown_customers":"create"}}"#
        )
    );
}

#[test]
fn a_mapping_made_by_hand_reads_a_file_that_nobody_recognises() {
    let text = "a,b,c,d,e\nK1,1,2012-01-13,2012-02-12,5.00\n";
    let proposal = look(text);
    assert_eq!(proposal.header, ["a", "b", "c", "d", "e"]);
    assert!(proposal.mapping.columns.is_empty() && proposal.questions.len() >= 4);
    let mut by_hand = proposal.mapping;
    for (field, name) in
        [Field::Customer, Field::Number, Field::Date, Field::Due, Field::Amount].into_iter().zip(&proposal.header)
    {
        let index = by_hand.columns.len();
        by_hand.columns.insert(field, Column { index, name: name.clone() });
    }
    let examined = examine(text, by_hand, defaults()).unwrap();
    assert_eq!(examined.questions, vec![]);
    let plan = take_in(&mut MemoryBook::default(), text, &creating(examined.mapping), "1");
    assert_eq!(plan.summary.new_items, 1);
}

/// The traits of the public "Late Payment Histories": terms of thirty days on every row, every invoice settled.
fn history(rows: &[(u16, u8, u32)], month_first: bool) -> String {
    let mut text = String::from("customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n");
    for (number, (offset, days, minor)) in rows.iter().enumerate() {
        let date = day("2012-01-03") + chrono::Days::new(u64::from(*offset));
        let write = |date: Date| {
            let (year, month, day) = (date.year(), date.month(), date.day());
            if month_first { format!("{month}/{day}/{year}") } else { format!("{day:02}/{month:02}/{year}") }
        };
        let (due, settled) = (date + chrono::Days::new(30), date + chrono::Days::new(u64::from(*days)));
        let cents = minor % 100;
        let row = format!(
            "K{},{number},{},{},{}.{cents:02},No,{}\n",
            number % 7,
            write(date),
            write(due),
            minor / 100 + 1,
            write(settled)
        );
        text.push_str(&row);
    }
    text
}

fn shuffled(text: &str, seed: u64) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_by_key(|row| shared::facts::id::derived(&[row, &seed.to_string()]));
    format!("{header}\n{}\n", rows.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn day_and_month_are_told_apart_by_evidence(
        rows in prop::collection::vec((0_u16..700, 0_u8..90, 0_u32..100_000), 20..60),
        month_first: bool,
    ) {
        let text = history(&rows, month_first);
        let mut book = MemoryBook::default();
        take_in(&mut book, &text, &mapping(&text), "1");
        for item in book.items() {
            prop_assert_eq!(shared::facts::calendar::days_between(item.date, item.due), 30);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        rows in prop::collection::vec((0_u16..700, 0_u8..90, 0_u32..100_000), 20..60),
        seed: u64,
    ) {
        let text = history(&rows, false);
        let other = shuffled(&text, seed);
        let (one, two) = (mapping(&text), mapping(&other));
        let book = MemoryBook::default();
        let (one, two) = (planned(&text, &one, &book, "1"), planned(&other, &two, &book, "2"));
        prop_assert_eq!(&one.summary, &two.summary);
        prop_assert_eq!(ids(&one), ids(&two));
        let by_id = |plan: &Plan| plan.facts.iter().map(|fact| (fact.id, fact.clone())).collect::<BTreeMap<_, _>>();
        prop_assert_eq!(by_id(&one), by_id(&two));
    }

    #[test]
    fn totals_tie_out(rows in prop::collection::vec((0_u16..700, 0_u8..90, 0_u32..100_000), 20..60)) {
        let text = history(&rows, false).replace(",No,", ",,");
        let expected: i64 = rows.iter().map(|(_, _, minor)| i64::from((minor / 100 + 1) * 100 + minor % 100)).sum();
        let mut book = MemoryBook::default();
        let plan = take_in(&mut book, &text, &mapping(&text), "1");
        let totals = plan.summary.totals["CNY"];
        prop_assert_eq!((totals.charged.minor(), totals.settled.minor()), (expected, expected));
        prop_assert!(open(&book).is_empty());
    }

    #[test]
    fn any_bytes_get_a_typed_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        soup(&bytes);
    }

    #[test]
    fn any_cells_get_a_typed_answer(rows in prop::collection::vec("[0-9/,.;\"\n（客户1-]{0,30}", 1..10)) {
        let text = format!("客户编号,发票号,开票日期,到期日,金额,结清日期,争议\n{}", rows.join("\n"));
        soup(text.as_bytes());
    }
}

/// Runs the whole road over whatever it is given.
fn soup(bytes: &[u8]) {
    if sniff(bytes).is_err() {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    for kind in [None, Some(FileKind::Customers), Some(FileKind::Receivables), Some(FileKind::Receipts)] {
        let Ok(inspection) = inspect(&text, kind, defaults(), |_| None) else { continue };
        let (import, calendar) = (ImportId::derived(&["1"]), Calendar::default());
        let setting = Setting { import, today: day(TODAY), currency: Currency::CNY, calendar: &calendar };
        let book = MemoryBook::default();
        if let Ok(plan) = plan(&text, &creating(inspection.mapping), &book, setting) {
            assert!(!plan.is_refused() || plan.facts.is_empty());
        }
    }
}
