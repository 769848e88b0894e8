//! Judgement: in each room the rule's data beside the function that applies it; the policy composes them.
//!
//! No business number is a constant in the code: a rule's data is a section of the policy, and `policy/default.json` says why each
//! number is what it is.
//!
//! **The policy itself**:
//!
//! - [`policy`]: one versioned document, checked whole
//! - [`segments`]: base, then the segment's patch, then the customer's own
//! - [`versions`]: which one was in force on a day
//! - [`approval`]: who must agree to what, step by step
//!
//! **Of the customer**, from its file to its grade:
//!
//! - [`credit_file`]: what a file must hold, and what each step of a customer's life takes
//! - [`scorecard`]: the plain card, points by characteristic
//! - [`scoring`]: cards with ratios, Z-scores and words, for prospects and for customers
//! - [`grade`]: bands of the score, and knock-outs
//! - [`rating`]: caps, what the next grade takes, overrides
//! - [`review`]: what of a file is due for another look
//! - [`calibration`]: what counts as bad when a card is measured on our own history
//!
//! **How much, on which terms**:
//!
//! - [`limit`]: by need, capital, cap and trial
//! - [`limit_methods`]: by net worth, working capital, turnover, sales and concentration; the security required
//! - [`granting`]: who may grant which limit
//! - [`availability`]: what may still be owed, temporary and group limits included
//! - [`appetite`]: all credit together, and proposals scaled to fit
//! - [`terms`]: what is due when, deemed events, early payment, looser terms
//!
//! **Of an order**:
//!
//! - [`order_check`]: pass, warn, hold or refuse, with reasons
//! - [`commitments`]: exposure: what a customer owes or will owe, by category, each thing counted once
//! - [`cover`]: what cover is good for today
//! - [`insurance`]: an insurance's days and conditions
//! - [`standing`]: the standing's parts that take a rule: completeness, review, promises, cover, group
//! - [`margin`]: what the order earns once its credit is paid for
//! - [`authority`]: who may release a held order, and who may waive
//! - [`retest`]: in which order held orders are judged again
//! - [`lease`]: credit set aside for a device
//! - [`monitoring`]: how an order gets on, and what is late
//! - [`back_test`]: how a policy is tried on the past
//!
//! **Of the ledger**:
//!
//! - [`claiming`]: whose money is this?
//! - [`allocation`]: which debts a payment settles
//! - [`settlement`]: what that comes to in the book's currency
//! - [`reissue`]: an invoice taken back whole and issued anew
//! - [`confirmation`]: which lines of a statement the customer confirmed
//! - [`closing`]: closed periods
//! - [`ages`]: the bands by age
//! - [`receivables`]: the settings of DSO, payment index, concentration and expected receipts
//! - [`reports`]: what reports look for
//!
//! **Of what is late**:
//!
//! - [`dunning`]: who is reminded of what, how firmly
//! - [`letter`]: what a customer is told, as data
//! - [`promise`]: promises and plans, kept or broken
//! - [`interest`]: what an unpaid document has cost
//! - [`worklist`]: whom a collector turns to first
//! - [`watch`]: what the computed indicators look at
//! - [`warning`]: indicators over their thresholds, in three colours
//! - [`clock`]: rights that end by themselves
//! - [`recovery`]: a case from the first talk to its end
//! - [`provision`]: what of the receivables will probably not come in

pub mod ages;
pub mod allocation;
pub mod appetite;
pub mod approval;
pub mod authority;
pub mod availability;
pub mod back_test;
pub mod calibration;
pub mod claiming;
pub mod clock;
pub mod closing;
pub mod commitments;
pub mod confirmation;
pub mod cover;
pub mod credit_file;
pub mod dunning;
pub mod grade;
pub mod granting;
pub mod insurance;
pub mod interest;
pub mod lease;
pub mod letter;
pub mod limit;
pub mod limit_methods;
pub mod margin;
pub mod monitoring;
pub mod order_check;
pub mod policy;
pub mod promise;
pub mod provision;
pub mod rating;
pub mod receivables;
pub mod recovery;
pub mod reissue;
pub mod reports;
pub mod retest;
pub mod review;
pub mod scorecard;
pub mod scoring;
pub mod segments;
pub mod settlement;
pub mod standing;
pub mod terms;
pub mod versions;
pub mod warning;
pub mod watch;
pub mod worklist;
