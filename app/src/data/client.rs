//! The edge's API: one function for each operation, and the only place in the app that builds an address.
//!
//! Method and path come from the table of operations ([`shared::record::access::TABLE`]), which the edge reads too. What goes
//! wrong is one of four things ([`ClientError`]), because a page answers in four ways: wait, sign in, say what the edge
//! refused, ask for a reload. A write carries the [`Key`] that its maker keeps for every retry, so that it happens once.

use gloo_net::http::{Request, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::facts::calendar::Date;
use shared::facts::id::{
    ApplicationId, CustomerId, DecisionId, FeedNumber, ImportId, OrderId, PersonId, PieceId, ReceiptId, StepId,
};
use shared::record::access::{Line, Method, Operation, WAYS_IN, WayIn, line};
use shared::record::api::applications::{
    AnswerApplication, ApplicationAnswer, ApplicationLine, ApplicationsAnswer, Apply, ReviseApplication,
};
use shared::record::api::bank::{
    BankPreview, BankRecorded, ClaimProposals, ClaimReceipt, PoolAnswer, ReceiptEnded, SetAside,
};
use shared::record::api::file::{
    AddPiece, AskStep, ChangeCustomer, CorrectPiece, DecideStep, EndPiece, FileAnswer, MakeCustomer, VersionWritten,
};
use shared::record::api::imports::{ImportPreview, ImportRecorded, ImportUndone, ImportsAnswer};
use shared::record::api::orders::{HoldOrder, OrderAnswer, OrderReleased, OrdersAnswer, RefuseOrder, ReleaseOrder};
use shared::record::api::people::{
    ChangePassword, ChangePerson, ConfirmSecondFactor, InvitePerson, Invited, Join, LinkAnswer, MadeToken, MakeToken,
    PasswordSignIn, PeopleAnswer, PortalAnswer, ProvePassword, RecoveryCodes, SecondFactorBegun, SessionsAnswer,
    TokensAnswer,
};
use shared::record::api::{
    Assess, AssessAnswer, BASE, CheckOrder, ConfirmOrder, Confirmation, CustomerAnswer, DraftPolicy, FreezeCustomer,
    JournalAnswer, Link, PoliciesAnswer, PolicyEntry, PortfolioAnswer, Problem, RecordRate, RecordReceipt,
    ReplayAnswer, Session, SignIn, StatementAnswer, SyncAnswer, Written,
};
use shared::record::decision::{Decision, OrderDecision};
use shared::record::import::Mapping;
use shared::rules::order_check::OrderPolicy;
use uuid::Uuid;
use web_sys::wasm_bindgen::JsValue;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientError {
    /// The edge could not be reached, or not in time. Whether a write arrived is unknown: send it again with its key.
    Offline,
    /// Nobody is signed in any more.
    SignedOut,
    /// The edge refused, and says why.
    Problem(Box<Problem>),
    /// The answer is not one that this release of the page understands; a newer one may.
    Unreadable,
}

impl ClientError {
    /// Whether the same request may succeed later without anybody doing anything.
    pub fn passes(&self) -> bool {
        match self {
            Self::Offline | Self::Unreadable => true,
            Self::SignedOut => false,
            Self::Problem(problem) => problem.status >= 500 || matches!(problem.status, 408 | 425 | 429),
        }
    }
}

/// The idempotency key of one write. Whoever acts makes it once and sends it with every retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Key(pub Uuid);

impl Key {
    /// A key that no other write has.
    #[allow(clippy::new_without_default)] // two defaults would differ
    pub fn new() -> Self {
        Self(new_id())
    }
}

/// A new id, for a thing made here: a UUID v7, so that ids sort by when they were made.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Spends a link's token and opens a session.
pub async fn sign_in(token: String) -> Result<Session, ClientError> {
    Call::way_in(WayIn::SpendLink).json(&SignIn { token }).read().await
}

/// Signs in by company, login and password.
pub async fn sign_in_by_password(who: &PasswordSignIn) -> Result<Session, ClientError> {
    Call::way_in(WayIn::SignIn).json(who).read().await
}

/// What a link is good for. Spends nothing.
pub async fn link(token: String) -> Result<LinkAnswer, ClientError> {
    Call::way_in(WayIn::ReadLink).json(&SignIn { token }).read().await
}

/// Sets name, login and password by a link, and opens a session.
pub async fn join(who: &Join) -> Result<Session, ClientError> {
    Call::way_in(WayIn::Join).json(who).read().await
}

/// Who is signed in, and to which book?
pub async fn session() -> Result<Session, ClientError> {
    Call::of(Operation::ReadSession).read().await
}

/// Signs out.
pub async fn end_session() -> Result<(), ClientError> {
    Call::of(Operation::EndSession).send().await.map(drop)
}

/// What changed for this caller since a feed number.
pub async fn sync(since: FeedNumber) -> Result<SyncAnswer, ClientError> {
    Call::of(Operation::Sync).with("since", &since.0.to_string()).read().await
}

/// The same with no more of the policy than the order check needs.
pub async fn sync_orders(since: FeedNumber) -> Result<SyncAnswer<OrderPolicy>, ClientError> {
    let call = Call::of(Operation::Sync).with("since", &since.0.to_string());
    call.with("policy", "orders").read().await
}

/// One customer's file, standing and orders.
pub async fn customer(id: CustomerId) -> Result<CustomerAnswer, ClientError> {
    Call::of(Operation::ReadCustomer).on(&id.to_string()).read().await
}

/// The ledger in columns.
pub async fn journal() -> Result<JournalAnswer, ClientError> {
    Call::of(Operation::ReadJournal).slow().read().await
}

/// All customers as the what-if takes them in.
pub async fn portfolio() -> Result<PortfolioAnswer, ClientError> {
    Call::of(Operation::ReadPortfolio).slow().read().await
}

/// A customer's statement from the first to the last day named, with the facts that it was made from.
pub async fn statement(id: CustomerId, from: Date, to: Date) -> Result<StatementAnswer, ClientError> {
    Call::of(Operation::ReadStatement)
        .on(&id.to_string())
        .with("from", &from.to_string())
        .with("to", &to.to_string())
        .read()
        .await
}

/// Would this order pass, by what the edge knows? Holds nothing.
pub async fn check_order(question: &CheckOrder) -> Result<OrderDecision, ClientError> {
    Call::of(Operation::CheckOrder).json(question).read().await
}

/// Confirms an order.
pub async fn confirm_order(order: &ConfirmOrder, key: Key) -> Result<Confirmation, ClientError> {
    Call::of(Operation::ConfirmOrder).once(key).json(order).read().await
}

/// Calls off a confirmed order.
pub async fn cancel_order(id: OrderId, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::CancelOrder).on(&id.to_string()).once(key).read().await
}

