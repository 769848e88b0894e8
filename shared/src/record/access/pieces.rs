//! Whose part of the credit file is what: who may write which kinds of pieces, and who may read them.
//!
//! The operation's line in [`super::TABLE`] says on which customers; this says on what of theirs. Whoever may write a kind
//! may read it. Statements and score detail are not for those who hold the standing only.

use super::Role;
use super::Role::{Auditor, Collector, Director, Finance, Legal, Manager, Officer, Ops, Sales, SalesLead};
use crate::facts::credit_file::{ActivityKind, ReferenceKind};
use crate::facts::customer::Stage;
use crate::facts::piece::{Piece, PieceKind};

/// What a kind of piece tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// Who it is, whom to call, what was agreed: everybody who deals with the customer.
    Dealing,
    /// What stands behind the customer, and what is done when it doesn't pay.
    Pursuit,
    /// What its credit is judged on.
    Judgement,
}

/// A kind's line: what it tells, and who may write it.
const fn line(kind: PieceKind) -> (Tells, &'static [Role]) {
    use PieceKind as Kind;
    match kind {
        Kind::Registration
        | Kind::FormerName
        | Kind::Alias
        | Kind::Address
        | Kind::Licence
        | Kind::Document
        | Kind::Responsible
        | Kind::Relation => (Tells::Dealing, &[Officer, Manager]),
        Kind::Contact => (Tells::Dealing, &[Sales, Ops, SalesLead, Officer, Collector, Manager]),
        Kind::Activity => (Tells::Dealing, &[Sales, SalesLead, Officer, Collector, Manager]),
        Kind::TaxNumber => (Tells::Dealing, &[Officer, Manager, Finance]),
        Kind::Agreement => (Tells::Dealing, &[Officer, Manager, Legal]),
        Kind::Promise | Kind::Dispute => (Tells::Dealing, &[Sales, SalesLead, Officer, Collector, Manager, Legal]),
        Kind::Plan | Kind::Notice | Kind::Talk | Kind::Block => (Tells::Dealing, &[Officer, Collector, Manager, Legal]),
        // Steps come about by approval.
        Kind::Stage => (Tells::Dealing, &[]),
        Kind::GroupLimit => (Tells::Pursuit, &[Manager, Director]),
        Kind::Cover => (Tells::Pursuit, &[Officer, Manager]),
        Kind::DisputeAccepted | Kind::Matter | Kind::Recovery => {
            (Tells::Pursuit, &[Officer, Collector, Manager, Legal])
        }
        Kind::Payables | Kind::Reference => (Tells::Judgement, &[Officer, Manager, Finance]),
        Kind::Statement
        | Kind::Screening
        | Kind::Appraisal
        | Kind::Observation
        | Kind::Event
        | Kind::Acknowledgement => (Tells::Judgement, &[Officer, Manager]),
    }
}

/// What a salesperson writes of a prospect, whom nobody else knows yet.
const OF_A_PROSPECT: &[PieceKind] =
    &[PieceKind::Registration, PieceKind::FormerName, PieceKind::Alias, PieceKind::Address, PieceKind::Licence];

/// Whether a role may write this piece of a customer at this stage, or end one like it.
pub fn may_write_piece(role: Role, stage: Stage, piece: &Piece) -> bool {
    if role == Sales && stage == Stage::Prospect && OF_A_PROSPECT.contains(&piece.kind()) {
        return true;
    }
    let part = match (role, piece) {
        // A collector calls, finance hears from banks.
        (Collector, Piece::Activity(activity)) => activity.kind == ActivityKind::Call,
        (Finance, Piece::Reference(reference)) => reference.kind == ReferenceKind::Bank,
        _ => true,
    };
    part && line(piece.kind()).1.contains(&role)
}

/// Whether a role may read pieces of this kind.
pub fn may_read_piece(role: Role, kind: PieceKind) -> bool {
    let (tells, writers) = line(kind);
    writers.contains(&role)
        || match role {
            Officer | Manager | Finance | Legal | Director | Auditor => true,
            Collector => tells != Tells::Judgement,
            Sales | Ops | SalesLead => tells == Tells::Dealing,
            Role::Admin | Role::Customer => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_score_detail_are_not_for_those_who_sell() {
        for kind in [PieceKind::Statement, PieceKind::Appraisal, PieceKind::Reference, PieceKind::Screening] {
            for role in [Sales, Ops, SalesLead, Collector, Role::Customer, Role::Admin] {
                assert!(!may_read_piece(role, kind), "{role:?} {kind:?}");
            }
            for role in [Officer, Manager, Finance, Legal, Director, Auditor] {
                assert!(may_read_piece(role, kind), "{role:?} {kind:?}");
            }
        }
    }

    #[test]
    fn whoever_writes_reads_and_no_step_is_written_by_hand() {
        for kind in PieceKind::ALL {
            for role in Role::ALL {
                assert!(!line(*kind).1.contains(&role) || may_read_piece(role, *kind), "{role:?} {kind:?}");
                assert!(line(*kind).1.is_empty() == (*kind == PieceKind::Stage));
            }
        }
    }

    #[test]
    fn a_collector_calls_and_finance_hears_from_banks() {
        let visit: Piece = serde_json::from_str(
            r#"{"kind":"activity","what":{"kind":"visit","date":"2026-11-01","by":"018f0000-0000-7000-8000-000000000001","text":"上门"}}"#,
        )
        .unwrap();
        assert!(may_write_piece(Sales, Stage::Active, &visit) && !may_write_piece(Collector, Stage::Active, &visit));
        let trade: Piece = serde_json::from_str(
            r#"{"kind":"reference","what":{"kind":"trade","from":"同行","date":"2026-11-01","text":"好"}}"#,
        )
        .unwrap();
        assert!(may_write_piece(Officer, Stage::Active, &trade) && !may_write_piece(Finance, Stage::Active, &trade));
        let alias: Piece = serde_json::from_str(r#"{"kind":"alias","what":{"name":"海川"}}"#).unwrap();
        assert!(may_write_piece(Sales, Stage::Prospect, &alias) && !may_write_piece(Sales, Stage::Active, &alias));
    }
}
