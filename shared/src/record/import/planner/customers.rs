//! Customers of a customer file, and the terms and limits that it brings along.

use super::Planner;
use crate::facts::customer::{Customer, Stage};
use crate::facts::id::{CustomerId, FactId};
use crate::facts::ledger::{Fact, Limit, LimitGrant, TermsGrant};
use crate::record::import::columns::Field;
use crate::record::import::plan::{BookView, KnownCustomer, PlannedCustomer};
use crate::record::import::problem::{Severity, What};
use crate::record::import::rows::CustomerRow;

impl<B: BookView> Planner<'_, B> {
    pub(super) fn customer(&mut self, row: CustomerRow) {
        if let Some(first) = self.customer_rows.get(&row.code) {
            let same = CustomerRow { line: first.line, ..row.clone() } == *first;
            let (first, line, number) = (first.line, row.line, row.code);
            if same {
                self.report(line, Field::Customer, Severity::Warning, What::Repeated { first });
            } else {
                self.report(line, Field::Customer, Severity::Error, What::DuplicateDiffers { number, first });
            }
            return;
        }
        if let Some(code) = &row.credit_code {
            let first = *self.credit_codes.entry(code.as_str().to_owned()).or_insert(row.line);
            if first != row.line {
                self.report(row.line, Field::CreditCode, Severity::Warning, What::SameCreditCode { first });
            }
        }
        let known = self.book.customer(&row.code).filter(|known| known.customer.code == row.code);
        let salesperson = row.salesperson.as_deref().and_then(|name| {
            let person = self.book.person(name);
            if person.is_none() {
                self.report(
                    row.line,
                    Field::Salesperson,
                    Severity::Warning,
                    What::UnknownPerson { name: name.to_owned() },
                );
            }
            person
        });
        let before = known.as_ref().map(|known| &known.customer);
        let keep = |new: &Option<String>, old: fn(&Customer) -> &Option<String>| {
            new.clone().or_else(|| before.and_then(|before| old(before).clone()))
        };
        let customer = Customer {
            id: before.map_or_else(|| CustomerId::derived(&["customer", &row.code]), |before| before.id),
            code: row.code.clone(),
            name: row.name.clone(),
            name_en: keep(&row.name_en, |customer| &customer.name_en),
            stage: row.stage.or_else(|| before.map(|before| before.stage)).unwrap_or(Stage::Active),
            credit_code: row.credit_code.clone().or_else(|| before.and_then(|before| before.credit_code.clone())),
            segment: keep(&row.segment, |customer| &customer.segment),
            industry: keep(&row.industry, |customer| &customer.industry),
            salesperson: salesperson.or_else(|| before.and_then(|before| before.salesperson)),
            founded: row.founded.or_else(|| before.and_then(|before| before.founded)),
            since: row.since.or_else(|| before.and_then(|before| before.since)),
            registered_capital: row.registered_capital.or_else(|| before.and_then(|before| before.registered_capital)),
            currency: row.currency.or_else(|| before.map(|before| before.currency)).unwrap_or(self.setting.currency),
            contact: row.contact.clone().or_else(|| before.and_then(|before| before.contact.clone())),
        };
        self.grants(&row, customer.id, known.as_ref());
        match before {
            None => {
                self.summary.new_customers = self.summary.new_customers.saturating_add(1);
                self.planned_customers.push(PlannedCustomer { customer, new: true });
            }
            Some(before) if *before != customer => {
                self.summary.changed_customers = self.summary.changed_customers.saturating_add(1);
                self.planned_customers.push(PlannedCustomer { customer, new: false });
            }
            Some(_) => self.summary.unchanged = self.summary.unchanged.saturating_add(1),
        }
        self.customer_rows.insert(row.code.clone(), row);
    }

    /// Terms and limit that a customer file brings along: granted from the day on which business began for a new
    /// customer, from today where they change.
    fn grants(&mut self, row: &CustomerRow, customer: CustomerId, known: Option<&KnownCustomer>) {
        let today = self.setting.today;
        let date = match known {
            None => row.since.filter(|since| *since <= today).unwrap_or(today),
            Some(_) => today,
        };
        let day = date.to_string();
        if let Some(terms) = row.terms.filter(|terms| known.and_then(|known| known.terms) != Some(*terms)) {
            let id = FactId::derived(&["terms", &customer.to_string(), &day, &format!("{terms:?}")]);
            self.fact(id, customer, date, Fact::TermsGranted(TermsGrant { terms }));
            self.summary.grants = self.summary.grants.saturating_add(1);
        }
        let Some(limit) = row.limit else { return };
        let grant = LimitGrant { limit, until: row.limit_until, decision: None };
        let before = known.and_then(|known| known.limit.as_ref());
        if before.is_none_or(|before| (before.limit, before.until) != (grant.limit, grant.until)) {
            let amount = match limit {
                Limit::None => "none".to_owned(),
                Limit::Unlimited => "unlimited".to_owned(),
                Limit::Amount { amount } => format!("{amount:?}"),
            };
            let until = grant.until.map(|until| until.to_string()).unwrap_or_default();
            let id = FactId::derived(&["limit", &customer.to_string(), &day, &amount, &until]);
            self.fact(id, customer, date, Fact::LimitGranted(grant));
            self.summary.grants = self.summary.grants.saturating_add(1);
        }
    }
}