/// Orders of one kind, or of all; the newest change first. Behind a page, the next.
pub async fn orders(status: Option<&str>, after: Option<&str>, most: u32) -> Result<OrdersAnswer, ClientError> {
    let mut call = Call::of(Operation::ReadOrders).with("limit", &most.to_string());
    for (name, value) in [("status", status), ("after", after)] {
        if let Some(value) = value {
            call = call.with(name, value);
        }
    }
    call.read().await
}

/// All there is about one order.
pub async fn order(id: OrderId) -> Result<OrderAnswer, ClientError> {
    Call::of(Operation::ReadOrder).on(&id.to_string()).read().await
}

/// Lets an order through that waits.
pub async fn release_order(
    id: OrderId,
    release: &ReleaseOrder,
    version: u32,
    key: Key,
) -> Result<OrderReleased, ClientError> {
    Call::of(Operation::ReleaseOrder).on(&id.to_string()).at(version).once(key).json(release).read().await
}

/// Refuses what waits of an order.
pub async fn refuse_order(id: OrderId, refusal: &RefuseOrder, version: u32, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::RefuseOrder).on(&id.to_string()).at(version).once(key).json(refusal).read().await
}

/// Holds an order by hand, or ends that.
pub async fn hold_order(id: OrderId, hold: &HoldOrder, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::HoldOrder).on(&id.to_string()).once(key).json(hold).read().await
}

