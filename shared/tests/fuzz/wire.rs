//! What crosses the wire or is stored whole: every type is read, written, and read again.

use super::Seed;
use super::alter::{Dice, Pool};
use super::grow::grow;
use super::readers::try_wire;
use serde_json::Value;
use shared::facts::{credit_file, customer, ledger, piece};
use shared::record::api::{
    self, applications, attachments, audit, bank, book, file, imports, leases, losses, orders, outbox, people,
};
use shared::record::{attachment, decision, import};

/// A type: its name, what grows an example, and its reader.
pub type Wire = (&'static str, fn(&Pool, &mut Dice) -> Option<Value>, fn(&Seed) -> bool);

macro_rules! read {
    ($($module:ident: $($name:ident)+;)+) => {
        vec![$($((
            concat!(stringify!($module), ".", stringify!($name)),
            grow::<$module::$name> as fn(&Pool, &mut Dice) -> Option<Value>,
            try_wire::<$module::$name> as fn(&Seed) -> bool,
        ),)+)+]
    };
}

/// All of them.
#[rustfmt::skip]
pub fn wire() -> Vec<Wire> {
    read! {
        api:
            Problem Door SignIn Session BookInfo SyncAnswer Person SyncCustomer JournalAnswer PortfolioAnswer
            StatementAnswer CheckOrder ConfirmOrder DeviceJudgement Confirmation OrderStatus DeviceReplay
            ReplayAnswer PoliciesAnswer PolicyEntry DraftPolicy Assess AssessAnswer FreezeCustomer RecordReceipt
            RecordRate Written Link CreateBook NewPerson OperatorLink OrderEntry CustomerAnswer;
        applications:
            AskedCredit AskedTemporary ReviseApplication AnswerApplication CreditAnswer ApplicationState
            ApplicationLine ApplicationsAnswer ApplicationAnswer ApplicationStep ApplicationStepKind;
        attachment:
            AttachmentKind AttachmentFault;
        attachments:
            AttachedTo AttachmentLine AttachmentsAnswer StagedAttachment SettingsAnswer ChangeSettings;
        audit:
            AuditEntry AuditRecord Personal AuditAnswer AuditVerdict AuditBreak AuditFault;
        file:
            MakeCustomer ChangeCustomer AddPiece CorrectPiece EndPiece PieceState PieceVersion FiledPiece
            PieceAnswer PiecesAnswer ChangedPiece VersionWritten FileAnswer AskStep DecideStep StepAsked
            StepDecided;
        imports:
            ImportPreview NewCustomer ImportsAnswer ImportEntry ImportState ImportRecorded ImportUndone
            StagedFile StageSetting ImportedLimit;
        leases:
            TakeLease LeaseState LeaseLine ApprovalOnLease LeasesAnswer ConfirmLeased LeasedConfirmation;
        losses:
            RecordReturn AskWriteOff DecideWriteOff RecordRecovery WriteOffsAnswer WriteOffAsked;
        orders:
            OrderAround MoveOrder ChangeOrder OrderMoved ReleaseOrder OrderReleased RefuseOrder HoldOrder HeldByHand
            OrdersAnswer OrderLine OrderAnswer OrderStep StepKind;
        outbox:
            Message MessageCustomer MessageBody MessageState HookFault MessagesAnswer MessageLine HookState SetHook;
        people:
            PasswordSignIn Purpose LinkAnswer Join ChangePassword ProvePassword SecondFactorBegun
            ConfirmSecondFactor RecoveryCodes SessionsAnswer SessionEntry PeopleAnswer PersonEntry InvitePerson
            Invited ChangePerson MakeToken MadeToken TokensAnswer TokenEntry PortalAnswer PortalLink
            PasswordFault;
        bank:
            BankPreview BankRecorded PoolAnswer PoolEntry PoolEnded Named BankFileEntry ClaimProposals
            ClaimCandidate ClaimReceipt Apply SetAside ReceiptEnded StagedBank;
        book:
            BookReport FactAge JobReport;
        decision:
            Decision Change;
        import:
            Mapping Inspection Plan;
        ledger:
            Fact Recorded Order Rate;
        piece:
            Piece;
        customer:
            Customer;
        credit_file:
            CreditFile;
    }
}
