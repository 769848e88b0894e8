//! The readers: policies, files of rows, pieces of a customer's file, what crosses the wire, and what a page asks of what it
//! was sent.

use super::Seed;
use super::alter::{Dice, Pool};
use super::grow::grow;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::facts::calendar::{self, Date};
use shared::facts::customer::{Customer, Stage};
use shared::facts::document::read_value;
use shared::facts::id::{CustomerId, PersonId};
use shared::facts::money::{Currency, Money};
use shared::facts::piece::{Filed, Piece, unsound};
use shared::questions::calibrate::card::scorecard_of;
use shared::questions::remedy::{followed, remedies};
use shared::questions::statement::Statement;
use shared::questions::what_if::{
    Banded, FullMember, FullPortfolio, Member, Portfolio, compare, compare_fully, limit_of,
};
use shared::readings::exchange::RatesOn;
use shared::readings::journal::Journal;
use shared::readings::papers::{check_again_on, ends_within};
use shared::readings::standing::{Position, Standing};
use shared::record::access::{self, Role, may_read_piece, may_write_piece, way_in};
use shared::record::api::imports::NewCustomer;
use shared::record::api::people::{check_password, login_of, typed_login};
use shared::record::cases::{Ask, Beside, Case, CaseRun, facts_of, merge};
use shared::record::decision::policy_digest;
use shared::record::import::{Defaults, Mapping, MemoryBook, Setting, UnknownCustomers, examine, inspect, plan, sniff};
use shared::record::publish::publish;
use shared::rules::order_check::order_check;
use shared::rules::policy::{DEFAULT, Policy};
use shared::rules::provision::{Movement, Receivable};