/// Applications in one state, or all; perhaps of one customer. Behind a page, the next.
pub async fn applications(
    state: Option<&str>,
    customer: Option<CustomerId>,
    after: Option<&str>,
    most: u32,
) -> Result<ApplicationsAnswer, ClientError> {
    let mut call = Call::of(Operation::ReadApplications).with("limit", &most.to_string());
    let customer = customer.map(|customer| customer.to_string());
    for (name, value) in [("state", state), ("customer", customer.as_deref()), ("after", after)] {
        if let Some(value) = value {
            call = call.with(name, value);
        }
    }
    call.read().await
}

/// All there is about one application.
pub async fn application(id: ApplicationId) -> Result<ApplicationAnswer, ClientError> {
    Call::of(Operation::ReadApplication).on(&id.to_string()).read().await
}

/// Asks for credit.
pub async fn apply(application: &Apply, key: Key) -> Result<ApplicationLine, ClientError> {
    Call::of(Operation::Apply).once(key).json(application).read().await
}

/// Puts an application another way.
pub async fn revise_application(
    id: ApplicationId,
    revised: &ReviseApplication,
    version: u32,
    key: Key,
) -> Result<ApplicationLine, ClientError> {
    Call::of(Operation::ReviseApplication).on(&id.to_string()).at(version).once(key).json(revised).read().await
}

/// Takes an application back.
pub async fn withdraw_application(id: ApplicationId, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::WithdrawApplication).on(&id.to_string()).once(key).send().await.map(drop)
}

/// Answers an application.
pub async fn answer_application(
    id: ApplicationId,
    answer: &AnswerApplication,
    version: u32,
    key: Key,
) -> Result<ApplicationLine, ClientError> {
    Call::of(Operation::AnswerApplication).on(&id.to_string()).at(version).once(key).json(answer).read().await
}

/// A stored decision.
pub async fn decision(id: DecisionId) -> Result<Decision, ClientError> {
    Call::of(Operation::ReadDecision).on(&id.to_string()).read().await
}

/// Judges a stored decision again at the edge.
pub async fn replay(id: DecisionId) -> Result<ReplayAnswer, ClientError> {
    Call::of(Operation::ReplayDecision).on(&id.to_string()).read().await
}

/// The versions of the policy, the newest first. Behind a page, the next.
pub async fn policies(after: Option<&str>) -> Result<PoliciesAnswer, ClientError> {
    let call = Call::of(Operation::ReadPolicies);
    match after {
        Some(after) => call.with("after", after).read().await,
        None => call.read().await,
    }
}

/// Submits a new version of the policy.
pub async fn draft_policy(draft: &DraftPolicy, key: Key) -> Result<PolicyEntry, ClientError> {
    Call::of(Operation::DraftPolicy).once(key).json(draft).read().await
}

/// Puts a submitted version in force.
pub async fn approve_policy(version: u32, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::ApprovePolicy).on(&version.to_string()).once(key).read().await
}

/// Assesses customers and grants what the policy in force proposes.
pub async fn assess(whom: &Assess, key: Key) -> Result<AssessAnswer, ClientError> {
    Call::of(Operation::Assess).slow().once(key).json(whom).read().await
}

/// Stops or resumes supply to a customer.
pub async fn freeze(id: CustomerId, freeze: &FreezeCustomer, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::Freeze).on(&id.to_string()).once(key).json(freeze).read().await
}

/// A customer's papers, as far as the caller may see them.
pub async fn file(id: CustomerId) -> Result<FileAnswer, ClientError> {
    Call::of(Operation::ReadFile).on(&id.to_string()).read().await
}

