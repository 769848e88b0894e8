//! The wire of people: signing in, links, passwords, sessions, second factors, tokens. And what a login and a password may be,
//! which page and edge both ask.

use super::super::access::{Operation, Role};
use super::{BookInfo, Door, Link};
use crate::facts::id::PersonId;
use serde::{Deserialize, Serialize};

/// How short a password may be.
pub const PASSWORD_LEAST: usize = 10;
/// How long a password may be, in characters: hashing more would only be work.
pub const PASSWORD_MOST: usize = 256;
/// How long a name, a login or a token's name may be.
pub const NAME_MOST: usize = 200;

/// `POST session/password`: signs in by company, login and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordSignIn {
    /// The company's code.
    pub company: String,
    /// The door.
    pub door: Door,
    /// E-mail, phone, or the name that the operator gave.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of the second factor, or one of the recovery codes; asked for when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It opens its door.
    Enter,
    /// It lets somebody set their name, login and password, and then opens its door.
    Join,
}

impl Purpose {
    /// The JSON name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Join => "join",
        }
    }
}

/// `POST session/link`: what a link is good for, without spending it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkAnswer {
    /// The book.
    pub book: BookInfo,
    /// The door.
    pub door: Door,
    /// What it does.
    pub purpose: Purpose,
    /// For whom.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Their login; absent when they have none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// `POST session/join`: spends a link that lets somebody in for the first time, or again with a new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The link's token.
    pub token: String,
    /// Their name.
    pub name: String,
    /// Their e-mail or phone.
    pub login: String,
    /// Their password from now on.
    pub password: String,
}

/// `POST password`: a new password. Ends all other sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one until now.
    pub password: String,
    /// The one from now on.
    pub new_password: String,
}

/// `POST second-factor` and `POST second-factor/removal`: it is really they.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProvePassword {
    /// Their password.
    pub password: String,
}

/// A second factor that waits for its first code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecondFactorBegun {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as an address that authenticators read.
    pub uri: String,
}

/// `POST second-factor/confirmation`: the first code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// The code.
    pub code: String,
}

/// Codes that each open once when the authenticator is lost. Told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// `GET sessions`: where the caller is signed in, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionsAnswer {
    /// Running sessions, the one used last first.
    pub sessions: Vec<SessionEntry>,
    /// Their login.
    pub login: String,
    /// Whether they have a password.
    pub password: bool,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// How many recovery codes are unspent.
    pub recovery_codes: u32,
}

/// A running session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionEntry {
    /// Its name, to end it by.
    pub session: String,
    /// Whether the caller asks by it.
    pub current: bool,
    /// The door.
    pub door: Door,
    /// What the browser called itself when it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// When it began, in seconds since 1970.
    pub made_at: i64,
    /// When it was used last, to within ten minutes.
    pub seen_at: i64,
    /// When it ends at the latest.
    pub until: i64,
}

/// `GET people`: everybody of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PeopleAnswer {
    /// The people, by name.
    pub people: Vec<PersonEntry>,
}

/// Somebody of the company, as the admin sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Their login; absent until they set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Whether they may come in.
    pub active: bool,
    /// Whether they have a password.
    pub password: bool,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Until when an unspent link of theirs is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_until: Option<i64>,
    /// When they were last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
}

/// `POST people`: invites somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitePerson {
    /// Their name.
    pub name: String,
    /// What they are to be.
    pub role: Role,
}

/// Somebody and the link that lets them in. The link is told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// The person.
    pub person: PersonId,
    /// The link.
    pub link: Link,
}

/// `POST people/{id}`: what changes; what is absent stays. A new role or the end of access ends all their sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether they may come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Takes their second factor off, for somebody who lost it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_second_factor: bool,
}

/// `POST tokens`: a token for a program, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeToken {
    /// What it is for.
    pub name: String,
    /// As what it acts.
    pub role: Role,
    /// What of the role's operations it may do.
    pub operations: Vec<Operation>,
    /// For how many days it is good: 1 to 730.
    pub days: u32,
}

/// A token, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MadeToken {
    /// Its id, to revoke it by.
    pub id: PersonId,
    /// What goes into the header `Authorization: Bearer …`.
    pub token: String,
    /// Until when, in seconds since 1970.
    pub until: i64,
}

/// `GET tokens`: the tokens made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokensAnswer {
    /// The tokens, the newest first.
    pub tokens: Vec<TokenEntry>,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenEntry {
    /// Its id.
    pub id: PersonId,
    /// What it is for.
    pub name: String,
    /// As what it acts.
    pub role: Role,
    /// What it may do.
    pub operations: Vec<Operation>,
    /// Who made it.
    pub made_by: String,
    /// When, in seconds since 1970.
    pub made_at: i64,
    /// Until when.
    pub until: i64,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<i64>,
    /// When it was used last, to within ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
}

/// `GET customers/{id}/links`: a customer's ways into the portal that are still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortalAnswer {
    /// Links that nobody has spent.
    pub links: Vec<PortalLink>,
    /// Running sessions.
    pub sessions: Vec<SessionEntry>,
}

