//! The pieces of one customer, each in its place.

use super::{ContactPerson, DisputeAccepted, DisputeRaised, GroupLimit, Piece};
use crate::facts::calendar::Date;
use crate::facts::cover::Cover;
use crate::facts::credit_file::{CreditFile, ReferenceKind};
use crate::facts::customer::{Contact, Customer};
use crate::facts::id::PersonId;
use crate::facts::matter::Matter;
use crate::facts::notice::{Block, Contact as Talk, Notice};
use crate::facts::observation::{Acknowledgement, DocumentReceived, Observation, TriggerEvent};
use crate::facts::promise::{Covering, Plan, Promise};
use crate::facts::recovery::RecoveryCase;
use crate::facts::relations::Relation;

/// All that is filed of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filed {
    /// The credit file.
    pub file: CreditFile,
    /// The day on which the first piece of it was written down; absent when there is none.
    pub begun: Option<Date>,
    /// People at the customer.
    pub contacts: Vec<ContactPerson>,
    /// Our people who answer for it beside the salesperson.
    pub responsible: Vec<PersonId>,
    /// Documents that came: those noted as such, and those that came with a piece.
    pub documents: Vec<DocumentReceived>,
    /// Who it belongs to.
    pub relations: Vec<Relation>,
    /// What its group may owe.
    pub group_limits: Vec<GroupLimit>,
    /// What stands in when it doesn't pay.
    pub covers: Vec<Cover>,
    /// What it promised.
    pub promises: Vec<Covering<Promise>>,
    /// Its plans.
    pub plans: Vec<Covering<Plan>>,
    /// What went out.
    pub notices: Vec<Notice>,
    /// What was said.
    pub talks: Vec<Talk>,
    /// What is left alone.
    pub blocks: Vec<Covering<Block>>,
    /// What it doesn't agree with.
    pub disputes: Vec<DisputeRaised>,
    /// Which disputes were accepted.
    pub accepted: Vec<DisputeAccepted>,
    /// What legal clocks run for.
    pub matters: Vec<Matter>,
    /// Recovery cases.
    pub cases: Vec<RecoveryCase>,
    /// What was seen.
    pub observations: Vec<Observation>,
    /// What asks for another look.
    pub events: Vec<TriggerEvent>,
    /// Which warnings somebody has seen.
    pub acknowledged: Vec<Acknowledgement>,
}

impl Filed {
    /// Puts pieces together, each with the day on which it was written down. They come in the order in which the book
    /// learned them: of what there is one of, the last stands.
    pub fn of(pieces: impl IntoIterator<Item = (Date, Piece)>) -> Self {
        let mut filed = Self::default();
        for (recorded, piece) in pieces {
            filed.begun = Some(filed.begun.map_or(recorded, |begun| begun.min(recorded)));
            filed.add(recorded, piece);
        }
        filed
    }

    fn add(&mut self, recorded: Date, piece: Piece) {
        let file = &mut self.file;
        let mut came = |document: &str, date: Date| {
            self.documents.push(DocumentReceived { document: document.to_owned(), date });
        };
        match piece {
            Piece::Registration(registration) => {
                file.legal_representative = registration.legal_representative;
                file.business_scope = registration.business_scope;
                file.products = registration.products;
                file.sales_channels = registration.sales_channels;
                file.own_related_party = registration.own_related_party;
            }
            Piece::FormerName(name) => file.former_names.push(name),
            Piece::Alias(alias) => file.aliases.push(alias.name),
            Piece::TaxNumber(paper) => file.tax_numbers.push(paper.number),
            Piece::Address(address) => file.addresses.push(address),
            Piece::Contact(person) => self.contacts.push(person),
            Piece::Responsible(responsible) => self.responsible.push(responsible.person),
            Piece::Payables(payables) => {
                if file.payables.is_none_or(|known| known.date <= payables.date) {
                    file.payables = Some(payables);
                }
            }
            Piece::Statement(statement) => {
                came("financial_statement", recorded);
                file.statements.push(statement);
            }
            Piece::Screening(screening) => {
                came("screening", screening.date);
                file.screenings.push(screening);
            }
            Piece::Licence(licence) => file.licences.push(licence),
            Piece::Agreement(agreement) => file.agreements.push(agreement),
            Piece::Reference(reference) => {
                if reference.kind == ReferenceKind::Bank {
                    came("bank_reference", reference.date);
                }
                file.references.push(reference);
            }
            Piece::Appraisal(word) => file.appraisals.push(word),
            Piece::Activity(activity) => file.activities.push(activity),
            Piece::Document(document) => self.documents.push(document),
            Piece::Stage(step) => file.stages.push(step),
            Piece::Relation(relation) => self.relations.push(relation),
            Piece::GroupLimit(limit) => self.group_limits.push(limit),
            Piece::Cover(cover) => self.covers.push(cover),
            Piece::Promise(promise) => self.promises.push(promise),
            Piece::Plan(plan) => self.plans.push(plan),
            Piece::Notice(notice) => self.notices.push(notice),
            Piece::Talk(talk) => self.talks.push(talk),
            Piece::Block(block) => self.blocks.push(block),
            Piece::Dispute(dispute) => self.disputes.push(dispute),
            Piece::DisputeAccepted(accepted) => self.accepted.push(accepted),
            Piece::Matter(matter) => self.matters.push(matter),
            Piece::Recovery(recovery) => self.cases.push(recovery),
            Piece::Observation(observation) => self.observations.push(observation),
            Piece::Event(event) => self.events.push(event),
            Piece::Acknowledgement(seen) => self.acknowledged.push(seen),
        }
    }

    /// The customer with somebody to call: the first of its file where its own sheet names nobody.
    #[must_use]
    pub fn with_contact(&self, customer: &Customer) -> Customer {
        let mut customer = customer.clone();
        if let (None, Some(first)) = (&customer.contact, self.contacts.first()) {
            customer.contact = Some(Contact { name: first.name.clone(), phone: first.phone.clone() });
        }
        customer
    }
}