/// Makes a prospect.
pub async fn make_customer(customer: &MakeCustomer, key: Key) -> Result<VersionWritten, ClientError> {
    Call::of(Operation::MakeCustomer).once(key).json(customer).read().await
}

/// Changes a customer's own sheet.
pub async fn change_customer(
    id: CustomerId,
    change: &ChangeCustomer,
    version: FeedNumber,
    key: Key,
) -> Result<VersionWritten, ClientError> {
    Call::of(Operation::ChangeCustomer).on(&id.to_string()).at(version.0).once(key).json(change).read().await
}

/// Adds a piece to a file.
pub async fn add_piece(id: CustomerId, piece: &AddPiece, key: Key) -> Result<VersionWritten, ClientError> {
    Call::of(Operation::AddPiece).on(&id.to_string()).once(key).json(piece).read().await
}

/// Corrects a piece.
pub async fn correct_piece(
    id: PieceId,
    correction: &CorrectPiece,
    version: u32,
    key: Key,
) -> Result<VersionWritten, ClientError> {
    Call::of(Operation::CorrectPiece).on(&id.to_string()).at(version).once(key).json(correction).read().await
}

/// Takes a piece out of a file.
pub async fn withdraw_piece(
    id: PieceId,
    end: &EndPiece,
    version: u32,
    key: Key,
) -> Result<VersionWritten, ClientError> {
    Call::of(Operation::WithdrawPiece).on(&id.to_string()).at(version).once(key).json(end).read().await
}

/// Asks for a step in a customer's life.
pub async fn ask_step(id: CustomerId, step: &AskStep, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::AskStep).on(&id.to_string()).once(key).json(step).read().await
}

/// Decides on such a step.
pub async fn decide_step(id: StepId, decision: &DecideStep, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::DecideStep).on(&id.to_string()).once(key).json(decision).read().await
}

/// The imports made.
pub async fn imports() -> Result<ImportsAnswer, ClientError> {
    Call::of(Operation::ReadImports).read().await
}

/// Reads a file into the stage and says what it would do.
pub async fn stage_import(
    file: &web_sys::Blob,
    id: ImportId,
    name: &str,
    mapping: &Mapping,
    key: Key,
) -> Result<ImportPreview, ClientError> {
    // The types of the wire always become JSON.
    let mapping = serde_json::to_string(mapping).unwrap_or_default();
    let call = Call::of(Operation::StageImport).slow().once(key);
    call.with("id", &id.to_string()).with("name", name).with("mapping", &mapping).bytes(file).read().await
}

/// Records what was staged, all or nothing.
pub async fn commit_import(id: ImportId, key: Key) -> Result<ImportRecorded, ClientError> {
    Call::of(Operation::CommitImport).on(&id.to_string()).slow().once(key).read().await
}

/// Discards what was staged.
pub async fn discard_import(id: ImportId, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::DiscardImport).on(&id.to_string()).slow().once(key).send().await.map(drop)
}

/// Withdraws what an import recorded.
pub async fn undo_import(id: ImportId, key: Key) -> Result<ImportUndone, ClientError> {
    Call::of(Operation::UndoImport).on(&id.to_string()).slow().once(key).read().await
}

/// Reads a bank's file into the stage and says what it would put into the pool.
pub async fn stage_bank(
    file: &web_sys::Blob,
    id: ImportId,
    name: &str,
    mapping: Option<&Mapping>,
    key: Key,
) -> Result<BankPreview, ClientError> {
    let call = Call::of(Operation::StageBank).slow().once(key).with("id", &id.to_string()).with("name", name);
    let call = match mapping {
        Some(mapping) => call.with("mapping", &serde_json::to_string(mapping).unwrap_or_default()),
        None => call,
    };
    call.bytes(file).read().await
}