/// A target, with its seeds.
pub type Reader = (&'static str, Vec<Seed>, fn(&Seed) -> bool);

/// The readers whose examples are grown or written down here.
pub fn targets(cases: &[Value], world: &Pool, dice: &mut Dice) -> Vec<Reader> {
    let mut many = |grow: fn(&Pool, &mut Dice) -> Option<Value>, count: usize| -> Vec<Value> {
        (0..count).filter_map(|_| grow(world, dice)).collect()
    };
    let pieces: Vec<Value> = many(grow::<Piece>, 120).into_iter().map(|piece| json!(["2026-03-01", piece])).collect();
    let receivables = many(grow::<Receivable>, 20);
    let full: Vec<Value> = cases.iter().filter_map(|case| full_member(case, &receivables)).take(48).collect();
    let plain = |member: &Value| {
        let (dossier, basis) = (&member["evidence"]["dossier"], &member["evidence"]["basis"]);
        let (customer, position) = (&member["customer"], &member["position"]);
        json!({ "customer": customer, "profile": dossier["figures"], "need": basis["need"], "position": position })
    };
    let members = full.iter().map(plain).collect();
    let statements = many(grow::<Statement>, 6);
    let movements = many(grow::<Movement>, 6);
    let trees = |list: Vec<Value>, size: usize, name: &str| -> Vec<Seed> {
        list.chunks(size).map(|some| Seed::Tree(json!({ name: some }))).collect()
    };
    let remedy = json!({
        "name": "n", "source": "s", "as_of": "2026-11-20", "expect": null,
        "facts": { "ledger": [
            { "date": "2026-01-05", "kind": "limit_granted", "limit": { "kind": "amount", "amount": { "amount": "100000.00", "currency": "CNY" } } },
            { "date": "2026-09-01", "kind": "charged", "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "document": "invoice", "number": "1",
              "due": "2026-10-01", "amount": { "amount": "90000.00", "currency": "CNY" } }
        ] },
        "ask": { "kind": "remedies", "order": {
            "id": "67e55044-10b1-426f-9247-bb680e5fe0c9", "customer": CustomerId::derived(&["case"]),
            "amount": { "amount": "20000.00", "currency": "CNY" }, "terms": { "kind": "net", "days": 30 }
        } }
    });
    vec![
        ("pieces", trees(pieces, 12, "pieces"), try_pieces),
        ("what_if.first", trees(members, 4, "members"), try_members),
        ("what_if.full", trees(full, 4, "members"), try_full_members),
        ("ties_out.statement", statements.into_iter().map(Seed::Tree).collect(), try_statement),
        ("ties_out.movement", movements.into_iter().map(Seed::Tree).collect(), try_movement),
        ("remedies.followed", vec![Seed::Tree(remedy)], try_followed),
        (
            "routes",
            ROUTES.iter().map(|(method, path)| Seed::Tree(json!({ "method": method, "path": path }))).collect(),
            try_route,
        ),
        (
            "logins",
            LOGINS
                .iter()
                .map(|(login, password)| Seed::Tree(json!({ "login": login, "password": password })))
                .collect(),
            try_login,
        ),
        ("days", vec![Seed::Tree(json!({ "date": "2024-02-29", "days": 30, "left": -1 }))], try_days),
    ]
}

const ROUTES: [(&str, &str); 5] = [
    ("GET", "customers/67e55044-10b1-426f-9247-bb680e5fe0c8/standing"),
    ("POST", "orders/check"),
    ("DELETE", "session"),
    ("POST", "session/password"),
    ("PUT", "//{id}/%2F"),
];
const LOGINS: [(&str, &str); 4] = [
    ("li@example.com", "correct horse battery"),
    ("+86 138 0000 0000", "13800000000"),
    ("０１３８甲", "甲乙丙丁戊己庚辛"),
    ("İ@ß.de", "İİİİİİİİİİİİ"),
];

/// A case's customer as the portfolio takes it in.
fn full_member(case: &Value, receivables: &[Value]) -> Option<Value> {
    let case: Case = read_value(case).ok()?;
    let policy = policy_of(&case.policy)?;
    let (customer, facts) = facts_of(&case, &policy, &case.name);
    let journal = Journal::of(&facts, None).ok()?;
    let run = CaseRun { case: &case, policy: &policy, journal: &journal, customer: &customer, facts: &facts };
    let evidence = Beside::default().evidence(&run).ok()?;
    let rates = RatesOn::new(&case.facts.rates, case.as_of).all();
    let standing = Standing::of(&customer, &facts, &rates, None).ok()?;
    let position = Position::of(&standing, &policy.exposure, case.as_of).ok()?;
    Some(json!({ "customer": customer.id, "evidence": evidence, "position": position, "receivables": receivables }))
}

/// Reads a field of a tree.
fn field<T: DeserializeOwned>(tree: &Value, name: &str) -> Option<T> {
    read_value(tree.get(name)?).ok()
}

/// The default policy, patched by a tree's own.
fn policy_of(patch: &Value) -> Option<Policy> {
    let mut document: Value = serde_json::from_str(DEFAULT).unwrap();
    merge(&mut document, patch);
    read_value(&document).ok()
}

/// What was read is written and read again, as a book does with all that it stores.
fn read_again<T: DeserializeOwned + Serialize>(seed: &Seed) -> Option<T> {
    let read: T = serde_json::from_str(&seed.text()).ok()?;
    let written = serde_json::to_string(&read).unwrap();
    let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
    assert_eq!(serde_json::to_string(&again).unwrap(), written, "it reads otherwise than it was written");
    Some(read)
}

/// A type that is read and written again.
pub fn try_wire<T: DeserializeOwned + Serialize>(seed: &Seed) -> bool {
    read_again::<T>(seed).is_some()
}

pub fn try_policy(seed: &Seed) -> bool {
    let Ok(policy) = Policy::parse(&seed.text()) else { return false };
    // What was taken can be written, and reads the same.
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(Policy::parse(&written).unwrap(), policy, "a policy reads otherwise than it was written");
    if let Some(scoring) = &policy.scoring {
        for card in [&scoring.customer, &scoring.prospect] {
            let _ = scorecard_of(card);
        }
    }
    true
}

pub fn try_publish(seed: &Seed) -> bool {
    let Ok(version) = publish(&seed.text(), 1) else { return false };
    assert_eq!(
        policy_digest(&version.policy).unwrap(),
        version.digest,
        "a policy has another digest than it was published with"
    );
    true
}

fn try_pieces(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let _ = unsound(tree);
    let listed = tree.get("pieces").and_then(Value::as_array).into_iter().flatten();
    let pieces: Vec<(Date, Piece)> = listed.filter_map(|piece| read_value(piece).ok()).collect();
    for (_, piece) in &pieces {
        for role in Role::ALL {
            let _ = may_read_piece(role, piece.kind());
            for stage in [Stage::Prospect, Stage::Active] {
                let _ = may_write_piece(role, stage, piece);
            }
        }
        let _ = (piece.day(), piece.people(), piece.customers(), piece.items(), piece.kind().is_personal());
        if let Piece::TaxNumber(paper) = piece {
            let _ = paper.number.in_full();
        }
    }
    let understood = !pieces.is_empty();
    let filed = Filed::of(pieces);
    let customer = Customer::plain(CustomerId::derived(&["fuzz"]), "C-1", "甲", Currency::CNY);
    let _ = filed.with_contact(&customer);
    understood
}

fn try_members(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let (Some(members), Some(policy)) = (field::<Vec<Member>>(tree, "members"), policy_of(&tree["policy"])) else {
        return false;
    };
    let shipped = Policy::parse(DEFAULT).unwrap();
    let book = Portfolio::of(&members);
    let (before, after) = (book.pass(&shipped), book.pass(&policy));
    assert_eq!((before.len(), after.len()), (members.len(), members.len()), "customers were lost");
    let _ = book.totals(&policy, &after);
    let _ = compare(&before, &after, shipped.grade.bands.len(), policy.grade.bands.len());
    for outcome in &after {
        let _ = limit_of(outcome, policy.currency);
    }
    true
}

fn try_full_members(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let (Some(members), Some(policy)) = (field::<Vec<FullMember>>(tree, "members"), policy_of(&tree["policy"])) else {
        return false;
    };
    let shipped = Policy::parse(DEFAULT).unwrap();
    let today: Date = "2026-11-20".parse().unwrap();
    let Ok(book) = FullPortfolio::of(&members, policy.currency, &[], today) else { return true };
    let banded = policy.provision.as_ref().and_then(|rule| Banded::of(&book, rule).ok());
    let (Ok(before), Ok(after)) = (book.pass(&shipped, None), book.pass(&policy, banded.as_ref())) else { return true };
    let _ = book.totals(&policy, banded.as_ref(), &after);
    let _ = compare_fully(&book, (&before, &shipped), (&after, &policy), 3);
    true
}

fn try_statement(seed: &Seed) -> bool {
    let Some(statement) = read_again::<Statement>(seed) else { return false };
    for account in &statement.accounts {
        let _ = account.ties_out();
    }
    true
}

fn try_movement(seed: &Seed) -> bool {
    let Some(movement) = read_again::<Movement>(seed) else { return false };
    let _ = movement.ties_out();
    true
}

fn try_followed(seed: &Seed) -> bool {
    let Ok(case) = serde_json::from_str::<Case>(&seed.text()) else { return false };
    let (Some(policy), Ask::Remedies { order }) = (policy_of(&case.policy), &case.ask) else { return false };
    let (customer, facts) = facts_of(&case, &policy, "case");
    let rates = RatesOn::new(&case.facts.rates, case.as_of).all();
    let Ok(standing) = Standing::of(&customer, &facts, &rates, None) else { return true };
    let Ok(found) = remedies(&policy, &standing, order, case.as_of) else { return true };
    for remedy in &found {
        let (order, standing) = followed(&policy, remedy, order.clone(), standing.clone(), case.as_of);
        let _ = standing.clone().with_order(&order, case.as_of);
        let _ = order_check(&policy, &standing, &order, case.as_of);
    }
    true
}

fn try_route(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let (Some(method), Some(path)) = (field::<String>(tree, "method"), field::<String>(tree, "path")) else {
        return false;
    };
    let _ = way_in(&method, &path);
    if let Ok((line, _)) = access::route(&method, &path) {
        let operation = line.operation;
        let _ = (operation.name(), operation.is_ones_own(), operation.takes_password());
        assert!(Role::ALL.into_iter().any(|role| access::may(role, operation).is_some()), "nobody may {operation:?}");
        let more =
            |role: &Role| access::program_may(*role, operation).is_some() && access::may(*role, operation).is_none();
        assert!(!Role::ALL.iter().any(more), "a program may {operation:?} where its person may not");
    }
    true
}

fn try_login(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let (Some(login), Some(password)) = (field::<String>(tree, "login"), field::<String>(tree, "password")) else {
        return false;
    };
    if let Some(kept) = login_of(&login) {
        assert_eq!(login_of(&kept).as_ref(), Some(&kept), "a login that is kept is another one when it is typed");
        assert_eq!(typed_login(&login), kept);
    }
    let _ = (typed_login(&login), check_password(&login, &password));
    true
}

fn try_days(seed: &Seed) -> bool {
    let Seed::Tree(tree) = seed else { return false };
    let (Some(date), Some(days)) = (field::<Date>(tree, "date"), field::<u16>(tree, "days")) else { return false };
    let _ = ends_within(field(tree, "left"), days);
    let _ = check_again_on(date, days);
    let _ = (calendar::month_start(date), calendar::month_end(date, 1));
    let there = calendar::plus_days(date, days.into());
    let _ = calendar::days_between(date, there);
    for currency in Currency::all() {
        let _ = Money::from_minor(i64::from(days), currency).map(Money::to_decimal);
    }
    true
}

/// Files as people bring them in.
pub const TABLES: [&str; 4] = [
    "客户编号,客户名称,发票号,发票日期,到期日,金额,币种\nC001,甲公司,INV-1,2026-01-05,2026-02-04,\"1,234.56\",CNY\nC002,乙公司,INV-2,2026-01-31,2026-03-02,(88.00),CNY\n",
    "customer;invoice;date;due;amount\nA;1;13/01/2012;12/02/2012;1.234,56\nB;2;02/03/2012;01/04/2012;-7,00\n",
    "Code\tName\tLimit\tSince\tCurrency\nC1\tFirst & Co\t100000\t2020-02-29\tUSD\nC2\t第二\t0\t2019-12-31\tCNY\n",
    "到款日期,客户,金额,核销发票\n2026-03-01,C001,500.00,INV-1\n2026-03-02,C002,0.01,INV-2\n",
];

pub fn try_import(seed: &Seed) -> bool {
    let Seed::Bytes(bytes) = seed else { return false };
    let Ok(sniffed) = sniff(bytes) else { return false };
    let _ = sniffed.label();
    let text = String::from_utf8_lossy(bytes);
    let today: Date = "2026-11-20".parse().unwrap();
    let defaults = Defaults { today, currency: Currency::CNY };
    let Ok(inspection) = inspect(&text, None, defaults, |_| None) else { return false };
    let mut mapping: Mapping = inspection.mapping;
    mapping.choices.unknown_customers = UnknownCustomers::Create;
    let _ = examine(&text, mapping.clone(), defaults);
    let again = inspect(&text, None, defaults, |_| Some(mapping.remembered()));
    assert!(again.is_ok(), "a mapping that was remembered reads nothing");
    let policy = Policy::parse(DEFAULT).unwrap();
    let setting = || Setting {
        import: shared::facts::id::ImportId::derived(&["fuzz"]),
        today,
        currency: Currency::CNY,
        calendar: &policy.calendar,
    };
    let mut book = MemoryBook::default();
    book.add_person("li", PersonId::derived(&["li"]));
    book.add_snapshot("2026-01-31".parse().unwrap());
    let Ok(first) = plan(&text, &mapping, &book, setting()) else { return false };
    let _ = NewCustomer::among(&first.customers);
    if first.is_refused() || book.record(&first).is_err() {
        return true;
    }
    assert!(first.facts.iter().all(|planned| book.fact_ids().contains(&planned.id)), "a fact was not recorded");
    // The same file twice adds nothing.
    if let Ok(second) = plan(&text, &mapping, &book, setting()) {
        assert!(second.facts.is_empty(), "the same file added {} facts again", second.facts.len());
        assert!(second.summary.is_nothing_new(), "the same file has something new: {:?}", second.summary);
    }
    true
}