/// A link that nobody has spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PortalLink {
    /// Its name, to end it by.
    pub link: String,
    /// When it was made, in seconds since 1970.
    pub made_at: i64,
    /// Until when it is good.
    pub until: i64,
}

/// A login as it is kept, so that one person's ways of writing it are the same: e-mails in lower case, phones with their
/// country's number (China's when there is none) and nothing between the digits. Absent for what is neither.
pub fn login_of(text: &str) -> Option<String> {
    let text = text.trim();
    if text.chars().count() > NAME_MOST
        || text.chars().any(|char| char.is_control() || char.is_whitespace() && text.contains('@'))
    {
        return None;
    }
    if let Some((name, host)) = text.split_once('@') {
        let sound = !name.is_empty()
            && !host.contains('@')
            && host.split('.').count() > 1
            && host.split('.').all(|part| !part.is_empty());
        return sound.then(|| text.to_lowercase());
    }
    let digits: String = text.chars().filter(|char| !matches!(char, ' ' | '-' | '(' | ')')).collect();
    let (plus, digits) = digits.strip_prefix('+').map_or((false, digits.as_str()), |rest| (true, rest));
    let sound = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match (sound, plus) {
        (false, _) => None,
        (true, true) => Some(format!("+{digits}")),
        (true, false) => Some(format!("+86{digits}")),
    }
}

/// A login as somebody types it who signs in: that of [`login_of`], else a name that the operator gave.
pub fn typed_login(text: &str) -> String {
    login_of(text).unwrap_or_else(|| text.trim().to_lowercase())
}

/// Why a password isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PasswordFault {
    /// It is too short.
    #[error("a password has at least {PASSWORD_LEAST} characters")]
    Short,
    /// It is too long.
    #[error("a password has at most {PASSWORD_MOST} characters")]
    Long,
    /// It holds the login, or is held by it.
    #[error("a password is not the login")]
    Login,
    /// It is one of those that are tried first.
    #[error("this password is one of those that are tried first")]
    Common,
}

/// Passwords of ten characters and more that are tried first, in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// Whether this may be somebody's password. What it is made of is theirs to choose (NIST SP 800-63B, 3.1.1.2): only length
/// counts, and that nobody would guess it.
///
/// # Errors
///
/// [`PasswordFault`]: shorter or longer than it may be, little more than the login, or one that many have.
pub fn check_password(login: &str, password: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_LEAST {
        return Err(PasswordFault::Short);
    }
    if length > PASSWORD_MOST {
        return Err(PasswordFault::Long);
    }
    let lower = password.to_lowercase();
    let (login, name) = (typed_login(login), login.split('@').next().unwrap_or_default().trim().to_lowercase());
    // A name of a few letters stands in many words by chance.
    let rest = if name.chars().count() < 4 { lower.clone() } else { lower.replace(&name, "") };
    if lower == login || rest.chars().count() < 4 {
        return Err(PasswordFault::Login);
    }
    if COMMON.lines().any(|common| common == lower) || repeats(&lower) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}

/// Whether it is one to four characters over and over.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|period| chars.iter().zip(chars.iter().skip(period)).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_the_same_however_they_are_typed() {
        for text in ["13800138000", " 138 0013 8000", "+86 138-0013-8000", "+8613800138000"] {
            assert_eq!(login_of(text).as_deref(), Some("+8613800138000"), "{text}");
        }
        assert_eq!(login_of("Min.Zhang@Yuanlan.CN ").as_deref(), Some("min.zhang@yuanlan.cn"));
        assert_eq!(login_of("+49 (170) 1234567").as_deref(), Some("+491701234567"));
        for none in [
            "",
            "officer",
            "a@b",
            "@b.cn",
            "a@@b.cn",
            "a b@c.cn",
            "123456",
            "1234567890123456",
            "portal:x",
            "+",
            "a@b..cn",
        ] {
            assert_eq!(login_of(none), None, "{none}");
        }
        assert_eq!(typed_login(" Officer "), "officer");
    }

    #[test]
    fn passwords() {
        use PasswordFault::{Common, Login, Long, Short};
        for (password, expected) in [
            ("", Err(Short)),
            ("123456789", Err(Short)),
            ("kurz und 1", Ok(())),
            ("信用管理信衡系统密码", Ok(())),
            (&"ab-".repeat(86), Err(Long)),
            ("1234567890", Err(Common)),
            ("Password123", Err(Common)),
            ("aaaaaaaaaaaa", Err(Common)),
            ("xyxyxyxyxyxy", Err(Common)),
            ("Min.Zhang@Yuanlan.cn", Err(Login)),
            ("min.zhang1", Err(Login)),
            ("a min.zhang walks home", Ok(())),
            ("correct horse battery", Ok(())),
        ] {
            assert_eq!(check_password("min.zhang@yuanlan.cn", password), expected, "{password}");
        }
        assert_eq!(check_password("13800138000", "+8613800138000"), Err(Login));
        assert!(COMMON.lines().count() > 300);
        assert!(COMMON.lines().all(|line| line.chars().count() >= PASSWORD_LEAST && line.to_lowercase() == line));
    }
}