/// Puts into the pool what was shown.
pub async fn commit_bank(id: ImportId, key: Key) -> Result<BankRecorded, ClientError> {
    Call::of(Operation::CommitBank).on(&id.to_string()).slow().once(key).read().await
}

/// Discards a bank's file that was staged.
pub async fn discard_bank(id: ImportId, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::DiscardBank).on(&id.to_string()).once(key).send().await.map(drop)
}

/// The pool of receipts to be claimed; behind a page, the next.
pub async fn pool(after: Option<FeedNumber>) -> Result<PoolAnswer, ClientError> {
    let call = Call::of(Operation::ReadPool);
    match after {
        Some(FeedNumber(after)) => call.with("after", &after.to_string()).read().await,
        None => call.read().await,
    }
}

/// Whose a receipt may be, or what it would settle of one customer's.
pub async fn claim_proposals(id: ReceiptId, customer: Option<CustomerId>) -> Result<ClaimProposals, ClientError> {
    let call = Call::of(Operation::ReadClaim).on(&id.to_string());
    match customer {
        Some(customer) => call.with("customer", &customer.to_string()).read().await,
        None => call.read().await,
    }
}

/// Claims a receipt for a customer.
pub async fn claim_receipt(id: ReceiptId, claim: &ClaimReceipt, key: Key) -> Result<ReceiptEnded, ClientError> {
    Call::of(Operation::ClaimReceipt).on(&id.to_string()).once(key).json(claim).read().await
}

/// Sets a receipt aside that is no customer's.
pub async fn set_receipt_aside(id: ReceiptId, aside: &SetAside, key: Key) -> Result<ReceiptEnded, ClientError> {
    Call::of(Operation::SetReceiptAside).on(&id.to_string()).once(key).json(aside).read().await
}

/// Records money that came in.
pub async fn record_receipt(receipt: &RecordReceipt, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::RecordReceipt).once(key).json(receipt).read().await
}

/// Records an exchange rate.
pub async fn record_rate(rate: &RecordRate, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::RecordRates).once(key).json(rate).read().await
}

/// Makes an invitation link for a customer's portal.
pub async fn invite(id: CustomerId, key: Key) -> Result<Link, ClientError> {
    Call::of(Operation::InviteCustomer).on(&id.to_string()).once(key).read().await
}

/// A customer's ways into the portal that are open.
pub async fn portal_access(id: CustomerId) -> Result<PortalAnswer, ClientError> {
    Call::of(Operation::ReadPortalAccess).on(&id.to_string()).read().await
}

/// Ends all of a customer's links and sessions at the portal.
pub async fn end_portal_access(id: CustomerId, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::EndPortalAccess).on(&id.to_string()).once(key).send().await.map(drop)
}

/// Ends one link or session of a customer at the portal.
pub async fn end_one_portal_access(name: &str, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::EndOnePortalAccess).on(name).once(key).send().await.map(drop)
}

/// Where the caller is signed in.
pub async fn sessions() -> Result<SessionsAnswer, ClientError> {
    Call::of(Operation::ReadSessions).read().await
}

/// Signs out everywhere, here too.
pub async fn end_sessions() -> Result<(), ClientError> {
    Call::of(Operation::EndSessions).send().await.map(drop)
}

/// Ends one of one's own sessions.
pub async fn end_one_session(name: &str) -> Result<(), ClientError> {
    Call::of(Operation::EndOneSession).on(name).send().await.map(drop)
}

/// Sets another password.
pub async fn change_password(change: &ChangePassword) -> Result<(), ClientError> {
    Call::of(Operation::ChangePassword).json(change).send().await.map(drop)
}

/// Begins to use a second factor.
pub async fn begin_second_factor(proof: &ProvePassword) -> Result<SecondFactorBegun, ClientError> {
    Call::of(Operation::BeginSecondFactor).json(proof).read().await
}

