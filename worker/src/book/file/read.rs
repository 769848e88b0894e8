//! What is read of a file: the whole, one piece in its versions, the credit report. Each role reads the kinds that are its.

use shared::facts::customer::Customer;
use shared::facts::id::{CustomerId, FeedNumber};
use shared::facts::piece::{Filed, PieceKind};
use shared::facts::reference_rate::published;
use shared::questions::credit_report::{ReportInput, credit_report};
use shared::record::access::{Rows, may_read_piece};
use shared::record::api::file::{ChangedPiece, FileAnswer, FiledPiece, PIECES_AT_ONCE, PieceAnswer, PiecesAnswer};

use super::super::call::{Call, assigned};
use super::super::ledger::{customers, facts, rates, standings};
use super::super::policies;
use super::super::sql::Bind;
use super::{pieces, steps};
use crate::answer::Answer;
use crate::problem::{Failure, RequestError};

/// `GET customers/{id}/file?at=N&kind=K`: by default as it stands now.
pub fn file(call: &Call) -> Result<Answer, Failure> {
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let feed = call.sql.feed()?;
    let at: Option<u64> = call.parameter("at", "a feed number")?;
    let at = at.map(FeedNumber).filter(|at| *at < feed);
    let kind: Option<String> = call.parameter("kind", "a kind of piece")?;
    let kind = kind.map(|kind| serde_json::from_value::<PieceKind>(kind.into())).transpose();
    let kind = kind.map_err(|_| RequestError::Parameter { name: "kind", expected: "a kind of piece" })?;
    let customer: Customer = customers::known(call.sql, id, at.unwrap_or(feed))?.ok_or(RequestError::NotFound)?;
    let version = call.sql.first(
        "SELECT json(max(feed)) FROM customer_version WHERE customer = ? AND feed <= ?",
        &[&id, &at.unwrap_or(feed)],
    )?;
    let stored = at.map_or_else(|| pieces::standing(call.sql, id), |at| pieces::standing_at(call.sql, id, at))?;
    let policy = policies::in_force(call.sql, call.cache)?;
    // What is missing is told of the whole file, whoever asks.
    let recorded = stored.iter().filter_map(|stored| Some((stored.recorded(), stored.piece()?.clone())));
    let filed = Filed::of(recorded);
    let rule = policy.policy.credit_file.as_ref();
    let completeness = rule.map(|rule| rule.completeness(&filed.with_contact(&customer), &filed.file, call.today));
    let reads = |of: PieceKind| may_read_piece(call.caller.role, of) && kind.is_none_or(|kind| kind == of);
    let shown = stored.into_iter().filter(|stored| reads(stored.kind));
    let shown = shown.map(|stored| FiledPiece { id: stored.id, version: stored.version() }).collect();
    let (steps, asked) = match at {
        Some(_) => (Vec::new(), Vec::new()),
        None => (steps::possible(call, &customer)?, steps::asked(call.sql, id)?),
    };
    Answer::json(&FileAnswer {
        customer,
        version: version.unwrap_or_default(),
        feed: at.unwrap_or(feed),
        as_of: call.today,
        pieces: shown,
        completeness,
        steps,
        asked,
    })
}

/// `GET pieces/{id}`: one piece, the newest version first.
pub fn piece(call: &Call) -> Result<Answer, Failure> {
    let newest = pieces::found(call)?;
    if !may_read_piece(call.caller.role, newest.kind) {
        return Err(RequestError::NotFound.into());
    }
    let (id, customer, kind) = (newest.id, newest.customer, newest.kind);
    let versions = pieces::select(call.sql, "version.piece = ? ORDER BY version.version DESC", &[&id])?;
    let versions: Vec<_> = versions.into_iter().map(pieces::Stored::version).collect();
    let etag = versions.first().map(|version| format!("\"{}\"", version.version));
    Ok(Answer { etag, ..Answer::json(&PieceAnswer { id, customer, kind, versions })? })
}

/// `GET pieces?since=N`.
pub fn changed(call: &Call) -> Result<Answer, Failure> {
    let since = FeedNumber(call.parameter("since", "a feed number")?.unwrap_or_default());
    let feed = call.sql.feed()?;
    // A device that knows more than the book has seen another book's past.
    let since = if since > feed { FeedNumber::default() } else { since };
    let sight = match call.rows {
        Rows::All => "?2 IS NOT NULL".to_owned(),
        Rows::Own => "customer IN (SELECT id FROM customer WHERE salesperson = ?2)".to_owned(),
        Rows::Assigned => format!("customer IN ({})", assigned("?2")),
        Rows::Free | Rows::Itself => "false AND ?2 IS NULL".to_owned(),
    };
    let kinds: Vec<PieceKind> =
        PieceKind::ALL.iter().copied().filter(|kind| may_read_piece(call.caller.role, *kind)).collect();
    let condition = format!(
        "version.feed IN (
             SELECT feed FROM piece WHERE feed > ?1 AND {sight} AND kind IN (SELECT value FROM json_each(?3))
             ORDER BY feed LIMIT ?4
         ) ORDER BY version.feed"
    );
    let binds: [&dyn Bind; 4] = [&since, &call.caller.person, &serde_json::to_string(&kinds)?, &PIECES_AT_ONCE];
    let stored = pieces::select(call.sql, &condition, &binds)?;
    let more = stored.len() == PIECES_AT_ONCE;
    let up_to = stored.last().filter(|_| more).map_or(feed, |last| last.feed);
    let (delivers_nothing, delivered) = (stored.is_empty(), format!("{}-{} {}", since.0, up_to.0, stored.len()));
    let piece = |stored: pieces::Stored| ChangedPiece {
        customer: stored.customer,
        kind: stored.kind,
        piece: FiledPiece { id: stored.id, version: stored.version() },
    };
    let pieces = stored.into_iter().map(piece).collect();
    let answer = Answer::json(&PiecesAnswer { feed: up_to, more, pieces })?;
    Ok(Answer { delivers_nothing, ..answer.about(&delivered) })
}

/// `GET customers/{id}/report`: all that is known of a customer today, and what follows from it.
pub fn report(call: &Call) -> Result<Answer, Failure> {
    let id: CustomerId = call.id()?;
    call.sees(id)?;
    let known = standings::of(call, id)?.ok_or(RequestError::NotFound)?;
    let policy = policies::in_force(call.sql, call.cache)?;
    let (filed, facts) = (pieces::filed(call.sql, id)?, facts::of_customer(call.sql, id)?);
    let relations = pieces::relations(call.sql)?;
    let rates = rates::known(call.sql, None)?;
    let promises: Vec<_> = filed.promises.iter().map(|promise| promise.what.clone()).collect();
    let customer = filed.with_contact(&known.customer);
    let input = ReportInput {
        customer: &customer,
        file: &filed.file,
        facts: &facts,
        rates: &rates,
        reference_rates: &published()?,
        relations: &relations,
        promises: &promises,
        // The book keeps none.
        waivers: &[],
        observations: &filed.observations,
        acknowledged: &filed.acknowledged,
        matters: &filed.matters,
        grade_override: None,
        market_value: None,
        portfolio: None,
        security: None,
    };
    let mut report = credit_report(&policy.policy, &input, call.today);
    // The one that is kept says of file and group what the ledger alone can't.
    report.standing = report.standing.map(|_| known.standing);
    Ok(Answer::json(&report)?.about(&id))
}