/// Shows the first code of a second factor.
pub async fn confirm_second_factor(code: &ConfirmSecondFactor) -> Result<RecoveryCodes, ClientError> {
    Call::of(Operation::ConfirmSecondFactor).json(code).read().await
}

/// Takes one's second factor off.
pub async fn remove_second_factor(proof: &ProvePassword) -> Result<(), ClientError> {
    Call::of(Operation::RemoveSecondFactor).json(proof).send().await.map(drop)
}

/// Who the company's people are.
pub async fn people() -> Result<PeopleAnswer, ClientError> {
    Call::of(Operation::ReadPeople).read().await
}

/// Invites somebody.
pub async fn invite_person(who: &InvitePerson, key: Key) -> Result<Invited, ClientError> {
    Call::of(Operation::InvitePerson).once(key).json(who).read().await
}

/// Changes somebody.
pub async fn change_person(id: PersonId, change: &ChangePerson, key: Key) -> Result<Written, ClientError> {
    Call::of(Operation::ChangePerson).on(&id.to_string()).once(key).json(change).read().await
}

/// Makes a new link for somebody.
pub async fn renew_link(id: PersonId, key: Key) -> Result<Invited, ClientError> {
    Call::of(Operation::RenewLink).on(&id.to_string()).once(key).read().await
}

/// The tokens of programs.
pub async fn tokens() -> Result<TokensAnswer, ClientError> {
    Call::of(Operation::ReadTokens).read().await
}

/// Makes a token for a program.
pub async fn make_token(token: &MakeToken, key: Key) -> Result<MadeToken, ClientError> {
    Call::of(Operation::MakeToken).once(key).json(token).read().await
}

/// Revokes a program's token.
pub async fn revoke_token(id: PersonId, key: Key) -> Result<(), ClientError> {
    Call::of(Operation::RevokeToken).on(&id.to_string()).once(key).send().await.map(drop)
}

/// How long an answer may take, in milliseconds, before the edge counts as out of reach.
const PATIENCE: u32 = 20_000;
/// The same for what works through a whole book.
const LONG_PATIENCE: u32 = 180_000;

/// One request, before it is sent.
struct Call {
    method: Method,
    address: String,
    key: Option<Key>,
    /// The version that the caller looked at.
    version: Option<u64>,
    body: Body,
    patience: u32,
}

enum Body {
    Nothing,
    Json(String),
    Bytes(JsValue),
}

impl Call {
    fn of(operation: Operation) -> Self {
        // Every operation has a line; a test of the table says so.
        let (method, path) = line(operation).map_or((Method::Get, ""), |Line { method, path, .. }| (*method, *path));
        Self {
            method,
            address: format!("{BASE}{path}"),
            key: None,
            version: None,
            body: Body::Nothing,
            patience: PATIENCE,
        }
    }

    /// A call by somebody who isn't in yet.
    fn way_in(way: WayIn) -> Self {
        // Every way in has its path.
        let path = WAYS_IN.iter().find(|(known, _)| *known == way).map_or("", |(_, path)| path);
        Self { method: Method::Post, address: format!("{BASE}{path}"), ..Self::of(Operation::ReadSession) }
    }

    /// Names the one thing that the operation is about.
    fn on(mut self, id: &str) -> Self {
        self.address = self.address.replace("{id}", &escaped(id));
        self
    }

    /// Adds a parameter to the query.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.address.push(if self.address.contains('?') { '&' } else { '?' });
        self.address.push_str(name);
        self.address.push('=');
        self.address.push_str(&escaped(value));
        self
    }

    fn once(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }

    /// Only as long as it is still the version that the caller looked at.
    fn at(mut self, version: impl Into<u64>) -> Self {
        self.version = Some(version.into());
        self
    }

    fn slow(mut self) -> Self {
        self.patience = LONG_PATIENCE;
        self
    }

    fn json(mut self, value: &impl Serialize) -> Self {
        // The types of the wire have string keys only and always become JSON.
        self.body = Body::Json(serde_json::to_string(value).unwrap_or_default());
        self
    }

    fn bytes(mut self, value: &web_sys::Blob) -> Self {
        self.body = Body::Bytes(value.clone().into());
        self
    }

    /// Sends, and reads the answer as JSON.
    async fn read<A: DeserializeOwned>(self) -> Result<A, ClientError> {
        let text = self.send().await?;
        serde_json::from_str(&text).map_err(|_| ClientError::Unreadable)
    }

    /// Sends, and hands back the answer's text. Not generic, so that its code exists once.
    async fn send(self) -> Result<String, ClientError> {
        let builder = match self.method {
            Method::Get => Request::get(&self.address),
            Method::Post => Request::post(&self.address),
            Method::Delete => Request::delete(&self.address),
        };
        let signal = web_sys::AbortSignal::timeout_with_u32(self.patience);
        let builder = builder.header("accept", "application/json").abort_signal(Some(&signal));
        let builder = match self.key {
            Some(key) => builder.header("idempotency-key", &key.0.to_string()),
            None => builder,
        };
        let builder = match self.version {
            Some(version) => builder.header("if-match", &format!("\"{version}\"")),
            None => builder,
        };
        let request = body(builder, self.body).map_err(|_| ClientError::Unreadable)?;
        let response = request.send().await.map_err(|_| ClientError::Offline)?;
        let (status, ok) = (response.status(), response.ok());
        let text = response.text().await.map_err(|_| ClientError::Offline)?;
        if ok { Ok(text) } else { Err(refusal(status, &text)) }
    }
}

fn body(builder: RequestBuilder, body: Body) -> Result<Request, gloo_net::Error> {
    match body {
        Body::Nothing => builder.build(),
        Body::Json(text) => builder.header("content-type", "application/json").body(text),
        Body::Bytes(bytes) => builder.header("content-type", "application/octet-stream").body(bytes),
    }
}

/// What an answer that is no success means.
fn refusal(status: u16, text: &str) -> ClientError {
    match (status, serde_json::from_str::<Problem>(text)) {
        // A link that opens nothing is a refusal of its own.
        (401, Ok(problem)) if problem.code != "signed_out" => ClientError::Problem(Box::new(problem)),
        (401, _) => ClientError::SignedOut,
        (_, Ok(problem)) => ClientError::Problem(Box::new(problem)),
        // Something on the way answered for an edge that it cannot reach.
        (502..=504, Err(_)) => ClientError::Offline,
        (_, Err(_)) => ClientError::Unreadable,
    }
}

/// Percent-encodes all but the characters that stand for themselves anywhere in an address (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            let digit = |nibble: u8| char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_from_the_table() {
        let call = Call::of(Operation::ReadStatement).on("a/b?c").with("from", "2026-11-01").with("to", "&");
        assert_eq!(call.address, "/api/v1/customers/a%2Fb%3Fc/statement?from=2026-11-01&to=%26");
        assert_eq!(Call::of(Operation::EndSession).method, Method::Delete);
        assert_eq!(escaped("发 1"), "%E5%8F%91%201");
    }

    #[test]
    fn refusals() {
        let problem = r#"{"type":"urn:xinheng:problem:stale","title":"t","status":409,"code":"stale"}"#;
        assert!(matches!(refusal(409, problem), ClientError::Problem(problem) if problem.code == "stale"));
        assert_eq!(refusal(401, &problem.replace("stale", "signed_out")), ClientError::SignedOut);
        assert!(matches!(refusal(401, &problem.replace("stale", "link_spent")), ClientError::Problem(_)));
        assert_eq!(refusal(401, ""), ClientError::SignedOut);
        assert_eq!(refusal(503, "<html>"), ClientError::Offline);
        assert_eq!(refusal(404, "<html>"), ClientError::Unreadable);
        assert!(!refusal(409, problem).passes());
        assert!(refusal(429, &problem.replace("409", "429")).passes());
    }
}
